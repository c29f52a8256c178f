"""Mails about accounts: open an event, look whether it still holds, tell its person."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from accounts import links, mail, places, seals, texting
from accounts.actions import device, erasure, merging, role_invitation, sign_in, text_code, wechat
from accounts.actions import person as people
from accounts.actions import question as questions
from accounts.events import (
    AccountsMerged,
    Appointed,
    AppointmentEnded,
    CoordinatorNamed,
    DeviceCodeRequested,
    EmailChangeRequested,
    OrganisationVerified,
    PasswordResetRequested,
    PersonJoined,
    QuestionAnswered,
    QuestionLeft,
    QuestionRaised,
    RoleOffered,
    SecondFactorChanged,
    SignUpRepeated,
    TextCodeRequested,
)
from accounts.letters import number_for_letters, wants
from accounts.models import (
    Answer,
    Appointment,
    DeviceCode,
    LetterKind,
    Membership,
    Organisation,
    Person,
    Question,
    TextCode,
)
from accounts.models.appointment import OF_A_TEAM
from accounts.permissions import holders_at, roles_of
from accounts.questions import place_of_question
from accounts.reads import members_of
from core.deliveries import reaction
from core.events import Event
from core.refusals import Refusal


def _alive(person_id: int) -> Person | None:
    return Person.objects.filter(pk=person_id, is_active=True).first()


def _tell(person: Person, template: str, **context: Any) -> None:
    # Until the mailbox is proved the name may be a stranger's words, written for whoever reads it.
    name = person.name if person.email_verified_at else ""
    mail.send(person.email, person.language, template, {"name": name, **context})


@shared_task(name="accounts.tasks.forget_unconfirmed")
def forget_unconfirmed() -> int:
    """For beat, once a day."""
    return (
        people.forget_unconfirmed() + erasure.forget_reaches() + wechat.forget_old() + text_code.forget_old()
    )


@shared_task(name="accounts.tasks.erase_settled")
def erase_settled() -> int:
    """For beat, every minute: who waited to be erased is, once all is settled."""
    return erasure.erase_settled()


@reaction("accounts.tasks.finish_merging", inside=True)
def finish_merging(event: AccountsMerged) -> None:
    """What came in for the account that has gone, by a request that was under way, is carried after it."""
    merging.finish(event.lasting_id, event.gone_id)


@reaction("accounts.tasks.settled")
def settled(event: Event) -> None:
    """Something was settled: whoever waited for it goes now."""
    erasure.erase_settled()


@reaction("accounts.tasks.send_welcome")
def send_welcome(event: PersonJoined) -> None:
    """The link by which a new account is confirmed."""
    person = _alive(event.person_id)
    if person and not person.email_verified_at:
        link = links.email_verify(person.language, people.email_token(person))
        _tell(person, "welcome", link=link, days=people.VERIFY_LASTS.days)


@reaction("accounts.tasks.send_text_code")
def send_text_code(event: TextCodeRequested) -> None:
    """The code that somebody has asked for, made now, so that it is never written down."""
    row = TextCode.objects.filter(pk=event.code_id, used_at=None).first()
    # Whoever waits has long gone: a code that comes an hour late frightens its reader.
    if row and timezone.now() - row.asked_at < 2 * text_code.LASTS:
        facts = {"code": text_code.made(row), "minutes": str(text_code.LASTS.seconds // 60)}
        texting.send(row.number, "code", row.language, facts)


@reaction("accounts.tasks.send_sign_up_repeated")
def send_sign_up_repeated(event: SignUpRepeated) -> None:
    """To an address that has an account: that it has one; or its link again, if it was never confirmed."""
    person = _alive(event.person_id)
    if person and not person.email_verified_at:
        send_welcome(event)
    elif person:
        language = person.language
        _tell(
            person,
            "sign_up_repeated",
            sign_in=links.sign_in(language),
            forgotten=links.password_forgotten(language),
        )


@reaction("accounts.tasks.send_password_reset")
def send_password_reset(event: PasswordResetRequested) -> None:
    """The link for a new password, made now, so that it is never written down."""
    if person := _alive(event.person_id):
        link = links.password_reset(person.language, sign_in.reset_token(person))
        _tell(person, "password_reset", link=link)


@reaction("accounts.tasks.send_email_change")
def send_email_change(event: EmailChangeRequested) -> None:
    """To the new address: the link that confirms it, or that it has an account already."""
    person = _alive(event.person_id)
    if not person or not (new := _new_address(event.sealed_token)):
        return
    language, context = person.language, {"name": ""}  # nobody has proved whose mailbox this is
    if Person.objects.with_mailbox(new).exists():
        taken = {"sign_in": links.sign_in(language), "forgotten": links.password_forgotten(language)}
        mail.send(new, language, "sign_up_repeated", {**context, **taken})
    else:
        link = links.email_change(language, event.sealed_token)
        mail.send(new, language, "email_change", {**context, "link": link})


@reaction("accounts.tasks.send_email_change_notice")
def send_email_change_notice(event: EmailChangeRequested) -> None:
    """To the old address: that somebody wants to change it."""
    person = _alive(event.person_id)
    if person and _new_address(event.sealed_token):
        _tell(person, "email_change_notice", forgotten=links.password_forgotten(person.language))


@reaction("accounts.tasks.send_second_factor_changed")
def send_second_factor_changed(event: SecondFactorChanged) -> None:
    """What became of her second factor: if it was not she, she hears of it."""
    if person := _alive(event.person_id):
        language = person.language
        _tell(
            person,
            "second_factor",
            what=event.what,
            left=person.recovery_codes.filter(used_at=None).count(),
            page=links.second_factor(language),
            forgotten=links.password_forgotten(language),
        )


@reaction("accounts.tasks.send_device_code")
def send_device_code(event: DeviceCodeRequested) -> None:
    """The code for a new device, made now, so that it is never written down."""
    if person := _alive(event.person_id):
        code = device.make_code(person, DeviceCode.Way.MAILBOX)
        minutes, forgotten = (
            int(device.LASTS.total_seconds()) // 60,
            links.password_forgotten(person.language),
        )
        _tell(person, "device_code", code=code, minutes=minutes, forgotten=forgotten)


def _new_address(sealed_token: str) -> str | None:
    try:
        facts = seals.opened(people.EMAIL_CHANGE, sealed_token, people.CHANGE_LASTS)
    except Refusal:
        return None  # the worker was away so long that the link has run out: nothing left to tell
    return facts["new"]


@reaction("accounts.tasks.send_organisation_verified")
def send_organisation_verified(event: OrganisationVerified) -> None:
    """To its coordinators: that they may begin."""
    organisation = Organisation.objects.get(pk=event.organisation_id)
    coordinators = members_of(organisation).filter(role=Membership.Role.COORDINATOR, person__is_active=True)
    for part in coordinators.select_related("person").order_by("id"):
        language = part.person.language
        _tell(
            part.person,
            "organisation_verified",
            organisation=organisation,
            link=links.organisation(language),
        )


@reaction("accounts.tasks.send_coordinator_named")
def send_coordinator_named(event: CoordinatorNamed) -> None:
    """To whom an operator has named, whose coordinator she is now and where; and to the other coordinators, that she
    is. Nothing once that has ended."""
    named = Membership.objects.filter(
        pk=event.membership_id, role=Membership.Role.COORDINATOR, ended_at=None, person__is_active=True
    )
    for part in named.select_related("organisation"):
        coordinators = members_of(part.organisation).filter(role=part.role, person__is_active=True)
        for one in coordinators.select_related("person").order_by("id"):
            template = "coordinator_named" if one.pk == part.pk else "coordinator_beside"
            link = links.organisation(one.person.language)
            _tell(one.person, template, organisation=part.organisation, link=link)


@reaction("accounts.tasks.send_appointed")
def send_appointed(event: Appointed) -> None:
    """To whoever is appointed: to what, where, from when to when and by whom. Nothing once that has ended."""
    _tell_of_appointment(event.appointment_id, "appointed", lasts=True)


@reaction("accounts.tasks.send_appointment_ended")
def send_appointment_ended(event: AppointmentEnded) -> None:
    """To whoever was appointed: what has ended, and why."""
    _tell_of_appointment(event.appointment_id, "appointment_ended", lasts=False)


@reaction("accounts.tasks.send_role_invitation")
def send_role_invitation(event: RoleOffered) -> None:
    """To the mailbox that a role is offered to: which, where and for how long, and the link that accepts it. Nothing
    once that is withdrawn or used."""
    row = role_invitation.waiting().filter(pk=event.invitation_id).select_related("invited_by").first()
    if row is None:
        return
    known = Person.objects.filter(email=row.email, is_active=True).first()
    language = (known or row.invited_by).language
    context = {
        "name": known.name if known and known.email_verified_at else "",
        "offer": row,
        "role": Appointment.Role(row.role).words.in_language(language),
        "where": places.name_of(row).in_language(language),
        "link": links.role_invitation(language, role_invitation.token_of(row)),
    }
    mail.send(row.email, language, "role_invitation", context)


def _tell_of_appointment(appointment_id: int, template: str, *, lasts: bool) -> None:
    rows = Appointment.objects.filter(pk=appointment_id, end_reason="") if lasts else Appointment.objects
    row = rows.filter(pk=appointment_id, person__is_active=True).select_related("person").first()
    if row is None:
        return
    person = row.person
    _tell(
        person,
        template,
        appointment=row,
        role=Appointment.Role(row.role).words.in_language(person.language),
        where=places.name_of(row).in_language(person.language),
        link=(links.desk if row.role in OF_A_TEAM else links.office)(person.language),
    )


@reaction("accounts.tasks.tell_of_question")
def tell_of_question(event: QuestionRaised) -> None:
    """To each who is to answer it; nothing once it is answered. Who asked is not said."""
    question = Question.objects.get(pk=event.question_id)
    if question.state != Question.State.OPEN:
        return
    is_of_a_team = roles_of(question.answered_with) <= set(OF_A_TEAM)
    where = links.desk_questions if is_of_a_team else links.questions
    for person in holders_at(question.answered_with, place_of_question(question)):
        _tell(person, "question_asked", question=question, link=where(person.language))


@shared_task(name="accounts.tasks.note_questions_left")
def note_questions_left() -> int:
    """For beat: questions whose forty-eight hours are over."""
    return questions.note_left()


@reaction("accounts.tasks.tell_of_question_left")
def tell_of_question_left(event: QuestionLeft) -> None:
    """To each who is to answer it, by the way she has chosen, that it is late; nothing once it is answered. Who asked is
    not said."""
    question = Question.objects.get(pk=event.question_id)
    if question.state != Question.State.OPEN or question.due_at >= timezone.now():
        return
    is_of_a_team = roles_of(question.answered_with) <= set(OF_A_TEAM)
    where = links.desk_questions if is_of_a_team else links.questions
    at = "desk" if is_of_a_team else "office"
    for person in holders_at(question.answered_with, place_of_question(question)):
        if (number := number_for_letters(person)) and texting.carries("question_left"):
            texting.send(number, "question_left", person.language, {"where": at})
            text_code.count_letter()
            continue
        _tell(person, "question_left", question=question, link=where(person.language))


@reaction("accounts.tasks.tell_of_answer")
def tell_of_answer(event: QuestionAnswered) -> None:
    """To whoever asked, while she has an account."""
    answer = Answer.objects.select_related("question__asker").get(pk=event.answer_id)
    asker = answer.question.asker
    if asker is None or not asker.is_active or not wants(asker, LetterKind.ANSWERS):
        return
    if (number := number_for_letters(asker)) and texting.carries("question_answered"):
        texting.send(number, "question_answered", asker.language, {})
        text_code.count_letter()
    elif asker.email_verified_at:
        _tell(asker, "question_answered", answer=answer, link=links.my_questions(asker.language))
