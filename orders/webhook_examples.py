"""What programs are told, as an example of each kind: for the page of whoever builds on the API (decision 0084)."""

import json

_PARCEL = {
    "id": "U2hpcG1lbnQ6kX0v…",
    "team": "VGVhbToWc9Qe…",
    "lines": [{"variant": "VmFyaWFudDr5nmu8…", "units": 2}],
}
_ORDER = {"order": "7V5A-4JEE-GH5P", "parcels": [_PARCEL]}
EXAMPLES = {
    "order.placed": _ORDER,
    "order.paid": _ORDER,
    "order.sent": _ORDER,
    "order.refunded": {"order": "7V5A-4JEE-GH5P", "refund": "UmVmdW5kOk1x…", "parcels": [_PARCEL]},
    "group.confirmed": {
        "group": "R3JvdXBQdXJjaGFzZTq3…",
        "team": "VGVhbToWc9Qe…",
        "variant": "VmFyaWFudDr5nmu8…",
        "units": 40,
    },
}


def body(kind: str) -> str:
    """The whole message, in lines."""
    whole = {"type": kind, "timestamp": "2026-05-01T08:00:00Z", "data": EXAMPLES[kind]}
    return json.dumps(whole, ensure_ascii=False, indent=2)
