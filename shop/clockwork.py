"""What Celery is told: the outbox in the database is the truth, the broker only a wake-up; and when the clock strikes."""

from pathlib import Path
from typing import Any

# Task → seconds between two strikes. One that no worker took meanwhile expires: strikes never pile up.
STRIKES = {
    "core.tasks.sweep": 5,
    "orders.tasks.expire": 15,
    "orders.tasks.note_left_unpaid": 15,
    "orders.tasks.note_wishes": 60,
    "orders.tasks.reconcile": 30,
    # Programs that are told what happens: what failed and is due again, and what a lost wake-up has left.
    "orders.tasks.call_programs": 5,
    "orders.tasks.look_back": 24 * 3600,
    "together.tasks.close_groups": 2,
    "together.tasks.expire": 15,
    "orders.tasks.move_parcels_on": 60,
    "orders.tasks.end_claims": 60,
    "orders.tasks.follow_setbacks": 60,
    "orders.tasks.find_out_of_date": 600,
    # Due once a day, at 04:00; looked for each half minute, and after a rest.
    "orders.tasks.tell_units_sold": 30,
    # Due once a week, on Monday at 04:00.
    "orders.tasks.renew_companions": 600,
    "orders.tasks.follow_closures": 15,
    "impact.tasks.fold_waiting": 2,
    "impact.tasks.fold_statements": 5,
    # Due once a day, at 04:00 by the trade's clock, and at a freeze; looked for each half minute, and after a rest.
    "impact.tasks.disclose": 30,
    "contest.tasks.open_sheets": 30,
    "contest.tasks.freeze_rounds": 5,
    "contest.tasks.read_waiting": 30,
    "contest.tasks.finalise_results": 15,
    "contest.tasks.examine": 300,
    "contest.tasks.disclose_supporters": 30,
    "contest.tasks.move_rounds": 10,
    "catalog.tasks.turn_the_day": 600,
    "catalog.tasks.work_at_sheets": 30,
    "catalog.tasks.mend_search": 60,
    "accounts.tasks.forget_unconfirmed": 24 * 3600,
    "accounts.tasks.erase_settled": 60,
    "accounts.tasks.note_questions_left": 60,
    "orders.tasks.forget_old": 24 * 3600,
    "together.tasks.forget_old": 24 * 3600,
    "contest.tasks.forget_guests": 24 * 3600,
    "shop.tasks.forget_sessions": 24 * 3600,
    "shop.tasks.look_at_alarms": 60,
    "shop.tasks.verify_all": 24 * 3600,
    "core.tasks.forget_changes": 600,
    "core.tasks.forget_old": 600,
}


def settings(broker: str, folder: Path) -> dict[str, Any]:
    """Django's settings for Celery: worker, beat, and whoever hands over a task. Beat keeps in `folder` when it struck."""
    return {
        "CELERY_BROKER_URL": broker,
        "CELERY_BROKER_TRANSPORT_OPTIONS": {
            # With these a task whose worker was killed is handed out again within seconds (defaults: over 45 s).
            "visibility_timeout": 600,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "socket_connect_timeout": 1,
            "socket_timeout": 5,
        },
        "CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP": True,
        # A request never waits for a broker that is away: beat's sweep finds what was not sent.
        "CELERY_TASK_PUBLISH_RETRY": False,
        "CELERY_TASK_ACKS_LATE": True,
        "CELERY_TASK_REJECT_ON_WORKER_LOST": True,
        "CELERY_WORKER_PREFETCH_MULTIPLIER": 1,
        "CELERY_TASK_IGNORE_RESULT": True,
        "CELERY_RESULT_BACKEND": None,
        "CELERY_TIMEZONE": "Asia/Shanghai",
        "CELERY_WORKER_HIJACK_ROOT_LOGGER": False,
        "CELERY_BEAT_SCHEDULE_FILENAME": str(folder / "beat"),
        "CELERY_BEAT_SCHEDULE": {
            task: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
            for task, seconds in STRIKES.items()
        },
    }
