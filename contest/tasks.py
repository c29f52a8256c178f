"""Celery's side of the contest."""

from celery import shared_task

from accounts import mail
from contest import links
from contest.actions import (
    adjustment,
    case,
    ceremony,
    disclosed_supporters,
    examination,
    freeze,
    plan,
    reading,
    sheet,
    stage_list,
    twins,
)
from contest.actions import result as results
from contest.events import GuestInvited, ImportApplied, ImportUploaded, SheetsOpened
from contest.models import CeremonyGuest, ImportBatch, Judge, Sheet
from contest.reads import judging, keeping
from core.deliveries import reaction
from impact.events import SupportMovedAfterFreeze
from impact.models import Entry, Round


@shared_task(name="contest.tasks.examine")
def examine() -> int:
    """For beat: each round that is not frozen is looked at by the rules of integrity, and decisions that nobody has
    appealed in time are final."""
    return examination.examine_due() + case.close_due()


@shared_task(name="contest.tasks.open_sheets")
def open_sheets() -> int:
    """For beat: what ties judges to entries is looked for again, and the sheets of a round are opened when they are due."""
    return sheet.open_due()


@shared_task(name="contest.tasks.disclose_supporters")
def disclose_supporters() -> int:
    """For beat: who supports an edition, by type, is told anew when the counts of its rounds are."""
    return disclosed_supporters.disclose_supporters()


@reaction("contest.tasks.tell_of_opening")
def tell_of_opening(event: SheetsOpened) -> None:
    """To whoever keeps the round: how many sheets were opened, and what is to be looked at. To each judge who has given a
    sheet: that they are open."""
    round_ = Round.objects.select_related("edition").get(pk=event.round_id)
    sheets = Sheet.objects.filter(entry__round=round_, opened_at__isnull=False)
    found = {
        "edition": round_.edition,
        "sheets": sheets.count(),
        "excluded": sheets.filter(state=Sheet.State.EXCLUDED).count(),
        "apart": len(judging.spreads(round_)),
        "blocked": len(judging.blocked(round_)),
    }
    for person in keeping.keepers(round_):
        link = links.in_language(links.judging_tab(round_), person.language)
        mail.send(person.email, person.language, "sheets_opened", {**found, "link": link})
    judges = Judge.objects.filter(pk__in=sheets.values("judge"), person__is_active=True)
    for judge in judges.select_related("person"):
        person = judge.person
        told = {
            "edition": round_.edition,
            "link": links.in_language(links.judges_desk(round_), person.language),
        }
        mail.send(person.email, person.language, "your_sheets_opened", told)


@shared_task(name="contest.tasks.freeze_rounds")
def freeze_rounds() -> int:
    """For beat: each round whose freeze has come is taken down, once."""
    return freeze.freeze_due()


@reaction("contest.tasks.look_at_adjustments", inside=True)
def look_at_adjustments(event: SupportMovedAfterFreeze) -> None:
    """After something left a frozen round: whether so much did that it is looked at once more."""
    adjustment.look(Entry.objects.select_related("round").get(pk=event.entry_id))


@reaction("contest.tasks.have_read")
def have_read(event: ImportUploaded) -> None:
    """Wake whoever reads statements: it takes longer than a delivery may."""
    read_waiting.apply_async(retry=False, ignore_result=True)


@shared_task(name="contest.tasks.read_waiting")
def read_waiting() -> int:
    """Read the statements that were sent in, the first to come first; for beat too, should a reader have died."""
    waiting = ImportBatch.objects.filter(state=ImportBatch.State.UPLOADED).order_by("pk")
    return sum(reading.read(pk) is not None for pk in waiting.values_list("pk", flat=True))


@reaction("contest.tasks.find_twins", inside=True)
def find_twins(event: ImportApplied) -> None:
    """Put sales that may be in both channels into the queue of those who decide."""
    twins.find(ImportBatch.objects.get(pk=event.batch_id))


@shared_task(name="contest.tasks.finalise_results")
def finalise_results() -> int:
    """For beat: a result against which nothing stands is final once its objections have closed."""
    return results.finalise_due()


@reaction("contest.tasks.send_ceremony_invitation")
def send_ceremony_invitation(event: GuestInvited) -> None:
    """To the guest: what, when and where, and the link whose QR code is shown at the door. Nothing once she has come."""
    guest = CeremonyGuest.objects.select_related("ceremony__edition").get(pk=event.guest_id)
    if guest.email and guest.came_at is None:
        told = {
            "guest": guest,
            "ceremony": guest.ceremony,
            "link": links.in_language(links.ceremony_invitation(guest), guest.language),
        }
        mail.send(guest.email, guest.language, "ceremony_invitation", told)


@shared_task(name="contest.tasks.forget_guests")
def forget_guests() -> int:
    """For beat, once a day."""
    return ceremony.forget_guests()


@shared_task(name="contest.tasks.move_rounds")
def move_rounds() -> int:
    """For beat: each round stands where its moments say, without a hand, and a stage begins with whom the one before let on."""
    return plan.move_due() + stage_list.draw_due()
