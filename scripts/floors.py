"""The house has floors and rooms: a module leans on floors below its own, and on earlier rooms of its own."""

import ast
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ["core", "accounts", "catalog", "orders", "together", "impact", "contest", "fair", "shop"]
BESIDE = "local"  # what make run starts: it knows no floor, and no floor knows it
ROOMS = ["models", "reads", "actions", "api"]  # events.py and tasks.py stand beside them
MOST_LINES, LONGEST_FUNCTION = 350, 60
# What Django and graphql-core do not promise is touched in one file; openpyxl's parser of one cell where it is read.
INTERNALS = "core/internals.py"
OTHERS_INTERNALS = {"core/tables/xlsx_file.py"}
OF_THEIRS = [
    ("django", "db", "models", "base"),
    ("django", "db", "models", "query"),
    ("django", "db", "models", "sql"),
    ("graphql", "execution", "collect_fields"),
    ("graphql", "execution", "values"),
    ("graphql", "pyutils"),
]
THEIRS = {"fields_cache", "klass_info", "annotation_col_map", "get_compiler", "get_converters", "cache_name"}
# The state of a noun is written in one file; these tables have a column of that name and no moves.
WRITES_STATES = "core/states.py"
WITHOUT_MOVES = {"catalog_reservation", "core_idempotencykey"}
# Documented, or of the standard library.
PROMISED = {
    "_meta",
    "_state",
    "_default_manager",
    "_base_manager",
    "_replace",
    "_asdict",
    "_fields",
    "_db",
    "_exit",
}

# Each of these meant several things: one word a concept, so that a newcomer can search for it. What is said instead.
LEFT_OUT = {
    "told": "localized, public_…, disclosed or validated",
    "asked": "SearchQuery, PreparedQuery or what is requested",
    "written": "clean_…, PreparedQuery or what is encoded",
    "kept": "CachedResponse, cached, refill or remaining",
    "ahead": "prefetch",
    "deed": "Posting or action",
    "taken": "chargeback, reverse or submit",
    "blank": "Parameter",
    "doorway": "MutationOptions",
    "take_back": "reverse or restock",
    "taking_back": "reverse",
    "give_back": "submit or refund_…",
    "money_came": "apply_payment",
    "at_once": "read_your_writes or without_waiting",
    "has_just_written": "read_your_writes",
}
LEFT_OUT_ALONE = {"again": "retry", "everything": "refund_remaining"}
# A column is called so.
SPOKEN_PLAINLY = {"asked_at"}


def standing() -> list[str]:
    """The floors that are there, the lowest first."""
    return [floor for floor in FLOORS if (ROOT / floor / "__init__.py").is_file()]


def modules() -> list[Path]:
    """Every module of the house; migrations are history and may name whom they like."""
    found = (path for floor in [*FLOORS, BESIDE] for path in (ROOT / floor).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def styles_and_scripts() -> list[Path]:
    """What a browser is sent beside the pages; its length alone is looked at."""
    found = (path for floor in [*FLOORS, BESIDE] for path in (ROOT / floor).rglob("*"))
    return sorted(path for path in found if path.suffix in (".css", ".js"))


def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a module's tree; each check asks for them, file by file."""
    return _nodes(path.read_text())


@lru_cache(1)
def _nodes(source: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(source)))


def imports(path: Path) -> Iterator[tuple[str, ...]]:
    """What a module imports, anywhere in it, as dotted parts from the root."""
    package = path.relative_to(ROOT).parts[:-1]
    for node in nodes(path):
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


def parts_of_fast(path: Path) -> Iterator[str]:
    """What exists only for speed is known outside by one name: `from core import fast`."""
    if path.relative_to(ROOT).parts[:2] != ("core", "fast"):
        for there in imports(path):
            if there[:2] == ("core", "fast") and len(there) > 2:
                yield f"{path.relative_to(ROOT)} imports {'.'.join(there)}, a part of core.fast"


