"""The worker of a running shop and its connections."""

import time

import psycopg

ASKED = "SELECT sessions, xact_commit FROM pg_stat_database WHERE datname = current_database()"


def test_the_worker_keeps_its_connections_from_one_task_to_the_next(live_shop):
    """In some four seconds beat's tasks open none: with one connection a task each such time would have its three."""
    with psycopg.connect(live_shop.env["DATABASE_URL"], autocommit=True) as here:
        opened = []
        # A shop that has just begun opens those that it keeps.
        while len(opened) < 5 and 0 not in opened:
            sessions, commits = here.execute(ASKED).fetchone()
            time.sleep(4)
            since, done = here.execute(ASKED).fetchone()
            assert done - commits >= 3, "nothing was asked of the database meanwhile"
            opened.append(since - sessions)
    assert 0 in opened, opened
