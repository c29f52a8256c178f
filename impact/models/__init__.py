from impact.models.attribution import Attribution, Credit, LotTally
from impact.models.contest import Edition, Entry, Round
from impact.models.household import (
    DetailReading,
    Household,
    HouseholdDetail,
    HouseholdStatus,
    LotShare,
)
from impact.models.ledger import Account, LedgerTransaction, Transfer
from impact.models.standing import Presence, Standing, Support, SupportNumber, SupportWaiting, Turnout

__all__ = [
    "Account",
    "Attribution",
    "Credit",
    "DetailReading",
    "Edition",
    "Entry",
    "Household",
    "HouseholdDetail",
    "HouseholdStatus",
    "LedgerTransaction",
    "LotShare",
    "LotTally",
    "Presence",
    "Round",
    "Standing",
    "Support",
    "SupportNumber",
    "SupportWaiting",
    "Transfer",
    "Turnout",
]
