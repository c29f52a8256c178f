"""What is told of a team that is not there yet: to whoever is invited, to her county, and to her again."""

from django.conf import settings

from accounts import mail, texting
from accounts.actions import text_code
from accounts.letters import number_for_letters
from accounts.models import Person
from accounts.permissions import holders_at
from accounts.places import Place
from catalog.events import ApplicationMoved
from catalog.models import TeamApplication
from catalog.reads.application import ADMIT
from core.deliveries import reaction
from core.language import Words

State = TeamApplication.State


@reaction("catalog.letters_of_applications.send_application")
def send_application(event: ApplicationMoved) -> None:
    """To whoever is invited; to those who let teams in there, that it was handed in; to her, what they have decided.
    Nothing once it has moved on."""
    rows = TeamApplication.objects.select_related("county", "invited_by", "applicant", "team")
    row = rows.filter(pk=event.application_id, state=event.state).first()
    if row is None:
        return
    if row.state == State.INVITED:
        _invite(row)
    elif row.state == State.SUBMITTED:
        for person in holders_at(ADMIT, Place(region=row.county_id)):
            _mail(
                row,
                person.email,
                person.language,
                "application_submitted",
                "office/applications/",
                person.name,
            )
    elif row.applicant is not None and row.applicant.is_active:
        _tell(row, row.applicant)


def _invite(row: TeamApplication) -> None:
    language = row.invited_by.language
    if row.phone:
        if texting.carries("team_invitation"):
            texting.send(row.phone, "team_invitation", language, {})
        return
    known = Person.objects.filter(email=row.email, is_active=True).first()
    name = known.name if known and known.email_verified_at else ""
    _mail(row, row.email, (known or row.invited_by).language, "team_invitation", "apply/", name)


def _tell(row: TeamApplication, person: Person) -> None:
    if (number := number_for_letters(person)) and texting.carries("application_decided"):
        texting.send(number, "application_decided", person.language, {})
        text_code.count_letter()
        return
    path = "desk/" if row.state == State.ADMITTED else "apply/"
    _mail(row, person.email, person.language, f"application_{row.state}", path, person.name)


def _mail(row: TeamApplication, to: str | None, language: str, template: str, path: str, name: str) -> None:
    county = Words(row.county.name_zh, row.county.name_en).in_language(language)
    link = f"{settings.SITE_URL}/{language}/{path}"
    mail.send(to, language, template, {"name": name, "application": row, "county": county, "link": link})
