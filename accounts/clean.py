"""What people write into forms, made plain before it is kept: a line, an e-mail address, a phone number."""

import re
import unicodedata

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.encoding import punycode

from core import numbers
from core.language import say
from core.refusals import Invalid
from core.texts import has_ink, visible, without_invisible

_MOBILE = re.compile("1[3-9][0-9]{9}")
_LANDLINE = re.compile("(010|02[0-9]|0[3-9][0-9]{2})-?([0-9]{7,8})(?:-([0-9]{1,6}))?")
# Hong Kong, Macao, Taiwan
_ABROAD = re.compile(r"\+(?:852[2-9][0-9]{7}|853[268][0-9]{7}|886[0-9]{8,9})")
# As keyboards for Chinese and word processors write them: full-width, or longer than a hyphen.
_SIGNS = str.maketrans(
    "\uff0b\uff0d\uff08\uff09\uff0e\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc", "+-().--------"
)
# Beyond every address and number: nothing longer is looked at.
_LONGEST = 1000


def line(text: str | None, field: str, most: int, *, required: bool = True) -> str:
    """One line of what can be seen; refused when empty or longer than `most`. None is nothing written."""
    plain = " ".join(visible(text or "").split())
    if not has_ink(plain):
        plain = ""
    if required and not plain:
        raise Invalid(say("请填写这一项。", "Please fill this in."), field=field)
    if len(plain) > most:
        raise Invalid(say("最多 {n} 个字。", "At most {n} characters.", n=most), field=field)
    return plain


def paragraphs(text: str | None, field: str, most: int) -> str:
    """Lines of what can be seen, as they were broken; refused when empty or longer than `most`."""
    lines = [" ".join(visible(part).split()) for part in (text or "").splitlines()]
    plain = "\n".join(lines).strip()
    if not has_ink(plain):
        raise Invalid(say("请填写这一项。", "Please fill this in."), field=field)
    if len(plain) > most:
        raise Invalid(say("最多 {n} 个字。", "At most {n} characters.", n=most), field=field)
    return plain


def mailbox(text: str | None) -> str:
    """An address as accounts are found by it, whether or not it is one: the same mailbox is written in one way.

    In lower case; full-width letters as plain ones; nothing invisible, which would be another account that looks
    like hers; a domain of other scripts as the mail knows it.
    """
    plain = without_invisible(unicodedata.normalize("NFKC", (text or "")[:_LONGEST])).strip().lower()
    name, at, domain = plain.rpartition("@")
    if domain.isascii():
        return plain
    try:
        return f"{name}{at}{punycode(domain)}"
    except UnicodeError:
        return plain


def email_address(text: str | None, field: str = "email") -> str:
    """The address of a mailbox, as accounts are found by it; refused when it is none."""
    address = mailbox(text)
    try:
        validate_email(address)
        if '"' in address:  # allowed by the standard, and by no provider that anybody uses
            raise ValidationError("quoted")
    except ValidationError:
        words = say("请填写有效的邮箱地址。", "Please enter a valid e-mail address.")
        raise Invalid(words, field=field) from None
    if len(address) > 254:
        raise Invalid(say("邮箱地址太长。", "This e-mail address is too long."), field=field)
    return address


def phone_number(text: str | None, field: str = "phone") -> str:
    """A number that a courier in China can call: 13800138000, 027-87654321 or +852…"""
    digits = re.sub(r"[\s().]", "", _dialled(text or ""))
    digits = re.sub(r"^(?:\+|00)86-?", "", digits)
    mobile = digits.replace("-", "")
    if _MOBILE.fullmatch(mobile) or _ABROAD.fullmatch(mobile):
        return mobile
    if found := _LANDLINE.fullmatch(digits):
        return "-".join(part for part in found.groups() if part)
    words = say("请填写有效的手机号或座机号。", "Please enter a valid mobile or landline number in China.")
    raise Invalid(words, field=field)


def mobile_number(text: str | None, field: str = "mobile") -> str:
    """The number of a mobile phone that the shop sends texts to, as E.164: +86 171…, 0086171… and 171… are one.

    Refused are landlines, premium and satellite ranges, and countries that are not switched on (`SMS_COUNTRIES`).
    """
    words = say("请填写有效的手机号。", "Please enter a valid mobile number.")
    try:
        number = phonenumbers.parse(_dialled(unicodedata.normalize("NFKC", (text or "")[:_LONGEST])), "CN")
    except phonenumbers.NumberParseException:
        raise Invalid(words, field=field) from None
    kind = phonenumbers.number_type(number)
    if kind not in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE):
        raise Invalid(words, field=field)
    if phonenumbers.region_code_for_number(number) not in settings.SMS_COUNTRIES:
        abroad = say(
            "本店暂时不向这个国家或地区的号码发短信，请用邮箱。",
            "The shop sends no texts to this country yet. Please use an e-mail address.",
        )
        raise Invalid(abroad, field=field)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _dialled(text: str) -> str:
    """The number with digits and signs as on a telephone; nothing where digits of two scripts are mixed."""
    try:
        return numbers.in_ascii(without_invisible(text[:_LONGEST]).translate(_SIGNS))
    except numbers.NotANumber:
        return ""
