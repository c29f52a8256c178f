"""docker-compose.yml says what the Compose specification knows, and only what the shop and .env.example know."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import jsonschema_rs
import yaml

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docker-compose.yml"
SCHEMA = ROOT / "docker" / "compose-spec" / "compose-spec.json"


def read(text: str) -> dict:
    """The file as compose reads it, merges done."""
    return yaml.safe_load(text)


def offences() -> list[str]:
    """What is wrong with the file, for `make check`."""
    text = FILE.read_text()
    file = read(text)
    return [
        *against_the_specification(file),
        *dangling(file),
        *variables_nobody_fills_in(text, (ROOT / ".env.example").read_text()),
    ]


def against_the_specification(file: dict) -> Iterator[str]:
    """What its schema says."""
    for error in jsonschema_rs.validator_for(json.loads(SCHEMA.read_text())).iter_errors(file):
        where = "/".join(str(part) for part in error.instance_path)
        yield f"docker-compose.yml, {where or 'top'}: {error.message[:200]}"


def dangling(file: dict) -> Iterator[str]:
    """Names of networks, volumes and services that stand nowhere: a schema cannot know."""
    services = file["services"]
    for name, service in services.items():
        for there in service.get("depends_on", {}):
            if there not in services:
                yield f"docker-compose.yml: {name} depends on {there}, which is no service"
        for network in service.get("networks", ()):
            if network not in file["networks"]:
                yield f"docker-compose.yml: {name} is in {network}, which is no network"
        for volume in service.get("volumes", ()):
            source = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", volume).split(":")[0]
            if not source.startswith((".", "/")) and source not in file["volumes"]:
                yield f"docker-compose.yml: {name} keeps {source}, which is no volume"


def variables_nobody_fills_in(text: str, example: str) -> Iterator[str]:
    """Each that must be set is in .env.example."""
    for name in sorted(set(re.findall(r"\$\{(\w+):\?", text))):
        if not re.search(rf"^{name}=", example, re.MULTILINE):
            yield f".env.example lacks {name}, which docker-compose.yml demands"
