"""Papers about a product, as buyers see them."""

import graphene

from catalog.api.access import HELD
from catalog.models import Certificate
from core.api.facts import reads as reads_columns
from core.api.types import Localized, ModelType


class CertificateType(ModelType):
    """A paper about a product that is in force today."""

    class Meta:
        model = Certificate
        fields = ("kind", "number", "issued_on", "expires_on")
        access = HELD
        about = {
            "kind": "Which sort of paper it is.",
            "number": "As printed on it.",
            "issued_on": "The day of issue.",
            "expires_on": "The last day on which it is in force.",
        }

    kind_name = graphene.String(required=True, description="The kind in the reader's language.")
    issuer = Localized("issuer", description="Who issued it.")

    @reads_columns("kind")
    def resolve_kind_name(root, info):
        """What kind of paper it is, in the reader's language."""
        return str(Certificate.Kind(root.kind).words)
