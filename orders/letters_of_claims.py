"""The mails about what is said to and fro on a claim, beyond its first word and its answer (`letters.py`)."""

from core.deliveries import reaction
from orders.events import ClaimAnswered, ClaimBrought, ClaimDisputed
from orders.mail import to_operators, to_team
from orders.models import Claim, ClaimReply
from orders.reads.claim import answer_by

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


def _claim(pk: int) -> Claim:
    return Claim.objects.select_related("line__order").get(pk=pk)


def _last(claim: Claim, kind: Kind) -> ClaimReply | None:
    return claim.replies.filter(kind=kind).last()
