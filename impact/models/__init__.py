from impact.models.attribution import Attribution, Credit, LotTally
from impact.models.calling import Call, Docking
from impact.models.contest import Edition, Entry, Round
from impact.models.correction import CorrectionOpening, CorrectionReading, ShareCorrection
from impact.models.household import (
    DetailReading,
    DisclosedHouseholds,
    Household,
    HouseholdDetail,
    HouseholdStatus,
    LotShare,
)
from impact.models.kind import Kind
from impact.models.ledger import Account, LedgerTransaction, Transfer
from impact.models.share_version import ShareVersion
from impact.models.short_name import NamesOpening, NamesReading, ShortName
from impact.models.standing import (
    Disclosure,
    Standing,
    StandingDay,
    Support,
    SupporterDay,
    SupportingOrganisation,
    SupportNumber,
    SupportWaiting,
)
from impact.models.statement import StatementBalance, StatementMonth, StatementWaiting

__all__ = [
    "Account",
    "Attribution",
    "Call",
    "CorrectionOpening",
    "CorrectionReading",
    "Credit",
    "DetailReading",
    "DisclosedHouseholds",
    "Disclosure",
    "Docking",
    "Edition",
    "Entry",
    "Household",
    "HouseholdDetail",
    "HouseholdStatus",
    "Kind",
    "LedgerTransaction",
    "LotShare",
    "LotTally",
    "NamesOpening",
    "NamesReading",
    "Round",
    "ShareCorrection",
    "ShareVersion",
    "ShortName",
    "Standing",
    "StatementBalance",
    "StatementMonth",
    "StatementWaiting",
    "Support",
    "SupportNumber",
    "StandingDay",
    "SupporterDay",
    "SupportingOrganisation",
    "SupportWaiting",
    "Transfer",
]
