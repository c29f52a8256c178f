"""For whoever builds on the API."""
