"""In by a code to a mobile number, and what is confirmed by one."""

from typing import Any

import graphene

from accounts.actions import sign_in_by_text, text_code
from accounts.api.access import PUBLIC, SIGNED_IN
from accounts.api.viewer import ViewerType
from accounts.devices import session_of
from accounts.models import TextCode
from accounts.texting import is_on
from core import language as languages
from core import rates
from core.api.act import Act
from core.api.facts import guarded
from core.middleware import address_of

Purpose = TextCode.Purpose
MOBILE = "A mobile number in any spelling; without it the one that this browser has last had a code sent to."


class TextCodeRequest(Act):
    """Have a code sent to a mobile number, to sign in by it. The answer is the same whether or not it has an account."""

    class Meta:
        access = PUBLIC

    class Input:
        mobile = graphene.String(description=MOBILE)

    @classmethod
    def act(cls, request: Any, mobile: str | None = None) -> Any:
        """Nothing. INVALID for what is no mobile number the shop sends texts to, and once this number had five today, or the
        shop has sent all it can; TOO_MANY_REQUESTS within a minute, or above 20 a day from one address."""
        text_code.ask(request, mobile, Purpose.SIGN_IN, languages.current())


class SignInByText(Act):
    """Sign in by the code; where the number opens no account yet, one begins. The session is in a cookie."""

    class Meta:
        access = PUBLIC

    class Input:
        code = graphene.String(required=True, description="Six digits, as they were sent.")
        mobile = graphene.String(description=MOBILE)

    viewer = graphene.Field(ViewerType, description="Whoever is signed in now.")

    @classmethod
    def act(cls, request: Any, code: str, mobile: str | None = None) -> Any:
        """Whoever is signed in now. INVALID alike for a code that is wrong, five minutes old, used, or of another browser
        or number; ten of them close the number for the day."""
        rates.demand("text tries address", address_of(request), 60, 3600)
        return cls(viewer=sign_in_by_text.sign_in(request, code, mobile, languages.current()))


class NumberCodeRequest(Act):
    """Have a code sent to a number that is to open one's account too."""

    class Meta:
        access = SIGNED_IN

    class Input:
        mobile = graphene.String(description=MOBILE)

    @classmethod
    def act(cls, request: Any, mobile: str | None = None) -> Any:
        """Nothing; refused as `textCodeRequest` is."""
        text_code.ask(request, mobile, Purpose.ADD, languages.current())


class NumberAdd(Act):
    """The number opens one's account from now on, by its code and what confirms that it is oneself."""

    class Meta:
        access = SIGNED_IN

    class Input:
        code = graphene.String(required=True, description="What was sent to the new number.")
        mobile = graphene.String(description=MOBILE)
        password = graphene.String(
            required=True, description="Her password; of who has none a code to her number of before."
        )

    viewer = graphene.Field(ViewerType, description="Whose it is now.")

    @classmethod
    def act(cls, request: Any, code: str, password: str, mobile: str | None = None) -> Any:
        """The account. CONFLICT where the number opens another's, which is told once it is proved."""
        sign_in_by_text.add(request, request.user, code, mobile, password, session_of(request))
        return cls(viewer=request.user)


class ConfirmCodeRequest(Act):
    """Have a code sent to one's own number, to give where a password is asked again and one has none."""

    class Meta:
        access = SIGNED_IN

    @classmethod
    def act(cls, request: Any) -> Any:
        """Nothing. NOT_ALLOWED where no number has been hers for a day."""
        text_code.ask_to_confirm(request, request.user)


def _texted(root: Any, info: Any) -> str | None:
    number = text_code.number_texted(info.context, Purpose.SIGN_IN)
    return f"{number[:-8]}****{number[-4:]}" if number else None


class Query:
    sends_texts = guarded(
        graphene.Boolean(
            required=True,
            description="Whether the shop sends texts, so that one can sign in by a number.",
            resolver=lambda root, info: is_on(),
        ),
        PUBLIC,
    )
    number_texted = guarded(
        graphene.String(
            description="The number to which this browser had a code sent, its middle hidden; null where none waits.",
            resolver=_texted,
        ),
        PUBLIC,
    )


class Mutation:
    text_code_request = TextCodeRequest.Field()
    sign_in_by_text = SignInByText.Field()
    number_code_request = NumberCodeRequest.Field()
    number_add = NumberAdd.Field()
    confirm_code_request = ConfirmCodeRequest.Field()
