"""A stateful stand-in for Stripe's HTTP API, for development and tests: standard library only, no real money."""

API_VERSION = "2026-10-28.endive"
