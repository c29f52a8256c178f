"""The worker of a running shop and its connections."""

import time

import psycopg

ASKED = "SELECT sessions, xact_commit FROM pg_stat_database WHERE datname = current_database()"


def test_the_worker_keeps_its_connections_from_one_task_to_the_next(live_shop):
    with psycopg.connect(live_shop.env["DATABASE_URL"], autocommit=True) as here:
        # Each of its processes has had a task by then: beat strikes more than once a second.
        time.sleep(max(0.0, 6 - live_shop.processes["worker"].age))
        sessions, commits = here.execute(ASKED).fetchone()
        time.sleep(4)
        since, done = here.execute(ASKED).fetchone()
    assert done - commits >= 3, "nothing was asked of the database meanwhile"
    assert since == sessions
