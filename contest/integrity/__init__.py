"""The rules of integrity (domain 3.10): small detectors over facts. They find; what follows is contest.actions.case."""
