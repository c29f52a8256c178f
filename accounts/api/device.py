"""A device that is new to a leader or a packer, proved once by two codes."""

from typing import Any

import graphene

from accounts import reads
from accounts.actions import device as devices
from accounts.api.access import OWN, SIGNED_IN
from accounts.api.viewer import ViewerType, add_to_viewer
from accounts.permissions import asks_for_device
from core.api.access import HELD
from core.api.act import Act
from core.api.facts import guarded
from core.api.ids import uid_of


class DeviceProof(graphene.ObjectType):
    """Whether the device she asks from is known as hers, for the roles that ask for that."""

    _access = HELD

    is_asked = graphene.Boolean(required=True, description="Whether a role of hers asks for it.")
    is_given = graphene.Boolean(required=True, description="Whether this device was proved by both codes.")


def _device(root: Any, info: Any) -> DeviceProof:
    return DeviceProof(
        is_asked=asks_for_device(root), is_given=bool(root.proved_device and root.proved_device())
    )


add_to_viewer(
    device=guarded(
        graphene.Field(DeviceProof, required=True, resolver=_device, description="The device she asks from."),
        OWN,
    )
)


class DeviceCodeRequest(Act):
    """Ask for the first code for a new device; it comes to her mailbox."""

    class Meta:
        access = SIGNED_IN

    @classmethod
    def act(cls, request: Any) -> Any:
        """Nothing; one that is on its way is not sent again at once. NOT_ALLOWED where no role of hers asks for it."""
        devices.ask_for_code(request)


class DeviceCodeGive(Act):
    """Make the second code for somebody's new device, to be read to her by whoever appoints people there."""

    class Meta:
        access = SIGNED_IN

    class Input:
        appointment_id = graphene.ID(required=True, description="What she is appointed to there.")

    code = graphene.String(description="Six digits, shown this once; good once, for ten minutes.")

    @classmethod
    def act(cls, request: Any, appointment_id: str) -> Any:
        """The code. NOT_FOUND for what is over, or not there, and for whoever appoints nobody there; NOT_ALLOWED for oneself."""
        row = reads.running_appointment(uid_of(appointment_id, "Appointment", field="appointment_id"))
        return cls(code=devices.give_code(row, request.user))


class DeviceProve(Act):
    """This device is hers from now on: both codes are right, and are spent."""

    class Meta:
        access = SIGNED_IN

    class Input:
        mailed = graphene.String(required=True, description="The code from her mailbox.")
        given = graphene.String(required=True, description="The code that her manager has read to her.")

    viewer = graphene.Field(ViewerType, description="The person, her role open on this device.")

    @classmethod
    def act(cls, request: Any, mailed: str, given: str) -> Any:
        """The person. INVALID where either is wrong, used or ten minutes old; TOO_MANY_REQUESTS says how long to wait."""
        devices.prove(request, mailed, given)
        return cls(viewer=request.user)


class Mutation:
    device_code_request = DeviceCodeRequest.Field()
    device_code_give = DeviceCodeGive.Field()
    device_prove = DeviceProve.Field()
