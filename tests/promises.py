"""What must never go wrong, and the figures by which a full run shows that it does not.

`make test-full` prints all of it: a figure that nobody saw is named as missing, so that a promise cannot be
dropped in silence. A test tells a figure by `tests.figures.figure("stock/race", "…", seed)`.
"""

PROMISES: dict[str, tuple[str, dict[str, str]]] = {
    "stock": (
        "the last k units sell exactly k times",
        {
            "race": "20 buyers on own connections, k = 5, 1,000 trials: sold = 5 every time",
            "control": "without the lock it oversells in ≥ 95 of 100",
            "http": "over HTTP with 50 buyers, 100 trials",
            "carts": "carts of 3 variants in random order, no deadlock",
            "one-lot": "two lines that draw on one lot are summed first",
            "seats": "the last seat of a group is taken once",
            "seats-control": "without the lock a group is overfilled in ≥ 95 of 100",
            "send-or-call-off": "a parcel is sent or called off and never both, 200 trials",
            "coupons": "a coupon's last use is had once, 200 trials",
            "coupons-control": "without the lock it is had more often in ≥ 95 of 100",
            "weights": "a lot's weights are mended or its first unit is sold, 200 trials",
            "tables": "a table of lots and a sale lose no unit of each other, 200 trials",
        },
    ),
    "listings": (
        "ten thousand rows of a team's table are looked at and saved in time",
        {
            "csv": "looked at within 15 s, saved within 60 s, at most 300 MB",
            "xlsx": "looked at within 30 s, saved within 60 s, at most 300 MB",
        },
    ),
    "desk": (
        "a team that has sold for years opens its desk as fast as one that began",
        {"size": "the first page at 64,000 orders of a team within 1.3 of its time at 640"},
    ),
    "payment": (
        "a payment never ends without order or refund",
        {
            "late": "the reservation expires between authorisation and notice, 200 trials: paid, or refunded "
            "with a message, within 60 s",
            "order": "notice before the reply, after it, never (a reconciler finds it)",
        },
    ),
    "kill": (
        "kill -9 anywhere loses nothing, doubles nothing",
        {
            "reached": "each named failpoint is reached",
            "web": "every point of the web: killed there, restarted, reconciled ≤ 120 s, verify clean",
            "worker": "every point of the worker, likewise",
            "beat": "beat, likewise",
        },
    ),
    "contest": (
        "a freeze has each fact on one side of it, and a score is computed from facts alone",
        {
            "freeze": "purchases, refunds and a freeze racing, 200 trials: in the snapshot or beside it, once",
            "import-csv": "a statement of 100,000 rows is read within 60 s, 300 MB at its peak",
            "import-xlsx": "the same as a workbook within 180 s, 350 MB at its peak",
            "inputs": "inputs and scores of 72 entries with 1,500 supports: as many statements as of a few, little beside their sums",
            "clean": "400 clean purchases: none lowers a figure of its entry's or moves another, mobilised and direct are the net",
            "sealed": "every field of the schema, by every role, for a sealed sheet: nothing",
        },
    ),
    "harvest": (
        "a harvest that is short: each has her goods or her money, once",
        {
            "n39": "600 sold and 400 there, two workers that are cut off twice: the choices come to 600",
            "once": "carried out by two workers while she changes her mind, 200 trials: once, or not at all",
        },
    ),
    "merging": (
        "two accounts of one person become one, and nothing is lost or counted twice",
        {
            "tabs": "joined in two tabs, the one way and the other, 200 trials: one account, all orders, one person",
            "control": "without the lock both are told to go on, or neither does",
        },
    ),
    "once": (
        "one deed, one charge, under retries",
        {
            "same": "50 identical requests at once × 200: 1 charge, 50 equal replies",
            "other-amount": "same key, other amount: conflict, 0 charges",
            "after-a-day": "a retry after 25 h does nothing",
            "keys": "keys on create, cancel and refund",
        },
    ),
    "notices": (
        "notices: at least once, any order, forged",
        {
            "storm": "1,000 payments × 15 event types, 1–7 deliveries each, shuffled, 8 connections, 5 % failing: "
            "the state of in-order once-each delivery, standings byte-equal",
            "forged": "forged, re-serialised, 301 s old and ahead, other account, amount: 400, 0 rows",
        },
    ),
    "operate": (
        "docs/operate.md is followed as it stands, on containers",
        {
            "opened": "from a clone to https and the link of the opening",
            "upgrade": "an upgrade under load: 0 failed requests",
            "rollback": "and back to the release before: 0 failed requests",
            "rotation": "keys rotated under load: 0 failed requests, nothing sealed with the old one",
        },
    ),
    "effects": (
        "side effects are not lost",
        {
            "killed": "a kill between commit and publish × 100",
            "emptied": "the broker emptied mid-run × 10",
            "relays": "4 relays, 10,000 rows: each effect once",
            "poison": "a poison event is parked after 10 tries with an alert and blocks nobody",
        },
    ),
    "ledger": (
        "the ledger balances",
        {
            "machine": "a state machine beside a plain model; 20 × 100 steps, 500 × 200 on demand",
            "banks": "40 stories of 100 steps weighed towards what banks take and give back",
        },
    ),
    "fold": (
        "the contest's fold costs what is new",
        {"one-more": "one more support in an entry with 100,000: under 10 ms"},
    ),
    "sums": (
        "sums are exact",
        {
            "corrections": "a correction of shares crosses a sale, a refund and a delivery, 200 times: 0 mixed",
            "split": "1 unit among up to 997 households, 10,000 cases: the whole; drift < 1 fen (< 3 with refunds)",
        },
    ),
    "isolation": (
        "isolation is what we think",
        {"level": "nothing rests on SERIALIZABLE; all races run at READ COMMITTED"},
    ),
    "outages": (
        "outages",
        {
            "redis": "Redis down: browsing and paying work, tasks wait in the outbox",
            "elasticsearch": "Elasticsearch down: search falls back to PostgreSQL and says so",
            "postgres": "PostgreSQL restarts: requests fail cleanly and recover within 10 s, nothing lost",
            "disk": "disk full: checkout refuses, nothing half-written",
        },
    ),
    "limits": (
        "limits hold",
        {
            "hostile": "each hostile document: median of 20 below 50 ms, never 5xx",
            "fuzzing": "schemathesis: no 5xx in 300 examples an operation",
            "walk": "each argument and input field left out, null, huge and mistyped: no 5xx",
            "held-open": "200 halves of bodies, 200 of heads, 900 odd cookies, dear cursors: home and /healthz within 1 s, "
            "memory of a process within 50 MB",
            "access": "every field × relation, canaries: 0 leaks",
            "matrix": "every field and page × role × place × term: 0 leaks",
            "matrix-deeds": "every mutation × role × place × term: done by those who may, else no row changes",
        },
    ),
    "metrics": (
        "what is counted is right",
        {
            "series": "5,000 random paths, methods, hosts, slugs and operation names: as many series as before",
            "workers": "4 workers, 200 requests, 20 scrapes: 200 each time; all recycled: none falls",
        },
    ),
    "leaks": (
        "nobody's figures are derived from public answers",
        {
            "lots": "a single household's income from labels, board and shares: 0 of 3,600 households",
            "lots-control": "where the level decides the order of lots, incomes are derived to the fen",
            "demo": "the same on the demo's 3,600 households",
            "stock": "exact stock by carts, sign-in, groups and what is read: 0 derived",
            "stock-control": "with each leak put back, each way finds each stock",
            "cursors": "cursors of every public list: no id, no moment",
            "cursors-control": "plain cursors are read in every list",
            "households": "counts of households under ten, by day and knowing who left: 0 derived",
            "households-control": "words that count what is there say nine on the day",
            "supporters": "who supported, bought today, belongs to a team, spent how much, by probing orders: 0",
            "supporters-control": "with live counts and believed addresses each is found",
            "surface": "levels, stock or households change in secret: no public byte, header or ETag moves",
            "surface-control": "with each of them told, it is seen to move",
            "hidden": "between a round's close and its result the committee's deeds move no byte, for nobody",
            "month": "30 days of an open board, watched and probed daily: the same whoever bought, called, liked or grew it",
            "month-control": "where counts are live and lots tell whose they are, the months differ",
            "companions": "what is often in the same cart, under ten buyers or of one body: no answer moves",
            "stars": "a month of reviews, some of them hidden, by cards, lists and pages: what is shown, nothing else",
            "coupons": "a month of a coupon's words, and counting by unpaid orders: whether it is used up, no count",
            "units-sold": "a month of steps of units sold, by their words and by their order: no figure, no purchase derived",
        },
    ),
    "tampering": (
        "tampering shows",
        {
            "role": "UPDATE, DELETE, TRUNCATE, DROP, trigger-off by the application's role are refused",
            "superuser": "one row changed by the superuser and verify names it",
        },
    ),
    "sabotage": ("the tests would notice", {"patches": "each sabotage patch turns the suite red"}),
    "fast": ("what makes it fast may be left away", {"without": "FAST=0: the API's tests are green"}),
    "restore": (
        "upgrades and restore",
        {"restored": "after a restore nothing is charged, mailed or attributed twice"},
    ),
}

# Of the promises, what belongs to things that do not exist yet.
NOT_BUILT = {
    "campaigns (I11)": "pledges, capture at success, retry window; keys on capture",
    "vouchers": "no voucher is a means of payment yet",
    "Merkle log (I7)": "checkpoints, inclusion and consistency proofs",
    "chargeback, pledge, enrol, freeze of the ledger machine": "as far as their deeds do not exist yet",
}


def is_known(name: str) -> bool:
    """Whether a figure of this name, "promise/figure", is expected."""
    promise, _, figure = name.partition("/")
    return promise in PROMISES and figure in PROMISES[promise][1]
