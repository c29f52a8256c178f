"""The shop's settings with its limits of rate raised: a bench is one address that asks as thousands do."""

from pathlib import Path

from bench.limits import RAISED
from shop.settings import *  # noqa: F403
from shop.settings import API_LIMITS, TRUSTED_DOCUMENTS, env

API_LIMITS = API_LIMITS | RAISED
# A client's documents, made known to the shop as hers are who registers them.
TRUSTED_DOCUMENTS = [*TRUSTED_DOCUMENTS, Path(__file__).parent / "documents"]
# Every cache of answers off, in one word.
if env.flag("BENCH_COLD"):
    API_ANSWER_CACHE = False
