"""The mails about what is said to and fro on a claim, beyond its first word and its answer (`letters.py`)."""

from core.deliveries import reaction
from orders.events import (
    ClaimAnswered,
    ClaimBrought,
    ClaimDisputed,
    ReplacementAgreed,
    ReplacementCalledOff,
    ReplacementShipped,
)
from orders.letters import order_of
from orders.mail import to_buyer, to_operators, to_team
from orders.models import Claim, ClaimReply, Replacement
from orders.reads.claim import answer_by
from orders.reads.replacement import send_by

Kind = ClaimReply.Kind


@reaction("orders.letters_of_claims.tell_team_of_dispute")
def tell_team_of_dispute(event: ClaimDisputed) -> None:
    """To the team: its answer was not enough, and until when it answers anew; nothing once it has."""
    claim = _claim(event.claim_id)
    if until := answer_by(claim):
        facts = {"line": claim.line, "reply": _last(claim, Kind.DISPUTED), "until": until}
        to_team(claim.line.team_id, "team_claim_disputed", "claims/", **facts)


@reaction("orders.letters_of_claims.tell_of_brought")
def tell_of_brought(event: ClaimBrought) -> None:
    """To the office, which decides; to the team, which has nothing more to answer."""
    claim = _claim(event.claim_id)
    if claim.state == Claim.State.OFFICE:
        to_operators("operator_claim", "claims/", line=claim.line)
        facts = {"line": claim.line, "reply": _last(claim, Kind.BROUGHT)}
        to_team(claim.line.team_id, "team_claim_brought", "claims/", **facts)


@reaction("orders.letters_of_claims.tell_team_of_decision")
def tell_team_of_decision(event: ClaimAnswered) -> None:
    """To the team: what the office has decided in its place; nothing of its own answers."""
    claim = _claim(event.claim_id)
    if reply := claim.replies.filter(kind=Kind.DECIDED).select_related("refund").first():
        to_team(claim.line.team_id, "team_claim_brought", "claims/", line=claim.line, reply=reply)


@reaction("orders.letters_of_claims.tell_team_to_replace")
def tell_team_to_replace(event: ReplacementAgreed) -> None:
    """To the team: its buyer wants what it has offered; nothing once it is sent or called off."""
    one = _replacement(event.replacement_id)
    if one.state == Replacement.State.AGREED:
        facts = {"line": one.claim.line, "replacement": one, "until": send_by(one)}
        to_team(one.claim.line.team_id, "team_replace", "claims/", **facts)


@reaction("orders.letters_of_claims.send_replaced")
def send_replaced(event: ReplacementShipped) -> None:
    """To the buyer: what is sent in place is on its way."""
    one = _replacement(event.replacement_id)
    _to_buyer("replacement_shipped", one)


@reaction("orders.letters_of_claims.send_called_off")
def send_called_off(event: ReplacementCalledOff) -> None:
    """To the buyer: it cannot be sent after all, and why; until when the team answers anew. To the team as well, unless
    it has said so itself."""
    one = _replacement(event.replacement_id)
    reply = one.claim.replies.filter(kind__in=ClaimReply.NOT_SENT).latest("pk")
    facts = {"reply": reply, "why": Kind(reply.kind).words, "until": answer_by(one.claim)}
    _to_buyer("replacement_called_off", one, **facts)
    if facts["until"] and reply.kind != Kind.CALLED_OFF:
        to_team(one.claim.line.team_id, "team_not_sent", "claims/", line=one.claim.line, **facts)


def _to_buyer(template: str, one: Replacement, **facts: object) -> None:
    line = one.claim.line
    to_buyer(order_of(line.order_id), template, line=line, replacement=one, **facts)


def _replacement(pk: int) -> Replacement:
    return Replacement.objects.select_related("claim__line__order", "parcel").get(pk=pk)


def _claim(pk: int) -> Claim:
    return Claim.objects.select_related("line__order").get(pk=pk)


def _last(claim: Claim, kind: Kind) -> ClaimReply | None:
    return claim.replies.filter(kind=kind).last()
