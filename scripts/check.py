"""make check: everything that can be said about the code without running the shop."""

import ast
import os
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import compose, floors

ROOT = Path(__file__).resolve().parent.parent
Check = Callable[[], list[str]]


def program(*command: str) -> Check:
    """A check that is a module of Python's, or a script of ours."""
    return tool(sys.executable, "-W", "ignore", *command)


def tool(*command: str) -> Check:
    """A check that is a program: its output counts when it fails."""

    def run() -> list[str]:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | {"SECRET_KEY": "for-checks-only"},
            check=False,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return [done.stdout] if done.returncode else []

    return run


def libraries() -> dict[str, list[Requirement]]:
    """What we depend on (`shop`), and the groups beside it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = {"shop": project["dependencies"], **project["optional-dependencies"]}
    return {group: [Requirement(each) for each in needs] for group, needs in groups.items()}


def locked(name: str) -> dict[str, str]:
    """The version at which each package stands in a lock file."""
    pins = re.findall(r"^([\w.-]+)==([^\s;\\]+)", (ROOT / name).read_text(), re.MULTILINE)
    return {canonicalize_name(package): version for package, version in pins}


def locks_follow_pyproject() -> list[str]:
    """Each dependency we name is locked, at a version we allow; what is deployed is what was tested."""
    deployed, here = locked("requirements.lock"), locked("requirements-dev.lock")
    wrong = [
        f"{package} is deployed as {version} and tested as {here.get(package)}; run make lock"
        for package, version in deployed.items()
        if here.get(package) != version
    ]
    for group, needs in libraries().items():
        name = "requirements.lock" if group == "shop" else "requirements-dev.lock"
        wrong += [
            f"{name} does not satisfy {need}; run make lock"
            for need in needs
            if not need.specifier.contains(locked(name).get(canonicalize_name(need.name), "0"))
        ]
    return wrong


def settings_read() -> set[str]:
    """Every environment variable that the shop reads."""
    names = set()
    for path in [*(ROOT / "shop").glob("*.py"), *(ROOT / "local").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            if re.fullmatch(r"env\.\w+|(os\.)?environ\.get|given\.get", ast.unparse(node.func)):
                names.add(str(node.args[0].value))
    return names - {"DJANGO_SETTINGS_MODULE"}


def readme_tells_every_setting() -> list[str]:
    """A setting nobody can find might as well not exist; one that is told and gone misleads."""
    readme = ROOT / "README.md"
    told = set(
        re.findall(r"^\| `([A-Z][A-Z_0-9]+)`", readme.read_text() if readme.exists() else "", re.MULTILINE)
    )
    read = settings_read()
    missing = [f"README's table of settings lacks {name}" for name in sorted(read - told)]
    return missing + [f"README tells of {name}, which nothing reads" for name in sorted(told - read)]


def readme_tells_every_library() -> list[str]:
    """A dependency says what it is for."""
    section = (ROOT / "README.md").read_text().partition("\n## Libraries\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*?`) \|", section, re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    used = {each.name for needs in libraries().values() for each in needs}
    missing = [f"README's table of libraries lacks {name}" for name in sorted(used - told)]
    return missing + [f"README tells of {name}, which is not used" for name in sorted(told - used)]


def templates() -> list[Path]:
    """Every page and part, of all floors; a mail's lines are its paragraphs, and none of them is broken."""
    return sorted(path for floor in floors.FLOORS for path in (ROOT / floor).rglob("*.html"))


def templates_fit() -> list[str]:
    """A template fits in the head, and its lines on a screen."""
    wrong = []
    for path in templates():
        lines, name = path.read_text().splitlines(), path.relative_to(ROOT)
        if len(lines) > TEMPLATE_LINES:
            wrong.append(f"{name} has {len(lines)} lines; {TEMPLATE_LINES} fit in the head")
        wrong += [
            f"{name}:{number} has {len(line)} characters; a line holds {TEMPLATE_LINE}"
            for number, line in enumerate(lines, 1)
            if len(line) > TEMPLATE_LINE
        ]
    return wrong


def templates_are_formatted() -> list[str]:
    """As `make format` writes them."""
    formatter = Path(sys.executable).with_name("djangofmt")
    return tool(str(formatter), "--check", *(str(path.relative_to(ROOT)) for path in templates()))()


def no_registry_is_named() -> list[str]:
    """Where packages come from is each machine's own affair."""
    hosts = r"(pythonhosted|npmjs|pypi)[.](org|com)|(repo1?[.]maven|proxy[.]golang|deb[.]debian)[.]"
    found = subprocess.run(
        ["git", "grep", "-nIE", hosts], cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE
    )
    return found.stdout.splitlines()


TEMPLATE_LINES, TEMPLATE_LINE = 200, 160
MANAGE = str(ROOT / "manage.py")
CHECKS: dict[str, Check] = {
    "types": program("-m", "mypy"),
    "style": program("-m", "ruff", "check", "-q", "."),
    "format": program("-m", "ruff", "format", "-q", "--check", "."),
    "floors and rooms": floors.offences,
    "Django's own checks": program(MANAGE, "check"),
    "migrations": program(MANAGE, "makemigrations", "--check", "--dry-run"),
    "schema.graphql": program(MANAGE, "sdl", "--check"),
    "templates": program(MANAGE, "compile_templates"),
    "templates fit": templates_fit,
    "templates' format": templates_are_formatted,
    "settings in README": readme_tells_every_setting,
    "libraries in README": readme_tells_every_library,
    "compose specification": compose.offences,
    "locks": locks_follow_pyproject,
    "no registry named": no_registry_is_named,
}


def main() -> None:
    """Run all; print one line each and what is wrong."""
    failed = 0

    def timed(check: Check) -> tuple[list[str], float]:
        began = time.monotonic()
        return check(), time.monotonic() - began

    with ThreadPoolExecutor(2) as pool:
        running = {name: pool.submit(timed, check) for name, check in CHECKS.items()}
        for name, future in running.items():
            said, seconds = future.result()
            print(f"  {'failed' if said else 'ok':<8}{name:<24}{seconds:6.1f} s", flush=True)
            for line in said:
                print("    " + line.rstrip().replace("\n", "\n    "))
            failed += bool(said)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
