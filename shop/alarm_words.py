"""What a person does when an alarm fires, in both languages; `docs/alarms.md` lists them."""

from core.language import say

TODO = {
    "outbox_late": say(
        "看后台是否在工作；重启 worker，队列会自己补上。",
        "See whether the worker works; start it again, and what waits is done by itself.",
    ),
    "delivery_parked": say(
        "在“我的工作”里看搁置的事项，排除原因后放行。",
        "Look at the parked deliveries in the office, mend the cause, and release them.",
    ),
    "worker_away": say(
        "重启 worker 服务并看它的日志；浏览和付款不受影响。",
        "Start the worker again and read its log; browsing and paying go on meanwhile.",
    ),
    "beat_away": say(
        "重启 beat 服务；到期的预留、退款和榜单在它回来后补做。",
        "Start beat again; what was due meanwhile is done when it is back.",
    ),
    "broker_away": say(
        "重启消息中转（Valkey）；事项都在数据库里，不会丢。",
        "Start the broker (Valkey) again; nothing is lost, what follows waits in the database.",
    ),
    "backup_old": say(
        "手动运行 manage.py backup，看它说什么；查备份磁盘和夜间任务。",
        "Run manage.py backup and read what it says; look at the backups’ disk and the nightly service.",
    ),
    "fold_late": say(
        "看 worker 是否在工作；榜单会自己追上，金额没有错。",
        "See whether the worker works; the standings catch up by themselves, no sum is wrong.",
    ),
    "payment_stuck": say(
        "到支付方后台查这笔付款；看 orders.tasks.reconcile 的日志。",
        "Look the payment up at the provider; read what the log says of sheaf.reconcile.",
    ),
    "refund_failed": say(
        "在“我的工作”的退款页重试，或用别的办法退给买家并记下。",
        "Try it again on the office’s page of refunds, or give the money another way and note how.",
    ),
    "letters_failing": say(
        "检查 EMAIL_URL 和邮箱服务商；修好后信会自己发出。",
        "Look at EMAIL_URL and the mail provider; once mended, the letters go out by themselves.",
    ),
    "texts_gone": say(
        "看是不是有人在刷短信；真有这么多人登录，就调高 SMS_CODES_A_DAY。包裹和退款的短信照发。",
        "See whether somebody presses for texts; where so many really sign in, raise SMS_CODES_A_DAY. Texts about parcels and money still go.",
    ),
    "disk_full": say(
        "清理旧备份和日志，或扩大磁盘；满了以后不能下单。",
        "Take away old backups and logs, or grow the disk; once it is full nothing can be bought.",
    ),
    "verify_found": say(
        "运行 manage.py verify 看哪一行不符；弄清之前不要发款。",
        "Run manage.py verify for the rows; pay nothing out before it is understood.",
    ),
    "errors": say(
        "按请求编号在日志里找 ERROR；刚升级过的，退回上一版。",
        "Find ERROR in the log and follow its request’s id; after an upgrade, go back to the release before.",
    ),
    "search_away": say(
        "搜索已改用数据库，可以照常；重启 Elasticsearch。",
        "Search goes on in the database; start Elasticsearch again.",
    ),
}
