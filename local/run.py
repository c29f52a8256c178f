"""make run: the whole shop on this machine, until Ctrl-C."""

import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from local import house, machine
from local.guard import guarded
from local.processes import Falls, Process, stop_all

PORT = int(os.environ.get("PORT") or 8000)
HOST = os.environ.get("HOST") or "127.0.0.1"
# Where we ourselves reach a shop that listens everywhere.
REACH = f"http://{'127.0.0.1' if HOST in ('0.0.0.0', '::') else HOST}:{PORT}"
DEMO = os.environ.get("DEMO") or "small"


class Stop(BaseException):
    """Somebody asked us to stop."""


@contextmanager
def step(name: str) -> Iterator[None]:
    """One line of progress, with its seconds."""
    began = time.monotonic()
    if sys.stdout.isatty():
        print(f"  {name} …", end="\r", flush=True)
    yield
    print(f"  {name:<30}{time.monotonic() - began:6.1f} s", flush=True)


def lock(folder: Path) -> IO[str]:
    """Hold this folder for one run at a time."""
    file = open(folder / "lock", "w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit(f"Sheaf is already running from {folder}") from None
    return file


def prepare(env: dict[str, str]) -> None:
    """Bring the database and the files to where this code expects them."""
    with step("database schema, static files"), ThreadPoolExecutor() as pool:
        quietly = ("--no-input", "--skip-checks", "-v", "0")
        both = [pool.submit(house.manage, env, name, *quietly) for name in ("migrate", "collectstatic")]
        for one in both:
            one.result()
    if DEMO != "none":
        # The demo says itself whether it is there already, and shows its own progress.
        house.manage(env, "demo", "--size", DEMO, quiet=False)


def watch(servers: house.Servers, processes: list[Process]) -> None:
    """Start again whoever falls, servers first; one that falls again at once waits longer each time."""
    falls, stood_since = Falls(), time.monotonic()
    started: dict[str, float] = {}
    while True:
        time.sleep(0.5)
        for name, start in servers.fallen().items():
            count = falls.fell(name, time.monotonic() - started.get(name, stood_since))
            if count:
                print(f"The {name} stopped and is started again.", flush=True)
            if falls.is_due(name):
                try:
                    start()
                except (SystemExit, Exception) as why:
                    print(f"The {name} did not start: {why}", flush=True)
                started[name] = time.monotonic()
        for process in processes:
            if process.alive:
                continue
            if count := falls.fell(process.name, process.age):
                print(f"The {process.name} stopped and is started again; see {process.log}", flush=True)
                if count == 3:
                    print(process.last_words(), flush=True)
            if falls.is_due(process.name):
                process.start()


def welcome(env: dict[str, str]) -> None:
    """Where the shop is, and who may sign in."""
    print(f"\nSheaf runs: {env['SITE_URL']}/")
    # Nothing is printed of a shop that has an operator.
    print(house.manage(env, "open_shop", "--if-new"), end="")
    print(f"Mail, texts and logs are in {env['DATA_DIR']}/mail, /sms and /logs.")
    if DEMO != "none":
        print(house.manage(env, "demo", "--sign-ins"), end="")
    print("Ctrl-C stops everything; what was sold stays.", flush=True)


def demand_port() -> None:
    """End, with a word, where another program has our port."""
    if house.is_listening(PORT, HOST):
        raise SystemExit(f"Port {PORT} is taken; choose another: make run PORT={PORT + 80}")


def open_web(web: Process) -> None:
    """Start the web and wait for its first page. The port may have been taken since we looked: a demo takes minutes."""
    demand_port()
    web.start()
    try:
        house.wait_for_web(REACH + "/", web)
    except SystemExit:
        demand_port()
        raise


def opened(stack: ExitStack) -> None:
    """Start everything, each with its end registered; then watch."""
    folder = machine.data_dir()
    logs = folder / "logs"
    stack.enter_context(lock(folder))
    demand_port()
    secrets = machine.keep_secrets(folder)
    env = house.environment(folder, secrets, REACH) | {"DEMO": DEMO}
    with step("database, broker, cache"):
        servers = house.Servers(folder, secrets, os.environ)
        stack.enter_context(guarded(folder))
        stack.callback(servers.stop)
        env |= servers.start()
    processes: list[Process] = []
    stack.callback(stop_all, processes)
    if not os.environ.get("STRIPE_API_KEY"):
        with step("payments stand-in"):
            processes.append(house.stripe(folder, env, logs, REACH, PORT + 1))
            house.wait_for_port(processes[0], house.port_of(env["STRIPE_API_BASE"]))
    # Who signs in by it is made up, so it stands in for WeChat in a demo alone.
    if DEMO != "none" and not any(os.environ.get(name) for name in house.WECHAT):
        with step("WeChat stand-in"):
            processes.append(house.wechat(folder, env, secrets, logs, PORT + 2))
            house.wait_for_port(processes[-1], house.port_of(env["WECHAT_BASE"]))
    # What came from outside (a real provider's key, say) is not written down; it comes again next time.
    ours_alone = {name: value for name, value in env.items() if name not in os.environ}
    # But for these: a command asks the same database, and whether a demo is played.
    machine.remember(folder, ours_alone | {name: env[name] for name in ("DATABASE_URL", "DEMO")})
    prepare(env)
    with step("web"):
        web, *others = house.our_own(env, logs, HOST, PORT)
        processes.append(web)
        open_web(web)
    # After the web, so that they do not keep the first page waiting: what is asked of them waits in the outbox.
    for process in others:
        processes.append(process)
        process.start()
    welcome(env)
    watch(servers, processes)


def stop_at_signals() -> None:
    """Turn the first signal into Stop; later ones must not interrupt the tidying."""

    def stop(number: int, _: object) -> None:
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, signal.SIG_IGN)
        raise Stop

    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, stop)


def main() -> None:
    """Open the shop, and close it properly whatever happens."""
    stop_at_signals()
    began = time.monotonic()
    try:
        with ExitStack() as stack:
            opened(stack)
    except Stop:
        print(f"\nStopped after {time.monotonic() - began:.0f} s.", flush=True)
        sys.exit(0)


if __name__ == "__main__":
    main()
