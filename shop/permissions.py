"""Who may what beyond her own: every permission of the shop and the roles that have it, on one page.

A role is held at a place for a term (`Appointment`): each permission is asked with the place of what it is about, or for
the whole shop. What a coordinator may stands with her part in that organisation (`accounts.api.access`): it is asked of
the row.
"""

from accounts.permissions import Role

OPERATOR, OWNER = frozenset({Role.OPERATOR}), frozenset({Role.OWNER})  # for both: OPERATOR | OWNER
VERIFIER = frozenset({Role.COUNTY_VERIFIER})
FINANCE = frozenset({Role.FINANCE_MAKER, Role.FINANCE_APPROVER})
# Their work is a team's, at its desk.
MANAGER, LEADER, PACKER = frozenset({Role.TEAM_MANAGER}), frozenset({Role.LEADER}), frozenset({Role.PACKER})
AT_A_DESK = MANAGER | LEADER | PACKER
OFFICE = frozenset(Role) - AT_A_DESK

PERMISSIONS = {
    # the shop itself
    "accounts.keep_shop": OPERATOR,  # its facts, its rules, its opening
    "shop.hear_of_alarms": OPERATOR,  # by mail, and in the office
    # people
    "accounts.enter_office": OFFICE,  # the pages under /office/
    "accounts.enter_rooms": OPERATOR,  # the pages under /operators/
    "accounts.see_appointments": OPERATOR | OWNER | {Role.AUDITOR},
    "accounts.appoint_operator": OWNER,
    "accounts.appoint_officer": OPERATOR | OWNER,
    "accounts.appoint_at_team": OPERATOR | OWNER | MANAGER,
    "accounts.appoint_judge": OPERATOR | OWNER | {Role.ORGANISER},
    "accounts.release_parked": OPERATOR,
    "accounts.read_audit": OPERATOR | {Role.AUDITOR},
    "accounts.close_account": OPERATOR,
    "accounts.close_operator": OWNER,  # and whoever else holds a role of the office
    "accounts.end_second_factor": OPERATOR,
    "accounts.end_officers_second_factor": OWNER,
    "accounts.give_token_scopes": OPERATOR,
    "accounts.see_organisations": OPERATOR,  # those that nobody has verified among them
    "accounts.decide_organisation": OPERATOR,
    "accounts.decide_union": OPERATOR | {Role.UNION_VERIFIER},
    "accounts.name_coordinator": OPERATOR,
    # the shelves
    "catalog.keep_categories": OPERATOR,
    "catalog.keep_synonyms": OPERATOR,  # other words for search
    "catalog.keep_teams": OPERATOR,
    "catalog.admit_teams": OPERATOR | VERIFIER,  # invite them, and look at what they hand in
    "catalog.see_listings": OPERATOR | {Role.QUALITY_CHECKER, Role.CITY_OFFICER},  # in any state
    "catalog.decide_listing": OPERATOR,  # and what a team writes to its buyers
    "catalog.check_quality": frozenset({Role.QUALITY_CHECKER}),  # agriculture
    "catalog.check_logistics": frozenset({Role.LOGISTICS_CHECKER}),  # commerce
    "catalog.see_women_led": frozenset({Role.WOMENS_OFFICER}),
    "catalog.publish_stories": frozenset({Role.MEDIA_OFFICER}),  # of teams, on their pages
    # a team's desk
    "catalog.enter_desk": AT_A_DESK,
    "catalog.keep_listings": MANAGER | LEADER,  # products, prices, photos, papers, lots
    "catalog.write_news": MANAGER | LEADER,  # to those who bought, once an operator has read it
    "catalog.describe_team": OPERATOR | MANAGER | LEADER,
    "catalog.introduce_leader": OPERATOR | MANAGER,
    "catalog.recall_lot": OPERATOR | MANAGER,
    "catalog.answer_questions": MANAGER | LEADER,  # about the team's goods, and orders of them
    "orders.pack_and_send": AT_A_DESK,  # parcels, with the address that each needs
    "orders.answer_claims": MANAGER | LEADER,  # in words; money beside them is `refund_own`
    "orders.keep_invoices": MANAGER,  # upload what the team has issued
    "orders.keep_team_coupons": MANAGER,  # at the team's own expense
    "orders.keep_team_webhooks": MANAGER,  # which programs are told what happens, and with which secret
    "orders.refund_own": MANAGER,  # of what the team has sold, until it is completed
    "impact.read_statement": MANAGER,  # what the team has sold, month by month
    "impact.keep_households": MANAGER | LEADER,  # put forward, let go, and who grew which lot
    "impact.ask_correction": LEADER,  # of a lot's shares, once units are sold
    "impact.open_short_names": MANAGER | LEADER,  # their own team's, and nobody else ever
    # orders
    "orders.see_orders": OPERATOR,  # of anybody: address, telephone, payments
    # sums and counts of teams, of nobody by name
    "orders.see_figures": OPERATOR | FINANCE | {Role.OBSERVER, Role.CITY_OFFICER, Role.AUDITOR},
    "orders.refund": OPERATOR,  # for any team, and after a parcel is completed
    "orders.decide_dispute": OPERATOR,  # whose outcome has no rule
    "orders.keep_shop_coupons": OPERATOR,  # at the shop's
    "orders.keep_shop_webhooks": OPERATOR,  # the shop's own
    "orders.keep_shipping_rates": OPERATOR | {Role.LOGISTICS_CHECKER},
    "orders.close_places": OPERATOR | {Role.LOGISTICS_CHECKER},  # for delivery, and open them again
    "orders.cancel_unsent": OPERATOR,
    "orders.answer_left_claims": OPERATOR,
    "orders.hide_review": OPERATOR,
    "orders.answer_questions": OPERATOR,  # to the shop: about an order, or buying here
    "orders.hear_of_trouble": OPERATOR,  # by mail: money or a claim waits for a person
    # households
    "impact.verify_household": OPERATOR | VERIFIER,
    "impact.open_details": OPERATOR | VERIFIER,
    "impact.decide_correction": OPERATOR | VERIFIER,  # of shares, of a team that is not her own
    "impact.share_out_lot": OPERATOR,  # of any team; of her own whoever keeps its households
    "impact.hear_of_few_households": OPERATOR,  # by mail
    # the contest
    "contest.file_objection": MANAGER,  # to a provisional result, for her own team's entry
    "contest.keep_editions": OPERATOR | {Role.ORGANISER},  # editions, rounds, entries, rulebooks, results
    "contest.import_results": frozenset({Role.IMPORTER}),  # statements of outside platforms
    "contest.approve_imports": frozenset({Role.IMPORT_APPROVER}),  # those that another has sent in
    "contest.decide_cases": OPERATOR | {Role.ORGANISER},  # of integrity: decide, and answer appeals
    "contest.examine": frozenset({Role.AUDITOR}),  # cases and statements of outside platforms, exactly
    "contest.appeal": MANAGER,  # of an entry's team: against a case, and declare who is near to it
    "contest.see_supporters": OPERATOR | {Role.ORGANISER, Role.AUDITOR},  # by type, exactly
    "contest.judge": frozenset({Role.JUDGE}),  # entries of the edition that she was appointed to judge
    "contest.answer_questions": OPERATOR | {Role.ORGANISER},  # about an edition
    "contest.check_registrations": VERIFIER | {Role.CITY_OFFICER},  # of teams in her subtree
    "contest.enter_team": MANAGER,  # apply, withdraw, appeal
}

