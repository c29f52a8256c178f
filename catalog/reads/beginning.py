"""What the shelves ask of a team before it sells: its people, its words, a product that may be handed in, and its review."""

from collections.abc import Iterator

from accounts.actions.role_invitation import waiting
from accounts.models import Appointment
from accounts.models.appointment import OF_A_TEAM
from accounts.permissions import running
from catalog.going_live import DONE, TO_DO, WAITS, WITH_OPERATORS, Beginning, Step
from catalog.models import Certificate, Product
from catalog.remarks import Spot
from core import clock
from core.language import Words, say

State = Product.State
# Which step sees to what a product lacks; of the team's own lacks each has a step of its own.
_PHOTO, _SIZES, _LOT = {"PICTURE"}, {"VARIANT", "PRICE_STORY", "NET_CONTENT"}, {"LOT"}
_OF_THE_TEAM = {"LEADER_NOT_VERIFIED", "HOUSEHOLD_NOT_VERIFIED", "TRAINING_MISSING"}


def of_the_team(begun: Beginning) -> Iterator[Step]:
    """Who leads it, who answers for the food, who else works there, how it sends, and what it tells of itself."""
    yield _leader(begun)
    yield _body(begun)
    yield _people(begun)
    yield _sending(begun)
    yield _words(begun)


def _leader(begun: Beginning) -> Step:
    words = say("写下带头人", "Introduce the leader")
    found = getattr(begun.team, "leader", None)
    may = "catalog.introduce_leader"
    path = begun.at("team/", "" if found else "introduce_leader", "leader-title")
    if found is None:
        return Step("LEADER", words, TO_DO, path, permission=may)
    if found.verified_at is not None:
        return Step("LEADER", words, DONE, path, permission=may)
    if found.decline_reason:
        reason = Words(found.decline_reason, found.decline_reason)
        path = begun.at("team/", "introduce_leader", "leader-title")
        return Step("LEADER", words, TO_DO, path, (reason,), permission=may)
    return Step(
        "LEADER", words, WAITS, path, waits_with=WITH_OPERATORS, since=found.introduced_at, permission=may
    )


def _body(begun: Beginning) -> Step:
    words = say("谁对食品负责，许可证", "Who answers for the food, and the licence")
    path, team = begun.at("team/", "update_body", "body-title"), begun.team
    lacks = []
    if not team.producer_zh:
        lacks.append(say("写下对食品负责的单位。", "Name the body that answers for the food."))
    if not team.licence_number:
        lacks.append(say("写下许可证号。", "Give its licence number."))
    has_run_out = team.licence_expires_on is not None and team.licence_expires_on < clock.today()
    if has_run_out:
        lacks.append(say("许可证过期了，写下新的有效期。", "The licence has run out: give the new last day."))
    # Without one a product says who made it itself; one that has run out is a licence lost.
    return Step("BODY", words, TO_DO if lacks else DONE, path, tuple(lacks), is_needed=has_run_out)


def _people(begun: Beginning) -> Step:
    words = say("请人一起做：带头人、打包员", "Ask others in: a leader, a packer")
    path, may = begun.at("people/", "invite_member", "people"), "accounts.appoint_at_team"
    here = Appointment.objects.filter(running(), subject=begun.team.uid, role__in=OF_A_TEAM)
    if here.values("person").distinct().count() > 1:
        return Step("PEOPLE", words, DONE, path, is_needed=False, permission=may)
    asked = waiting().filter(subject=begun.team.uid, role__in=OF_A_TEAM).order_by("created_at").first()
    if asked is None:
        alone = say(
            "现在只有一个人进得来：她忙的时候没人发货。",
            "Only one person gets in: when she is busy nobody sends.",
        )
        return Step("PEOPLE", words, TO_DO, path, (alone,), is_needed=False, permission=may)
    them = say("您请的人", "whom you invited")
    return Step(
        "PEOPLE", words, WAITS, path, waits_with=them, since=asked.created_at, is_needed=False, permission=may
    )


def _sending(begun: Beginning) -> Step:
    words = say(
        "从哪里发、退到哪里、用哪家快递", "Where you send from, where goods come back to, which carrier"
    )
    path, team = begun.at("team/", "update_sending", "sending-title"), begun.team
    lacks = tuple(
        said
        for there, said in (
            (team.sends_from, say("写下发货地址。", "Say where you send from.")),
            (team.returns_to, say("写下退货地址。", "Say where goods come back to.")),
            (team.carrier, say("写下常用的快递。", "Name the carrier that you use.")),
        )
        if not there
    )
    return Step("SENDING", words, TO_DO if lacks else DONE, path, lacks, is_needed=False)


