"""python -m core.front shop.wsgi:application --host 127.0.0.1 --port 8000"""

import argparse
import os
from pathlib import Path

from core import logs
from core.front.server import WORKERS, Server


def main() -> None:
    """Serve a WSGI application."""
    words = argparse.ArgumentParser(prog="python -m core.front", description=main.__doc__)
    words.add_argument("application", help="module:name")
    words.add_argument("--host", default="127.0.0.1")
    words.add_argument("--port", type=int, default=8000)
    words.add_argument("--workers", type=int, default=WORKERS, help="processes that answer")
    words.add_argument("--held", type=Path, help="a file; our number is written there once the port is ours")
    given = words.parse_args()
    logs.this_is("web")
    server = Server(given.application, given.host, given.port, given.workers)
    if given.held:
        server.on_startup(lambda: given.held.write_text(str(os.getpid())))
    server.run()


if __name__ == "__main__":
    main()