# What it takes to appoint somebody to each role, and to end that.
APPOINTED_BY = {
    role: "accounts.appoint_operator"
    if role in (Role.OWNER, Role.OPERATOR)
    else "accounts.appoint_at_team"
    if role in AT_A_DESK
    else "accounts.appoint_judge"
    if role == Role.JUDGE
    else "accounts.appoint_officer"
    for role in Role
}

# Whoever holds one of these proves each new device by two codes; of any other role she gives a code of her second factor.
# A buyer, a member and a coordinator hold no role.
PROVED_DEVICE = frozenset({Role.LEADER, Role.PACKER})
SECOND_FACTOR = frozenset(Role) - PROVED_DEVICE
# What a code is asked for once more: it moves money, opens what names a household, or would let somebody else do so.
ASKED_AGAIN = frozenset(
    {
        "orders.refund",
        "orders.refund_own",
        "orders.decide_dispute",
        "orders.cancel_unsent",
        "orders.answer_left_claims",
        "catalog.recall_lot",
        "impact.open_details",
        "impact.decide_correction",
        "accounts.appoint_operator",
        "accounts.appoint_officer",
        "accounts.appoint_at_team",
        "accounts.appoint_judge",
        "accounts.end_second_factor",
        "accounts.end_officers_second_factor",
    }
)
