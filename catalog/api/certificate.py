"""Papers about a product, as buyers see them."""

import graphene

from catalog.api.access import HELD
from catalog.models import Certificate
from catalog.reads.papers import BADGES
from core import clock
from core.api.facts import reads as reads_columns
from core.api.types import Localized, ModelType


class CertificateType(ModelType):
    """A paper about a product that is in force today."""

    class Meta:
        model = Certificate
        fields = ("kind", "number", "issued_on", "expires_on", "is_waiting")
        access = HELD
        about = {
            "kind": "Which sort of paper it is.",
            "number": "As printed on it.",
            "issued_on": "The day of issue.",
            "expires_on": "The last day on which it is in force.",
            "is_waiting": "Whether no operator has seen it yet; of what buyers see none is.",
        }

    kind_name = graphene.String(required=True, description="The kind in the reader's language.")
    issuer = Localized("issuer", description="Who issued it.")

    mark = Localized("mark", description="What an indication or a trade mark names; empty of other papers.")
    mark_slug = graphene.String(
        required=True, description="By which that mark's page is found; empty where it has none."
    )
    days_left = graphene.Int(
        required=True, description="Days until its last; 0 on that day, below 0 once it has run out."
    )
    is_badge = graphene.Boolean(
        required=True,
        description="Whether it stands as a badge beside the product's name, as long as it is in force.",
    )

    @reads_columns("mark_slug")
    def resolve_mark_slug(root, info):
        """For `geographicalIndication` and `brand`, by the paper's kind."""
        return root.mark_slug

    @reads_columns("expires_on")
    def resolve_days_left(root, info):
        """By the trade's calendar."""
        return (root.expires_on - clock.today()).days

    @reads_columns("kind")
    def resolve_is_badge(root, info):
        """A geographical indication and an organic certificate."""
        return root.kind in BADGES

    @reads_columns("kind")
    def resolve_kind_name(root, info):
        """What kind of paper it is, in the reader's language."""
        return str(Certificate.Kind(root.kind).words)