def not_promised(path: Path) -> Iterator[str]:
    """Names that Django and graphql-core keep to themselves, outside the one file that may touch them."""
    name = path.relative_to(ROOT)
    if name.as_posix() in {INTERNALS, *OTHERS_INTERNALS}:
        return
    for there in imports(path):
        if any(there[: len(module)] == module for module in OF_THEIRS):
            yield f"{name} imports {'.'.join(there)}, which is not promised: {INTERNALS}"
    known = _own_names(ROOT) | PROMISED
    for node in nodes(path):
        if not isinstance(node, ast.Attribute):
            continue
        is_private = node.attr.startswith("_") and not node.attr.startswith("__")
        if node.attr in THEIRS or (is_private and node.attr not in known):
            yield f"{name}:{node.lineno} reads {node.attr}, which is not promised: {INTERNALS}"


@cache
def _own_names(root: Path) -> frozenset[str]:
    """Private names that the house itself gives."""
    found = set()
    for path in modules():
        for node in nodes(path):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                found.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                found.add(node.attr)
    return frozenset(found)


def writers_of_states(path: Path) -> Iterator[str]:
    """Whoever writes a noun's state past `move_to` and `move_many`, by the ORM, on the row or in SQL."""
    name = path.relative_to(ROOT)
    # The stand-in's objects are Stripe's, and no rows.
    if name.as_posix() == WRITES_STATES or name.parts[0] == BESIDE:
        return
    for node in nodes(path):
        if _writes_state(node):
            yield f"{name}:{node.lineno} writes a state: move_to and move_many of {WRITES_STATES} do"  # type: ignore[attr-defined]


def _writes_state(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "state" and isinstance(node.ctx, ast.Store)
    if isinstance(node, (ast.Constant, ast.JoinedStr)):
        return any(table not in WITHOUT_MOVES for table in _tables_moved(_text(node)))
    if not isinstance(node, ast.Call):
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if called in ("update", "aupdate"):
        return any(_says_state(keyword) for keyword in node.keywords)
    if called in ("bulk_update", "abulk_update", "save", "asave", "update_or_create", "setattr", "Update"):
        given = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg != "was")]
        return any(_is_state(part) for each in given for part in ast.walk(each))
    return False


def _says_state(keyword: ast.keyword) -> bool:
    """`state=…`, or the same in a dictionary that is spread."""
    is_spread = keyword.arg is None and any(_is_state(part) for part in ast.walk(keyword.value))
    return keyword.arg == "state" or is_spread


def _is_state(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == "state"


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)


def _tables_moved(text: str) -> list[str]:
    """The tables whose state a text in SQL sets."""
    updates = re.findall(r'UPDATE\s+"?(\w+|{})"?.*?\bSET\b(.*?)(?:\bFROM\b|\bWHERE\b|$)', text, re.S | re.I)
    return [table for table, sets in updates if re.search(r'(?<![\w.])"?state"?\s*=', sets)]


def words_left_out(path: Path) -> Iterator[str]:
    """Modules, functions, their parameters and classes named by a word that stood for more than one concept."""
    name = path.relative_to(ROOT)
    named = [(1, path.stem)]
    named += [
        (node.lineno, node.name)
        for node in nodes(path)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    ]
    named += [(node.lineno, node.arg) for node in nodes(path) if isinstance(node, ast.arg)]
    for line, given in named:
        parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", given).lower().strip("_")
        if given in SPOKEN_PLAINLY:
            continue
        if parts in LEFT_OUT_ALONE:
            yield f"{name}:{line} {given}: say {LEFT_OUT_ALONE[parts]}"
        for word, instead in LEFT_OUT.items():
            if f"_{word}_" in f"_{parts}_":
                yield f"{name}:{line} {given}: say {instead}"


def sprawl(path: Path) -> Iterator[str]:
    """What does not fit in the head."""
    source = path.read_text()
    name = path.relative_to(ROOT)
    if source.count("\n") > MOST_LINES:
        yield f"{name} has {source.count(chr(10))} lines; {MOST_LINES} fit in the head"
    if path.suffix != ".py":
        return
    for node in nodes(path):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{name}:{node.lineno} {node.name} has {lines} lines; a screen holds {LONGEST_FUNCTION}"


CHECKS = (leanings, parts_of_fast, not_promised, writers_of_states, words_left_out, sprawl)


def offences() -> list[str]:
    """Everything out of place."""
    beside = [path for folder in ("bench", "scripts") for path in sorted((ROOT / folder).rglob("*.py"))]
    found = [line for path in modules() for check in CHECKS for line in check(path)]
    found += [line for path in styles_and_scripts() for line in sprawl(path)]
    return found + [line for path in beside for line in words_left_out(path)]
