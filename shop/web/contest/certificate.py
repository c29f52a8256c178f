"""A course certificate as a paper to take along."""

from django.http import Http404, HttpRequest, HttpResponse

from contest.reads.training import certificate_of
from core import language
from core.language import localized, say
from core.papers.paper import Paper


def course_certificate(request: HttpRequest, lang: str, number: str) -> HttpResponse:
    """Hers alone: that she has passed, when, and under which number."""
    language.activate(lang)
    result = certificate_of(request.user, number)
    if result is None or result.passed_at is None:
        raise Http404(number)
    paper = Paper(str(say("结业证书", "Course certificate")), lang, result.passed_at)
    name = result.person.name or result.person.nickname
    paper.heading(localized(result.course, "title"))
    paper.text(str(say("{who} 通过了这门课的测验。", "{who} has passed the quiz of this course.", who=name)))
    paper.text(
        str(
            say(
                "答对 {n} 题，共 {m} 题。",
                "{n} right answers out of {m}.",
                n=result.right,
                m=result.of,
            )
        )
    )
    paper.small(localized(result.course.edition, "name"))
    paper.small(str(say("编号 {n}", "Number {n}", n=result.number)))
    response = HttpResponse(paper.pdf(), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="certificate-{number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
