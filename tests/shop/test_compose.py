"""docker-compose.yml is right by the specification, and opens no door but the one."""

import re

import pytest

from local.machine import ROOT
from scripts import compose

TEXT = compose.FILE.read_text()


@pytest.fixture
def file() -> dict:
    return compose.read(TEXT)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("restart: unless-stopped", "restart: 3", 'restart: 3 is not of type "string"'),
        ("healthcheck:\n", "healthchek:\n", "'healthchek' was unexpected"),
        ("networks: [inner, edge]", "networks: [inner, egde]", "web is in egde, which is no network"),
        ("- caddy:/data", "- kaddy:/data", "caddy keeps kaddy, which is no volume"),
        (
            "      postgres: {condition",
            "      postgre: {condition",
            "depends on postgre, which is no service",
        ),
        ("${HOUSEHOLD_KEYS:?}", "${HOUSEHOLD_KEY:?}", ".env.example lacks HOUSEHOLD_KEY,"),
    ],
)
def test_the_check_is_awake(before, after, said, monkeypatch, tmp_path):
    assert compose.offences() == [] and before in TEXT
    monkeypatch.setattr(compose, "FILE", tmp_path / "docker-compose.yml")
    compose.FILE.write_text(TEXT.replace(before, after))
    assert any(said in line for line in compose.offences())


def test_https_is_the_only_door(file):
    doors = {name: service["ports"] for name, service in file["services"].items() if "ports" in service}
    assert doors == {"caddy": ["80:80", "443:443", "443:443/udp"]}
    assert file["networks"]["inner"] == {"internal": True}
    stores = ("postgres", "valkey", "cache", "elasticsearch")
    assert [file["services"][name]["networks"] for name in stores] == [["inner"]] * 4


def test_only_the_proxys_network_is_believed(file):
    inside = {name for name, service in file["services"].items() if "edge" in service["networks"]}
    assert inside == {"caddy", "web", "web2"}
    (subnet,) = file["networks"]["edge"]["ipam"]["config"]
    assert (
        file["services"]["web"]["environment"]["TRUSTED_PROXIES"]
        == f"${{TRUSTED_PROXIES:-{subnet['subnet']}}}"
    )


def test_only_who_shapes_and_saves_the_database_acts_as_its_owner(file):
    owners = {
        name
        for name, service in file["services"].items()
        if "OWNER_PASSWORD" in str(service.get("environment", "")) and name != "postgres"
    }
    assert owners == {"migrate", "backup"}
    seen = {
        name for name, service in file["services"].items() if "/backups" in str(service.get("volumes", ""))
    }
    assert seen == {"backup"}, "the web never sees a backup"


def test_the_broker_forgets_nothing_and_the_cache_may_forget_all(file):
    broker, cache = (" ".join(file["services"][name]["command"]) for name in ("valkey", "cache"))
    assert "--appendonly yes" in broker and "noeviction" in broker
    assert "--appendonly no" in cache and "allkeys-lru" in cache
    environment = file["services"]["web"]["environment"]
    assert "@valkey:" in environment["BROKER_URL"] and "@cache:" in environment["CACHE_URL"]


def test_both_webs_are_the_same_and_the_proxy_knows_one_whom_it_does_not_take_for_ill(file):
    web, web2 = file["services"]["web"], file["services"]["web2"]
    assert {**web2, "profiles": None} == {**web, "profiles": None}
    caddy = (ROOT / "docker" / "Caddyfile").read_text()
    assert "reverse_proxy web:8000 {" in caddy and "health_uri" not in caddy
    assert set(re.findall(r"\{\$(\w+)\}", caddy)) == file["services"]["caddy"]["environment"].keys()
