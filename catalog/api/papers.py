"""What stands beside a product: photos, papers, the team's own words, its leader."""

from typing import Any

import graphene

from catalog import reads
from catalog.actions import certificate as certificates
from catalog.actions import leader as leaders
from catalog.actions import picture as pictures
from catalog.actions import team as teams
from catalog.api.access import SIGNED_IN
from catalog.api.certificate import CertificateType
from catalog.api.desk import TeamProduct
from catalog.api.team import TeamType
from catalog.models import Certificate
from catalog.reads import office
from core.api.act import Act
from core.api.ids import uid_of
from core.api.types import enum_of

LEADER = "catalog.introduce_leader"


class PictureDelete(Act):
    """Take a photo away. (Photos are added by HTTP: POST /do/upload_picture/.)"""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The picture.")

    product = graphene.Field(TeamProduct, description="Its product.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The product without the photo, whose files go once that is certain; NOT_FOUND outside one's own desk."""
        picture = reads.picture_of(request.user, uid_of(id, "Picture"))
        pictures.remove(picture, request.user)
        return cls(product=reads.product_of(request.user, picture.product.uid))


class PictureUpdate(Act):
    """Say what a photo shows, or put it at another place. (Photos are added by HTTP: POST /do/upload_picture/.)"""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The picture.")
        place = graphene.Int(description="Its place among the product's photos; 1 is the one on cards.")
        alt_zh = graphene.String(description="What it shows, in Chinese; emptied, the product's name.")
        alt_en = graphene.String(description="What it shows, in English; emptied, the product's name.")

    product = graphene.Field(TeamProduct, description="Its product.")

    @classmethod
    def act(cls, request: Any, id: str, place: int | None = None, **words: str | None) -> Any:
        """The product with its photos as they are now; what is left out stays. INVALID for a place that there is not,
        NOT_FOUND outside one's own desk."""
        picture = reads.picture_of(request.user, uid_of(id, "Picture"))
        pictures.change(picture, request.user, place=place, **words)
        return cls(product=reads.product_of(request.user, picture.product.uid))


class CertificateAdd(Act):
    """Show a paper on the product's page until it runs out."""

    class Meta:
        access = SIGNED_IN

    class Input:
        product = graphene.ID(required=True, description="The product.")
        kind = graphene.InputField(
            enum_of(Certificate, "kind"), required=True, description="Which sort of paper."
        )
        number = graphene.String(required=True, description="As printed on it.")
        issuer_zh = graphene.String(required=True, description="Who issued it, in Chinese.")
        issuer_en = graphene.String(description="Who issued it, in English.")
        mark_zh = graphene.String(
            description="What an indication or a trade mark names, in Chinese, as on the paper; of a brand it is asked for."
        )
        mark_en = graphene.String(description="The same in English.")
        issued_on = graphene.Date(required=True, description="The day of issue.")
        expires_on = graphene.Date(required=True, description="The last day on which it is in force.")

    certificate = graphene.Field(CertificateType, description="The paper.")

    @classmethod
    def act(cls, request: Any, product: str, kind: Any, **given: Any) -> Any:
        """The certificate as it is shown; INVALID on the field where it is out of date, or there are too many."""
        mine = reads.product_of(request.user, uid_of(product, "Product", field="product"))
        given = {name: value for name, value in given.items() if value is not None}
        return cls(certificate=certificates.add(mine, request.user, kind=kind.value, **given))


class CertificateRemove(Act):
    """Show a paper no longer."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The certificate.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """Nothing but the errors; NOT_FOUND outside one's own desk."""
        certificates.remove(reads.certificate_of(request.user, uid_of(id, "Certificate")), request.user)


class TeamUpdate(Act):
    """Say who the team is and where it works."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The team, whose manager the asker is.")
        village_zh = graphene.String(description="The village, in Chinese.")
        village_en = graphene.String(description="The village, in English.")
        story_zh = graphene.String(description="What the team tells of itself, in Chinese.")
        story_en = graphene.String(description="What the team tells of itself, in English.")
        linking_zh = graphene.String(description="How households gain by what it sells, in Chinese.")
        linking_en = graphene.String(description="How households gain by what it sells, in English.")
        producer_zh = graphene.String(description="The body that answers for the food, in Chinese.")
        producer_en = graphene.String(description="The body that answers for the food, in English.")
        licence_number = graphene.String(description="That body's licence.")
        licence_expires_on = graphene.Date(
            description="The last day on which that licence is good; null takes it away."
        )
        sends_from = graphene.String(description="Where its parcels set out; for its own desk.")
        returns_to = graphene.String(
            description="Where goods come back to: who takes them, a telephone, an address; told where they are asked back."
        )
        carrier = graphene.String(description="Who carries its parcels mostly.")

    team = graphene.Field(TeamType, description="The team.")

    @classmethod
    def act(cls, request: Any, id: str, **given: Any) -> Any:
        """The team with what was given; what is left out stays as it is. CONFLICT on who answers for the food, once
        something was approved by it."""
        team = reads.team_at_desk(request.user, "catalog.describe_team", uid_of(id, "Team"))
        written = {
            name: text for name, text in given.items() if text is not None or name == "licence_expires_on"
        }
        return cls(team=teams.change(team, request.user, **written))


class LeaderIntroduce(Act):
    """Say who leads the team, as its manager or as whoever keeps teams; another name is verified again, by another."""

    class Meta:
        access = SIGNED_IN

    class Input:
        team = graphene.ID(required=True, description="The team.")
        name_zh = graphene.String(required=True, description="The leader's name in Chinese.")
        name_en = graphene.String(description="The leader's name in English.")
        words_zh = graphene.String(description="A sentence of the leader's own, in Chinese.")
        words_en = graphene.String(description="A sentence of the leader's own, in English.")
        is_woman = graphene.Boolean(
            description="Whether the leader herself has told that she is a woman; left out, it stays as it is."
        )

    team = graphene.Field(TeamType, description="The team.")

    @classmethod
    def act(cls, request: Any, team: str, is_woman: bool | None = None, **given: Any) -> Any:
        """The team with its leader, not verified any more where the name is another."""
        its = office.team_where(request.user, LEADER, uid_of(team, "Team", field="team"))
        written = {name: text for name, text in given.items() if text is not None}
        leaders.introduce(its, request.user, is_woman, **written)
        return cls(team=office.team_where(request.user, LEADER, its.uid))


class Mutation:
    picture_update = PictureUpdate.Field()
    picture_delete = PictureDelete.Field()
    certificate_add = CertificateAdd.Field()
    certificate_remove = CertificateRemove.Field()
    team_update = TeamUpdate.Field()
    leader_introduce = LeaderIntroduce.Field()
