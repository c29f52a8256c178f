"""An invoice's file, by what lies in it and never by its name: a PDF, or an OFD with the XML that says its figures.

The names of the XML's fields are those of the two forms in which the tax office issues: fully digital invoices
(`EInvoice`: InvoiceNumber, TotalTax-includedAmount, BuyerName, BuyerIdNum) and the electronic ones before them
(`eInvoice`: InvoiceNo, TaxInclusiveTotalAmount, BuyerName, BuyerTaxID). Both were written from memory, and no file of a real
issuer was tried (decision 0054).
"""

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from core import numbers
from core.language import say
from core.refusals import Invalid
from orders.models import Invoice

MOST_BYTES = 5_000_000
MOST_XML = 1_000_000
# An attached XML is one of a few; a file of thousands is made to keep us busy.
MOST_PARTS = 8
_XML = re.compile(r"attach.*\.xml$", re.IGNORECASE)
_NUMBER = ("InvoiceNumber", "InvoiceNo")
_AMOUNT = ("TotalTax-includedAmount", "TaxInclusiveTotalAmount")
_TITLE = ("BuyerName",)
_TAX_NUMBER = ("BuyerIdNum", "BuyerTaxID")


@dataclass(frozen=True)
class Figures:
    """What an XML says of its invoice; the sum of a red one without its sign."""

    number: str
    amount_minor: int
    title: str
    tax_number: str


@dataclass(frozen=True)
class Paper:
    """A file, read."""

    form: str
    body: bytes
    figures: Figures | None


def read(file: Any, xml: Any = None) -> Paper:
    """The paper in a file, with the figures of the XML inside it or beside it. INVALID on `file` or `xml`."""
    body = _bytes(file, MOST_BYTES, "file")
    beside = figures_of(_bytes(xml, MOST_XML, "xml")) if xml else None
    if body.startswith(b"%PDF-"):
        return Paper(Invoice.Form.PDF, body, beside)
    inside = _inside_ofd(body)
    if (figures := beside or inside) is None:
        words = say(
            "这份 OFD 里没有 XML：请把开票时一起下载的 XML 也选上。",
            "There is no XML in this OFD: please choose the XML that was downloaded with it too.",
        )
        raise Invalid(words, field="xml")
    return Paper(Invoice.Form.OFD, body, figures)


def _bytes(file: Any, most: int, field: str) -> bytes:
    data: bytes = file.read(most + 1)
    if len(data) > most:
        words = say("文件不能超过 {n} MB。", "A file may have at most {n} MB.", n=most // 1_000_000)
        raise Invalid(words, field=field)
    return data


def _inside_ofd(body: bytes) -> Figures | None:
    """The figures of an OFD's own XML, if one lies in it."""
    try:
        with zipfile.ZipFile(BytesIO(body)) as parts:
            if "OFD.xml" not in parts.namelist():
                raise _no_paper()
            names = [name for name in parts.namelist() if _XML.search(name)]
            for name in names[:MOST_PARTS]:
                with parts.open(name) as opened:
                    data = opened.read(MOST_XML + 1)
                if len(data) <= MOST_XML and (found := _figures(data)):
                    return found
    except Invalid:
        raise
    # Of a file that somebody sends anything may be broken, and each part of the library says so in its own way
    # (BadZipFile, zlib.error, LZMAError, EOFError, …).
    except Exception as broken:
        raise _no_paper() from broken
    return None


def _no_paper() -> Invalid:
    words = say("请选择发票的 PDF 或 OFD 文件。", "Please choose the invoice's PDF or OFD.")
    return Invalid(words, field="file")


def figures_of(data: bytes) -> Figures:
    """What an XML says. INVALID on `xml` where it is none of an invoice."""
    found = _figures(data)
    if found is None:
        raise Invalid(say("这不是发票的 XML。", "This is no invoice's XML."), field="xml")
    return found


def _figures(data: bytes) -> Figures | None:
    try:
        root = fromstring(data)
    # LookupError: of an encoding that is none.
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    texts: dict[str, str] = {}
    for element in root.iter():
        texts.setdefault(str(element.tag).rpartition("}")[2], (element.text or "").strip())

    def first(names: tuple[str, ...]) -> str:
        return next((texts[name] for name in names if texts.get(name)), "")

    try:
        amount = numbers.scaled(first(_AMOUNT).lstrip("-"), 2)
    except numbers.NotANumber:
        return None
    number = first(_NUMBER)
    return Figures(number, amount, first(_TITLE), first(_TAX_NUMBER)) if number and amount else None