def _words(begun: Beginning) -> Step:
    words = say("村子、故事、怎么带动农户", "The village, its story, how households gain")
    path, team = begun.at("team/", "update_team", "words-title"), begun.team
    lacks = tuple(
        said
        for there, said in (
            (team.village_zh, say("写下村名。", "Name the village.")),
            (team.story_zh, say("写几句团队的故事。", "Tell the team’s story in a few sentences.")),
            (
                team.linking_zh,
                say(
                    "写下怎么带动农户：审核时要看。", "Say how households gain: whoever reviews looks for it."
                ),
            ),
        )
        if not there
    )
    return Step("WORDS", words, TO_DO if lacks else DONE, path, lacks, is_needed=False)


def of_the_product(begun: Beginning) -> Iterator[Step]:
    """Its facts, a photo, a size with its price story, and a lot."""
    facts = [one for one in begun.lacks if one.code not in _PHOTO | _SIZES | _LOT | _OF_THE_TEAM]
    begin = say("写第一样商品", "Write the first product")
    yield _of_it(begun, "PRODUCT", begin, facts, "update_product", "facts")
    photo = say("放一张自己拍的照片", "Add a photo of your own")
    has_photo = begun.product is not None and bool(begun.product.pictures.all())
    lacks_all = [one for one in begun.lacks if one.code in _PHOTO]
    yield Step(
        "PHOTO",
        photo,
        DONE if has_photo or begun.is_live else TO_DO,
        begun.at_product("update_product", "photos"),
        tuple(one.words for one in lacks_all),
        is_needed=bool(lacks_all) or begun.product is None,
    )
    price = say("规格、价格、价格构成", "A size, its price and what the price pays for")
    has_size = begun.product is not None and bool(begun.product.variants.all())
    at = ("", "sizes") if has_size else ("save_variant~new", "new-variant")
    yield _of_it(begun, "PRICE", price, [one for one in begun.lacks if one.code in _SIZES], *at)
    lot = say("登记一批货", "Declare a lot")
    yield _of_it(begun, "LOT", lot, [one for one in begun.lacks if one.code in _LOT], anchor="sizes")


def _of_it(
    begun: Beginning, code: str, words: Words, lacks: list, opened: str = "", anchor: str = ""
) -> Step:
    state = DONE if begun.product is not None and not lacks else TO_DO
    path = begun.at_product(opened if begun.product else "", anchor if begun.product else "")
    return Step(code, words, state, path, tuple(one.words for one in lacks))


def of_papers(begun: Beginning) -> Iterator[Step]:
    """Papers of what is sold or handed in that have run out; nothing where none has."""
    shown = (State.PUBLISHED, State.SUBMITTED, State.SUSPENDED)
    rows = Certificate.objects.filter(
        product__team=begun.team, product__state__in=shown, expires_on__lt=clock.today()
    )
    found = list(rows.select_related("product").order_by("expires_on", "id")[:5])
    if found:
        lacks = tuple(
            say(
                "{product}的{kind}（{number}）{day}到期：换上新的，或撤下。",
                "{product}: the {kind} {number} ran out on {day}. Put the new one in, or take it off.",
                product=Words(paper.product.name_zh, paper.product.name_en or paper.product.name_zh),
                kind=Certificate.Kind(paper.kind).words,
                number=paper.number,
                day=f"{paper.expires_on:%Y-%m-%d}",
            )
            for paper in found
        )
        yield Step(
            "PAPERS",
            say("证书到期了", "A certificate has run out"),
            TO_DO,
            begun.at_product("", "papers", found[0].product),
            lacks,
        )


def of_the_review(begun: Beginning) -> Iterator[Step]:
    """Handed in, looked at, on the shelf."""
    words, path, product = (
        say("交给审核，上架", "Hand it in; it goes on the shelf"),
        begun.at_product(),
        begun.product,
    )
    if not begun.team.is_active:
        yield Step("REVIEW", words, WAITS, path, waits_with=WITH_OPERATORS)
    elif product is not None and product.state == State.PUBLISHED:
        yield Step("REVIEW", words, DONE, path)
    elif product is not None and product.state == State.SUBMITTED:
        yield Step("REVIEW", words, WAITS, path, waits_with=WITH_OPERATORS, since=product.submitted_at)
    elif product is not None and product.state == State.SUSPENDED:
        yield Step("REVIEW", words, WAITS, path, waits_with=WITH_OPERATORS)
    else:
        yield Step("REVIEW", words, TO_DO, path, _sent_back_with(product))


def _sent_back_with(product: Product | None) -> tuple[Words, ...]:
    """What was written where it was sent back."""
    if product is None or product.state != State.CHANGES_REQUESTED:
        return ()
    said = product.listing_reviews.filter(decision="returned").first()
    if said is None:
        return ()
    remarks = said.remarks or {}
    of_parts = (say("{a}：{b}", "{a}: {b}", a=Spot(spot).words, b=words) for spot, words in remarks.items())
    return (*([Words(said.comment, said.comment)] if said.comment else []), *of_parts)
