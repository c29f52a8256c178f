"""`python -m local.wechat --port 4343`; its apps by WECHAT_APP_ID, WECHAT_DESK_APP_ID and their secrets."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from .server import DESK, INSIDE, Stand


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m local.wechat", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--held", help="a file; our number is written there once the port is ours")
    wish = parser.parse_args(arguments)
    names = {INSIDE: "WECHAT_APP", DESK: "WECHAT_DESK_APP"}
    apps = {path: (os.environ[f"{name}_ID"], os.environ[f"{name}_SECRET"]) for path, name in names.items()}
    over = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: over.set())
    with Stand(apps, port=wish.port) as stand:
        print(f"WeChat stand-in: {stand.url}", flush=True)
        if wish.held:
            Path(wish.held).write_text(str(os.getpid()))
        over.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
