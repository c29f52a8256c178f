"""Each room of the pages holds what belongs to it: no page without an address, no act without its record, nothing over."""

from pathlib import Path

import pytest
from django.template.loader import get_template
from graphql import OperationDefinitionNode, OperationType, parse

from shop.web import document
from shop.web.acts import Act, acts, gathered
from shop.web.document import HERE, acts_documents, exists, text_of
from shop.web.rooms import ROOMS
from tests.shop.tour import pages, routed

# Shown where something is amiss, whatever the address.
WITHOUT_ADDRESS = {"words/not_found", "words/broken", "setup/being_set_up"}
# At the address of another: for whoever is signed in; once it is not on sale.
AT_ANOTHERS = {"contest/my_entry": "contest/entry", "shelf/off_sale": "shelf/product"}
# Pictures of what is in several rooms.
BESIDE_THE_ROOMS = {"cards", "gathered_cards"}
# A form that comes with a file, or says several acts at once, has an address of its own.
WITHOUT_DOCUMENT = {
    "upload_picture",
    "keep_cart",
    "look_at_rates",
    "import_rates",
    "upload_logo",
    "import_people",
    "import_weights",
    "import_numbers",
    "send_numbers",
    "import_listings",
    "upload_import",
    "repair_import",
    "upload_award_file",
    "upload_invoice",
    "upload_red_invoice",
    "upload_return_label",
}


def written(pattern: str) -> set[str]:
    """Rooms' files of this kind, each by its room and its name."""
    return {
        path.relative_to(HERE).with_suffix("").as_posix()
        for room in ROOMS
        for path in (HERE / room).glob(pattern)
    }


def test_every_folder_beside_the_shared_files_is_a_room_and_has_its_addresses():
    shared = {"parts", "static"}
    files = [path.relative_to(HERE).parts for path in HERE.glob("*/**/*") if path.is_file()]
    assert {folder for folder, *rest in files if folder != "__pycache__"} == shared | set(ROOMS)
    assert {path.parent.name for path in HERE.glob("*/urls.py")} == set(ROOMS)


def test_every_page_has_its_address_and_every_address_its_page():
    addresses = [(page.name, page.is_apart) for page in pages().values()]
    assert sorted(addresses) == sorted(set(addresses)), (
        "a page has one address, and one of what is bought at once"
    )
    shown = [name for name, _ in addresses]
    assert set(AT_ANOTHERS.values()) <= set(shown)
    assert set(shown) | WITHOUT_ADDRESS | AT_ANOTHERS.keys() == written("*.html")
    for name in written("*.html"):
        get_template(f"{name}.html")


def test_a_rooms_addresses_lead_to_its_own_pages_and_files():
    for name, view in routed().items():
        where = view.page.name.split("/")[0] if hasattr(view, "page") else view.__module__.split(".")[2]
        assert where in {*ROOMS, *BESIDE_THE_ROOMS} or name == "act", name


def test_every_act_has_one_record_and_every_record_its_act():
    recorded = acts().keys()
    assert recorded == acts_documents().keys() | WITHOUT_DOCUMENT
    assert set(routed()) >= WITHOUT_DOCUMENT
    # Of many parcels one carrier stands in the form, and each row is sent with it.
    assert [name for name in recorded if acts()[name].refilled and name not in WITHOUT_DOCUMENT] == [
        "send_parcels"
    ]


def test_an_acts_record_lies_beside_its_document():
    for name, path in acts_documents().items():
        room = path.split("/")[0]
        own = __import__(f"shop.web.{room}.acts", fromlist=["ACTS"]).ACTS
        assert name in own, path


def test_what_is_saved_first_is_an_act():
    assert {one.first for one in acts().values() if one.first} <= acts_documents().keys()


def test_a_page_asks_and_an_act_does():
    of_acts, paths = set(acts_documents().values()), {f"{name}.graphql" for name in written("*.graphql")}
    shown = {page.document for page in pages().values()} | {f"{name}.graphql" for name in AT_ANOTHERS}
    assert len(paths) > 300 and paths - of_acts - shown == set()
    for path in sorted(paths):
        (does,) = (d for d in parse(text_of(path)).definitions if isinstance(d, OperationDefinitionNode))
        assert does.operation == (OperationType.MUTATION if path in of_acts else OperationType.QUERY), path


def test_every_part_of_a_room_is_used_by_that_room():
    for part in written("parts/*.html"):
        room = part.split("/")[0]
        users = {path for path in HERE.glob("**/*.html") if f'"{part}.html"' in path.read_text()}
        assert users and {path.relative_to(HERE).parts[0] for path in users} == {room}, part


def test_what_several_rooms_use_is_used_by_several():
    for path in (HERE / "parts").glob("*.html"):
        users = {p for p in HERE.glob("**/*.html") if f'"parts/{path.name}"' in p.read_text()}
        rooms = {user.relative_to(HERE).parts[0] for user in users}
        assert len(rooms) > 1 or rooms == {"parts"}, path.name  # what a shared part uses is shared


def test_an_act_that_is_recorded_twice_or_lies_in_two_rooms_is_found(tmp_path: Path, monkeypatch):
    with pytest.raises(ValueError, match="sign_in"):
        gathered({"sign_in": Act()}, {"sign_in": Act()})
    for room in ("shelf", "desk"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "weigh.graphql").write_text("mutation { weigh }")
    kept = (document._all, document.acts_documents)
    monkeypatch.setattr(document, "HERE", tmp_path)
    for one in kept:
        one.cache_clear()
    try:
        with pytest.raises(ValueError, match="weigh"):
            acts_documents()
    finally:
        monkeypatch.undo()
        for one in kept:
            one.cache_clear()
    assert exists("account/sign_in.graphql")
