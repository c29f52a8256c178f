"""What Stripe's keys say of themselves: whether money is real, and whether they fit each other."""

from core.language import Words, say

STRIPES = "https://api.stripe.com"


def is_live(key: str) -> bool:
    """Whether it moves real money."""
    return key.startswith(("sk_live_", "rk_live_"))


def mode(key: str, base: str) -> str:
    """A value of Shop.Mode: anything but Stripe itself is a stand-in."""
    if base.rstrip("/") != STRIPES:
        return "stand_in"
    return "live" if is_live(key) else "test"


def faults(key: str, secret: str, base: str) -> list[Words]:
    """Each in a sentence that names the setting. Which mode a notices' secret is of cannot be seen of it: a notice
    that arrives tells."""
    found = []
    if not key:
        found.append(say("没有 STRIPE_API_KEY。", "STRIPE_API_KEY is not set."))
    elif key.startswith(("pk_live_", "pk_test_")):
        found.append(
            say(
                "STRIPE_API_KEY 是公开密钥（{mode}），要用同一模式的 sk_ 密钥。",
                "STRIPE_API_KEY is a publishable key ({mode}); the secret one of that mode begins with sk_.",
                mode=key[:7],
            )
        )
    elif base.rstrip("/") == STRIPES and not key.startswith(("sk_test_", "rk_test_", "sk_live_", "rk_live_")):
        found.append(say("STRIPE_API_KEY 不像 Stripe 的密钥。", "STRIPE_API_KEY is no key of Stripe's."))
    if is_live(key) and base.rstrip("/") != STRIPES:
        found.append(
            say(
                "STRIPE_API_KEY 是正式密钥，STRIPE_API_BASE 却是替身的地址：去掉其中一个。",
                "STRIPE_API_KEY is a live key, and STRIPE_API_BASE the address of a stand-in: take one of them away.",
            )
        )
    if not secret:
        found.append(say("没有 STRIPE_WEBHOOK_SECRET。", "STRIPE_WEBHOOK_SECRET is not set."))
    elif not secret.startswith("whsec_"):
        found.append(
            say("STRIPE_WEBHOOK_SECRET 要以 whsec_ 开头。", "STRIPE_WEBHOOK_SECRET begins with whsec_.")
        )
    return found
