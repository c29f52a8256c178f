"""Who may what beyond her own: every permission of the shop and the roles that have it, on one page.

What a coordinator or a team's manager may stands with her part in that organisation or team
(`accounts.api.access`, `catalog.api.access`): it is asked of the row.
"""

from accounts.permissions import Role

OPERATOR, OWNER = frozenset({Role.OPERATOR}), frozenset({Role.OWNER})  # for both: OPERATOR | OWNER

PERMISSIONS = {
    # the shop itself
    "accounts.keep_shop": OPERATOR,  # its facts, its rules, its opening
    # people
    "accounts.enter_rooms": OPERATOR,  # the pages under /operators/
    "accounts.close_account": OPERATOR,
    "accounts.close_operator": OWNER,
    "accounts.name_operator": OWNER,
    "accounts.give_token_scopes": OPERATOR,
    "accounts.see_organisations": OPERATOR,  # those that nobody has verified among them
    "accounts.decide_organisation": OPERATOR,
    "accounts.name_coordinator": OPERATOR,
    # the shelves
    "catalog.keep_categories": OPERATOR,
    "catalog.keep_teams": OPERATOR,
    "catalog.see_listings": OPERATOR,  # in any state
    "catalog.decide_listing": OPERATOR,
    "catalog.recall_lot": OPERATOR,  # of any team
    # orders
    "orders.refund": OPERATOR,  # for any team, and after a parcel is completed
    "orders.decide_dispute": OPERATOR,  # whose outcome has no rule
    "orders.keep_shipping_rates": OPERATOR,
    "orders.close_places": OPERATOR,  # for delivery, and open them again
    "orders.cancel_unsent": OPERATOR,
    "orders.answer_left_claims": OPERATOR,
    "orders.hide_review": OPERATOR,
    "orders.hear_of_trouble": OPERATOR,  # by mail: money or a claim waits for a person
    # households and the contest
    "impact.verify_household": OPERATOR,
    "impact.open_details": OPERATOR,
    "impact.share_out_lot": OPERATOR,  # of any team
    "impact.hear_of_few_households": OPERATOR,  # by mail
}
