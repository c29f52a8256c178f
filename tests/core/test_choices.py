"""What a column may say has its words in one place, in both languages."""

from django.apps import apps
from django.db.models import Choices as Plain

from catalog.models import Certificate, Lot
from core import language
from core.choices import Choices, NumberedChoices


def worded() -> list[type[Plain]]:
    """Every set of choices of the house that has words."""
    inner = (value for model in apps.get_models() for value in vars(model).values())
    return [one for one in inner if isinstance(one, type) and issubclass(one, Choices | NumberedChoices)]


def test_each_choice_has_words_in_both_languages_and_no_two_of_a_column_sound_alike():
    assert len(worded()) >= 7
    for kinds in worded():
        told = [(one.words.zh, one.words.en) for one in kinds]
        assert all(zh and en for zh, en in told)
        assert len({zh for zh, _ in told}) == len({en for _, en in told}) == len(told), kinds


def test_a_certificate_is_called_alike_by_whoever_adds_it_and_whoever_reads_it():
    with language.use("en"):
        offered = dict(Certificate.Kind.offered())
    assert offered["ORIGIN"] == "Certificate of origin" == Certificate.Kind("origin").words.en


def test_a_form_says_beside_the_words_what_they_mean():
    with language.use("en"):
        assert Lot.Level.offered()[0] == ("0", "Team’s pool: no record of who grew what")
    with language.use("zh"):
        assert Lot.Level.offered()[0] == ("0", "团队合批：没有分户记录")
