"""What one machine keeps for itself under .run/: secrets, and the addresses of its running servers."""

import json
import os
import secrets
from base64 import urlsafe_b64encode
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def data_dir() -> Path:
    """The folder of everything that is local; others may pass through it, PostgreSQL's user must."""
    folder = Path(os.environ.get("DATA_DIR") or ROOT / ".run")
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    return folder.resolve()


def write_private(path: Path, text: str) -> None:
    """Replace a file at once; nobody else may read it, not even for a moment."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def keep_secrets(folder: Path) -> dict[str, str]:
    """This machine's keys and passwords: made once, kept in a file of mode 0600."""
    path = folder / "secrets.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    fresh = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "HOUSEHOLD_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "FACTOR_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "STRIPE_API_KEY": "sk_test_" + secrets.token_hex(16),
        "STRIPE_WEBHOOK_SECRET": "whsec_" + secrets.token_hex(24),
        "WECHAT_APP_ID": "wx" + secrets.token_hex(8),
        "WECHAT_APP_SECRET": secrets.token_hex(16),
        "WECHAT_DESK_APP_ID": "wx" + secrets.token_hex(8),
        "WECHAT_DESK_APP_SECRET": secrets.token_hex(16),
        "postgres": secrets.token_hex(16),
        "valkey": secrets.token_hex(16),
    }
    if fresh.keys() - kept.keys():
        kept = fresh | kept
        write_private(path, json.dumps(kept, indent=1))
    return kept


def remember(folder: Path, env: dict[str, str]) -> None:
    """Keep the running servers' addresses for the commands that follow."""
    write_private(folder / "env.json", json.dumps(env, indent=1))


def recall() -> None:
    """Take `make run`'s environment for this process, unless another database is named."""
    named = os.environ.get("DATABASE_URL")
    path = Path(os.environ.get("DATA_DIR") or ROOT / ".run") / "env.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    if named and named != kept.get("DATABASE_URL"):
        return
    for name, value in kept.items():
        os.environ.setdefault(name, value)
    # Commands that need no server (makemigrations, sdl) must run on a fresh clone.
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(32))
