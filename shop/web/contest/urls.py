"""The contest's board."""

from django.urls import path

from shop.web.contest.bulletin import bulletin
from shop.web.contest.certificate import course_certificate
from shop.web.contest.entry import entry
from shop.web.contest.rules import rules_file
from shop.web.contest.touch import come
from shop.web.organiser import urls as _levels  # noqa: F401 (the converter of a round's level)
from shop.web.page import page

urlpatterns = [
    path("<language:lang>/contest/", page("contest/contest", may_be_empty=True), name="contest"),
    path("<language:lang>/contest/<slug:edition>/", page("contest/edition"), name="contest_edition"),
    path(
        "<language:lang>/contest/<slug:edition>/questions/",
        page("contest/questions"),
        name="contest_questions",
    ),
    path("<language:lang>/contest/<slug:edition>/rules/", page("contest/rules"), name="contest_rules"),
    path("contest/rules/<str:id>.json", rules_file, name="rules_file"),
    path(
        "<language:lang>/contest/<slug:edition>/<level:level>/integrity/",
        page("contest/integrity"),
        name="contest_integrity",
    ),
    path(
        "<language:lang>/contest/<slug:edition>/<level:level>/seals/",
        page("contest/seals"),
        name="contest_seals",
    ),
    path(
        "<language:lang>/contest/<slug:edition>/<level:level>/result.<str:form>",
        bulletin,
        name="contest_bulletin",
    ),
    path(
        "<language:lang>/contest/<slug:edition>/<level:level>/",
        page("contest/round"),
        name="contest_round",
    ),
    path(
        "<language:lang>/contest/<slug:edition>/<level:level>/race/",
        page("contest/race"),
        name="contest_race",
    ),
    path(
        "<language:lang>/contest/<slug:edition>/<level:level>/weights/",
        page("contest/weights"),
        name="contest_weights",
    ),
    path(
        "<language:lang>/contest/<slug:edition>/<level:level>/compare/",
        page("contest/compare"),
        name="contest_compare",
    ),
    path("<language:lang>/contest/<slug:edition>/<slug:number>/", entry, name="contest_entry"),
    path("r/<slug:code>/", come),
    path("<language:lang>/invited/<slug:code>/", page("contest/invited"), name="invited"),
    path("<language:lang>/training/", page("contest/courses", for_somebody=True), name="courses"),
    path("<language:lang>/training/<str:id>/", page("contest/course", for_somebody=True), name="course"),
    path(
        "<language:lang>/training/certificate/<slug:number>.pdf",
        course_certificate,
        name="course_certificate",
    ),
]
