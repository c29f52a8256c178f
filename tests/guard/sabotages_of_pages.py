"""Sabotages of what pages say when they cannot do what was asked (run by tests/guard/sabotage.py)."""

from tests.guard.sabotages import Sabotage

PAGES = [
    Sabotage(
        "a product that never was published is told of as one that is off sale",
        "catalog/reads/former.py",
        "Product.objects.filter(published_at__isnull=False)",
        "Product.objects.all()",
        "tests/web/test_off_sale.py",
    ),
    Sabotage(
        "a name that waits for its approval is told on the page of what is off sale",
        "catalog/reads/former.py",
        "if product.is_published else approved_names(product)",
        "",
        "tests/web/test_off_sale.py",
    ),
    Sabotage(
        "an address that led to one product becomes another's",
        "catalog/actions/address.py",
        " or FORMER[kind].objects.filter(slug=slug).exists()",
        "",
        "tests/web/test_off_sale.py",
    ),
    Sabotage(
        "verify does not look at former addresses",
        "catalog/verify.py",
        'slug__in=kind.objects.values("slug")',
        'slug=""',
        "tests/web/test_off_sale.py tests/web/test_team_addresses.py -k verify",
    ),
    Sabotage(
        "a team's address of before leads nowhere",
        "catalog/actions/address.py",
        "FormerTeamSlug.objects.create(slug=before, team=thing)",
        "pass",
        "tests/web/test_team_addresses.py",
    ),
    Sabotage(
        "WeChat's script may run on whatever page is opened inside WeChat",
        "shop/web/found/in_wechat.py",
        "return match is not None and match.url_name in INDEXED",
        "return match is not None",
        "tests/web/test_in_wechat.py -k everywhere_else",
    ),
    Sabotage(
        "WeChat's ticket lies in the cache as it is",
        "accounts/actions/wechat_share.py",
        "seals.seal(SEAL, ticket=ticket.value)",
        "ticket.value",
        "tests/web/test_in_wechat.py -k sealed",
    ),
    Sabotage(
        "a refused form does not lead to where it is told why",
        "shop/web/act.py",
        'f"{to}#{AT}"',
        "to",
        "tests/web/test_refused.py -k told_once",
    ),
]
