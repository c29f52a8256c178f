from accounts.models.appointment import Appointment, RoleInvitation
from accounts.models.audit import AuditEntry
from accounts.models.device import DeviceCode
from accounts.models.letter import LetterKind, LettersBy
from accounts.models.merging import Merging
from accounts.models.open_session import OpenSession
from accounts.models.organisation import Invitation, Membership, Organisation
from accounts.models.person import ApiToken, Person
from accounts.models.question import Answer, Faq, Question
from accounts.models.region import Address, Region
from accounts.models.second_factor import RecoveryCode, SecondFactor
from accounts.models.shop import Shop
from accounts.models.text import NumberDay, TextCode, TextDay
from accounts.models.way import SignInWay
from accounts.models.wechat import Consent, WeChatErrand

__all__ = [
    "Address",
    "Answer",
    "ApiToken",
    "Appointment",
    "AuditEntry",
    "Consent",
    "DeviceCode",
    "Faq",
    "Invitation",
    "LetterKind",
    "Membership",
    "Merging",
    "NumberDay",
    "OpenSession",
    "Organisation",
    "Person",
    "Question",
    "RecoveryCode",
    "Region",
    "RoleInvitation",
    "SecondFactor",
    "Shop",
    "SignInWay",
    "WeChatErrand",
    "TextCode",
    "TextDay",
    "LettersBy",
]
