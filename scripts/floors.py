"""The house has floors and rooms: a module leans on floors below its own, and on earlier rooms of its own."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ["core", "accounts", "catalog", "orders", "together", "impact", "contest", "fair", "shop"]
BESIDE = "local"  # what make run starts: it knows no floor, and no floor knows it
ROOMS = ["models", "reads", "actions", "api"]  # events.py and tasks.py stand beside them
MOST_LINES, LONGEST_FUNCTION = 400, 60


def modules() -> list[Path]:
    """Every module of the house; migrations are history and may name whom they like."""
    found = (path for floor in [*FLOORS, BESIDE] for path in (ROOT / floor).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def imports(path: Path) -> Iterator[tuple[str, ...]]:
    """What a module imports, anywhere in it, as dotted parts from the root."""
    package = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            parts = [part for part in (node.module or "").split(".") if part]
            yield from ((*base, *parts, alias.name) for alias in node.names)


def leanings(path: Path) -> Iterator[str]:
    """Imports that lean the wrong way, in words."""
    floor, *rest = path.relative_to(ROOT).with_suffix("").parts
    room = rest[0] if rest else ""
    for there in imports(path):
        if there[0] not in [*FLOORS, BESIDE]:
            continue
        words = f"{path.relative_to(ROOT)} leans on {'.'.join(there)}"
        if BESIDE in (floor, there[0]):
            if floor != there[0]:
                yield words + ", which stands beside the floors"
        elif FLOORS.index(there[0]) > FLOORS.index(floor):
            yield words + ", a floor above"
        elif there[0] == floor and room in ROOMS and there[1:2] and there[1] in ROOMS:
            if ROOMS.index(there[1]) > ROOMS.index(room):
                yield words + ", a later room"
        elif there[0] == floor and room == "models" and there[1:2] == ("tasks",):
            yield words + ", which stand beside the actions"


def sprawl(path: Path) -> Iterator[str]:
    """What does not fit in the head."""
    source = path.read_text()
    name = path.relative_to(ROOT)
    if source.count("\n") > MOST_LINES:
        yield f"{name} has {source.count(chr(10))} lines; {MOST_LINES} fit in the head"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{name}:{node.lineno} {node.name} has {lines} lines; a screen holds {LONGEST_FUNCTION}"


def offences() -> list[str]:
    """Everything out of place."""
    return [line for path in modules() for check in (leanings, sprawl) for line in check(path)]
