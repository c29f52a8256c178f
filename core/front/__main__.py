"""python -m core.front shop.wsgi:application --host 127.0.0.1 --port 8000"""

import argparse

from core.front.server import Server


def main() -> None:
    """Serve a WSGI application."""
    words = argparse.ArgumentParser(prog="python -m core.front", description=main.__doc__)
    words.add_argument("application", help="module:name")
    words.add_argument("--host", default="127.0.0.1")
    words.add_argument("--port", type=int, default=8000)
    given = words.parse_args()
    Server(given.application, given.host, given.port).run()


if __name__ == "__main__":
    main()
