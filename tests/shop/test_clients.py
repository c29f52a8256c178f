"""Clients of the ecosystem take the schema as they come: Relay's compiler, graphql-codegen with tsc, Apollo's client.

Their programs are in `tests/data/clients`; what they are made of is fetched by its lock (`scripts/graphql-clients`).
"""

import json
import re
import shutil
import subprocess
import uuid
from pathlib import Path
from typing import Any

import pytest

from local import machine
from orders.models import Order
from tests.figures import in_full_alone
from tests.shows.script import session_of

HOME = machine.ROOT / ".tools" / "graphql-clients" / "node_modules"
PROGRAMS = machine.ROOT / "tests" / "data" / "clients"
pytestmark = pytest.mark.skipif(
    not (HOME.exists() and shutil.which("node")),
    reason="no clients are in .tools/graphql-clients, or no node is found: .ci/run fetches them",
)
OPTIONS = ("--strict", "--skipLibCheck", "--pretty", "false", "--target", "es2022", "--lib", "es2022,dom")
MODULES = ("--module", "esnext", "--moduleResolution", "bundler", "--outDir", "out")
ALONE = in_full_alone("runs what other clients are made of")


def prepared(folder: Path, program: str) -> Path:
    """A project of its own: the program, the schema as it is committed, and what was fetched."""
    home = folder / program
    shutil.copytree(PROGRAMS / program, home)
    shutil.copy(machine.ROOT / "schema.graphql", home)
    (home / "node_modules").symlink_to(HOME)
    (home / "package.json").write_text('{"type": "module"}')
    return home


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["node", *words], cwd=home, capture_output=True, text=True, timeout=300, check=False
    )


def relay(home: Path) -> subprocess.CompletedProcess[str]:
    return run(home, "node_modules/relay-compiler/cli.js")


@ALONE
def test_relays_compiler_takes_refetchable_fragments_on_products_and_teams(tmp_path):
    home = prepared(tmp_path, "relay")
    (home / "src").mkdir()
    shutil.move(home / "shelf.ts", home / "src")
    done = relay(home)
    assert done.returncode == 0, done.stdout + done.stderr
    made = {file.name.removesuffix(".graphql.ts") for file in (home / "src" / "__generated__").iterdir()}
    assert {"shelfProductRefetchQuery", "shelfTeamPaginationQuery"} <= made
    again = (home / "src" / "__generated__" / "shelfProductRefetchQuery.graphql.ts").read_text()
    assert "node(id: $id)" in again
    # The control: without `Node` it refuses them.
    schema = (home / "schema.graphql").read_text()
    (home / "schema.graphql").write_text(re.sub(r"^  node\(.*?\): Node$", "", schema, flags=re.M | re.S))
    refused = relay(home)
    assert refused.returncode and "Invalid use of @refetchable" in refused.stdout + refused.stderr


def bought(home: Path, *words: str) -> Any:
    """What Apollo's client came to."""
    done = run(home, "out/buy.js", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@ALONE
def test_codegens_types_compile_and_apollos_client_buys_an_orange(tmp_path, opened):
    home = prepared(tmp_path, "apollo")
    for words in (
        ("node_modules/.bin/graphql-codegen", "--config", "codegen.ts"),
        ("node_modules/typescript/bin/tsc", *OPTIONS, *MODULES, "buy.ts"),
    ):
        done = run(home, *words)
        assert done.returncode == 0, done.stdout + done.stderr
    shop = opened
    told = bought(home, shop.url, shop.variant(shop.world.oranges), str(uuid.uuid4()))
    assert told["minor"] == told["cart"] > 2 * 3690
    shop.till.pay(session_of(told["url"]))
    shop.rest()
    seen = bought(home, shop.url, "", str(uuid.uuid4()), json.dumps(told))
    assert (seen["state"], seen["total"]["minor"]) == ("PAID", told["minor"])
    with shop.shop.database():
        assert Order.objects.get(number=told["number"]).email == "apollo@shows.example"
    # The control: a field that is none does not compile.
    program = (home / "buy.ts").read_text()
    (home / "buy.ts").write_text(
        program.replace("node.name !== orange.name", "node.nickname !== orange.name")
    )
    wrong = run(home, "node_modules/typescript/bin/tsc", *OPTIONS, *MODULES, "buy.ts")
    assert "Property 'nickname' does not exist" in wrong.stdout
