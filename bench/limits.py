"""What is raised for a bench, in which one address asks as thousands do."""

# Raised and not left out: counting a request against its limit is part of what is measured.
RAISED = {"rate_address": 10**9, "rate_person": 10**9, "guests_an_address": 10**7}


def words() -> str:
    """The same, to be printed beside the figures."""
    return "Limits raised: " + ", ".join(f"{name} {limit:,}" for name, limit in RAISED.items())
