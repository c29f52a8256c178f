"""What people write into forms, made plain before it is kept: a line, an e-mail address, a phone number."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from core.language import say
from core.refusals import Invalid

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(010|02\d|0[3-9]\d{2})-?(\d{7,8})(?:-(\d{1,6}))?")
_ABROAD = re.compile(r"\+(?:852[2-9]\d{7}|853[268]\d{7}|886\d{8,9})")  # Hong Kong, Macao, Taiwan


def line(text: str | None, field: str, most: int, *, required: bool = True) -> str:
    """One line without invisible characters; refused when empty or longer than `most`. None is nothing written."""
    seen = (" " if c.isspace() else c for c in text or "" if c.isspace() or unicodedata.category(c)[0] != "C")
    plain = " ".join("".join(seen).split())
    if required and not plain:
        raise Invalid(say("请填写这一项。", "Please fill this in."), field=field)
    if len(plain) > most:
        raise Invalid(say("最多 {n} 个字。", "At most {n} characters.", n=most), field=field)
    return plain


def email_address(text: str | None, field: str = "email") -> str:
    """The address in lower case, as accounts are found by it."""
    address = (text or "").strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        words = say("请填写有效的邮箱地址。", "Please enter a valid e-mail address.")
        raise Invalid(words, field=field) from None
    if len(address) > 254:
        raise Invalid(say("邮箱地址太长。", "This e-mail address is too long."), field=field)
    return address


def phone_number(text: str | None, field: str = "phone") -> str:
    """A number that a courier in China can call: 13800138000, 027-87654321 or +852…"""
    digits = re.sub(r"[\s().]", "", (text or "").strip().replace("－", "-").replace("＋", "+"))
    digits = re.sub(r"^(?:\+|00)86-?", "", digits)
    mobile = digits.replace("-", "")
    if _MOBILE.fullmatch(mobile) or _ABROAD.fullmatch(mobile):
        return mobile
    if found := _LANDLINE.fullmatch(digits):
        return "-".join(part for part in found.groups() if part)
    words = say("请填写有效的手机号或座机号。", "Please enter a valid mobile or landline number in China.")
    raise Invalid(words, field=field)
