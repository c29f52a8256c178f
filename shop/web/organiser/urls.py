"""The organiser's desk: all editions and rounds on its first page, and six tabs a round."""

from functools import partial

from django.urls import path, register_converter

from impact.models import Round
from shop.web.organiser.attendance import attendance
from shop.web.organiser.award_file import award_file, upload_award_file
from shop.web.organiser.files import quarantine_file, repair_import, upload_import
from shop.web.organiser.tabs import PAGES
from shop.web.page import page


class Level:
    """A round's level in an address, in small letters; the API's in capitals."""

    regex = "|".join(Round.Level.values)

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value.lower()


register_converter(Level, "level")
# Each is about what its own reader may see.
_page = partial(page, for_somebody=True)

urlpatterns = [
    path("<language:lang>/organiser/", _page("organiser/organiser"), name="organiser"),
    *(
        path(
            f"<language:lang>/organiser/<slug:edition>/<level:level>/{part.name}/",
            _page(f"organiser/{part.name}"),
            name=f"organiser_{part.name}",
        )
        for part in PAGES
    ),
    path("<language:lang>/organiser/attendance/<str:id>.<str:form>", attendance, name="attendance"),
    path(
        "<language:lang>/organiser/<slug:edition>/<level:level>/imports/<str:id>/",
        _page("organiser/import"),
        name="organiser_import",
    ),
    path(
        "<language:lang>/organiser/imports/<str:batch>/quarantine.<str:form>",
        quarantine_file,
        name="organiser_quarantine",
    ),
    path("<language:lang>/organiser/award_files/<str:id>", award_file, name="award_file"),
    path("do/upload_award_file/", upload_award_file, name="upload_award_file"),
    path("do/upload_import/", upload_import, name="upload_import"),
    path("do/repair_import/", repair_import, name="repair_import"),
]
