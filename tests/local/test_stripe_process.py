"""The stand-in for Stripe as a process: what survives its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from local.stripe.control import Control
from local.stripe.server import Stand
from tests.local.stripe_world import SECRET, Ear, World, until


class Run:
    """The stand-in as `make run` starts it: a process with a file."""

    def __init__(self, state: Path, ear: Ear) -> None:
        words = ["--state", str(state), "--webhook-url", ear.url, "--webhook-secret", SECRET]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "local.stripe", "--port", "0", *words],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdout
        url = self.process.stdout.readline().split()[-1]
        self.world = World(url, ear)

    def end(self, how: int) -> int:
        self.process.send_signal(how)
        code = self.process.wait(10)
        assert self.process.stdout
        self.process.stdout.close()
        return code


def test_everything_survives_kill_nine_and_a_restart(tmp_path: Path) -> None:
    ear, state = Ear(), tmp_path / "run" / "stripe.db"
    first = Run(state, ear)
    world = first.world
    params: Any = {"amount": 700, "currency": "cny"}
    keyed = world.v1.payment_intents.create(params, {"idempotency_key": "k"})
    session = world.session(expires_at=int(time.time()) + 1800)
    world.control.refund_mode("pending", after=0.2)
    world.control.wait()
    world.control.hold()
    ear.heard.clear()
    paid = world.intent(900)
    pending = world.v1.refunds.create({"payment_intent": paid.id, "amount": 100})
    first.end(signal.SIGKILL)

    second = Run(state, ear)
    world = second.world
    assert world.v1.payment_intents.create(params, {"idempotency_key": "k"}).id == keyed.id
    assert world.v1.payment_intents.retrieve(paid.id).status == "succeeded"
    until(lambda: world.v1.refunds.retrieve(pending.id).status == "succeeded", "the pending refund")
    assert ear.heard == [] and world.control.release() >= 5
    ear.wait_for("payment_intent.succeeded")
    ear.wait_for("refund.updated")
    world.control.advance(1801)
    assert world.seen(session).status == "expired"
    assert second.end(signal.SIGTERM) == 0
    ear.close()


def test_notices_on_their_way_at_a_kill_come_after_it(tmp_path: Path) -> None:
    ear, state = Ear(), tmp_path / "stripe.db"
    with Stand(state, webhook_url="http://127.0.0.1:9/", webhook_secret=SECRET) as stand:
        World(stand.url, ear).intent(method=None)
    with Stand(state, webhook_url=ear.url, webhook_secret=SECRET) as stand:
        ear.wait_for("payment_intent.created")
        assert Control(stand.url).wait()
    ear.close()
