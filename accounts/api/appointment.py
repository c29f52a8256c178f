"""Who is appointed to what, where and for how long: read by those who keep the appointments, and by herself."""

import graphene

from accounts.api.access import HELD
from accounts.models import Appointment
from accounts.places import name_of
from core.api.facts import needs
from core.api.types import ModelType


class AppointmentType(ModelType):
    """A person's role at a place, from a moment to a moment."""

    class Meta:
        model = Appointment
        fields = ("role", "starts_at", "ends_at", "reason", "end_reason")
        access = HELD
        about = {
            "role": "What she is appointed to.",
            "starts_at": "From when.",
            "ends_at": "The first moment at which she is it no more; null while no end is set.",
            "reason": "Why, in the words of whoever appointed her; may be empty.",
            "end_reason": "Why it ended before its time; empty where it did not.",
        }

    role_name = graphene.String(required=True, description="The role in the reader's language.")
    where = graphene.String(required=True, description="Where, in words: the whole shop, a region, a team …")

    def resolve_role_name(root, info):
        """As every form and letter calls it."""
        return str(Appointment.Role(root.role).words)

    @needs("region__parent__parent", "organisation")
    def resolve_where(root, info):
        """The region with all above it, the organisation, the team or edition."""
        return str(name_of(root))
