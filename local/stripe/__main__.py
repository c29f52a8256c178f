"""`python -m local.stripe --port 4242 --state .run/stripe.sqlite3 --webhook-url … --webhook-secret …`"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from .server import Stand


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m local.stripe", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one; it is printed")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--state", required=True, help="the SQLite file that keeps everything")
    parser.add_argument("--webhook-url", help="where notices go")
    parser.add_argument(
        "--webhook-secret",
        "--secret",
        default=os.environ.get("STRIPE_WEBHOOK_SECRET"),
        help="what they are signed with (whsec_…); or STRIPE_WEBHOOK_SECRET",
    )
    parser.add_argument("--held", help="a file; our number is written there once the port is ours")
    parser.add_argument("--public-url", help="the address browsers reach this server by, if another")
    wish = parser.parse_args(arguments)
    if wish.webhook_url and not wish.webhook_secret:
        parser.error("--webhook-url needs a --webhook-secret")
    stand = Stand(
        wish.state, host=wish.host, port=wish.port, webhook_url=wish.webhook_url,
        webhook_secret=wish.webhook_secret, public_url=wish.public_url,
    )  # fmt: skip
    over = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: over.set())
    stand.start()
    print(f"Stripe stand-in: {stand.url}", flush=True)
    if wish.held:
        Path(wish.held).write_text(str(os.getpid()))
    over.wait()
    stand.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
