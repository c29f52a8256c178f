"""The shop's cause and effect on one page: when this happens, that follows.

*At once* runs inside the transaction that recorded the event: what must never be apart from it.
*Afterwards* is handed to Celery once the transaction has committed: at least once, once in effect.

One lock order for the whole house, so that two deeds never wait for each other in a ring:
holder (a group purchase) → order → lots by id → reservations → cards (products, then variants, by id) → coupons →
a lot's tally and credits by (lot, household) → nothing else.
At-once reactions only insert into the ledger, move credits and write down what programs are told (decision 0082); they
never touch a standing.
"""

from core.outbox import Reactions

REACTIONS = {
    # accounts
    "PersonJoined": Reactions(afterwards=["accounts.tasks.send_welcome"]),
    "MailboxConfirmed": Reactions(
        at_once=["contest.actions.engagement.prove"], afterwards=["orders.tasks.join_guest"]
    ),
    "NumberLost": Reactions(afterwards=["orders.letters_of_numbers.tell_operators"]),
    "WayProved": Reactions(
        at_once=["contest.actions.engagement.prove"], afterwards=["orders.tasks.join_guest"]
    ),
    "AccountsMerged": Reactions(afterwards=["accounts.tasks.finish_merging", "impact.tasks.fold_standings"]),
    "TextCodeRequested": Reactions(afterwards=["accounts.tasks.send_text_code"]),
    "SignUpRepeated": Reactions(afterwards=["accounts.tasks.send_sign_up_repeated"]),
    "PasswordResetRequested": Reactions(afterwards=["accounts.tasks.send_password_reset"]),
    "EmailChangeRequested": Reactions(
        afterwards=["accounts.tasks.send_email_change", "accounts.tasks.send_email_change_notice"]
    ),
    "DeviceCodeRequested": Reactions(afterwards=["accounts.tasks.send_device_code"]),
    "QuestionLeft": Reactions(afterwards=["accounts.tasks.tell_of_question_left"]),
    "QuestionRaised": Reactions(afterwards=["accounts.tasks.tell_of_question"]),
    "QuestionAnswered": Reactions(afterwards=["accounts.tasks.tell_of_answer"]),
    "SecondFactorChanged": Reactions(afterwards=["accounts.tasks.send_second_factor_changed"]),
    "OrganisationVerified": Reactions(afterwards=["accounts.tasks.send_organisation_verified"]),
    "CoordinatorNamed": Reactions(afterwards=["accounts.tasks.send_coordinator_named"]),
    "Appointed": Reactions(
        at_once=[
            "catalog.actions.member.open_desks",
            "contest.actions.judge.take_seats",
            "contest.actions.judge.keep_off_teams",
        ],
        afterwards=["accounts.tasks.send_appointed"],
    ),
    "RoleOffered": Reactions(afterwards=["accounts.tasks.send_role_invitation"]),
    "AppointmentEnded": Reactions(
        at_once=["catalog.actions.member.close_desks"],
        afterwards=["accounts.tasks.send_appointment_ended"],
    ),
    # orders: money in
    "OrderPaid": Reactions(
        at_once=["impact.actions.attribution.attribute_orders", "orders.actions.webhook_note.paid"],
        afterwards=[
            "orders.tasks.close_payments",
            "orders.letters.send_confirmation",
            "orders.letters.tell_teams",
            "impact.tasks.fold_standings",
        ],
    ),
    "OrderHeld": Reactions(
        at_once=["impact.actions.attribution.hold_orders"],
        afterwards=["orders.tasks.close_payments", "together.letters.send_held"],
    ),
    "OrderConfirmed": Reactions(
        at_once=["impact.actions.attribution.attribute_orders", "orders.actions.webhook_note.paid"],
        afterwards=["orders.letters.send_confirmation", "impact.tasks.fold_standings"],
    ),
    "BuyerProved": Reactions(
        at_once=["impact.actions.support.prove"],
        afterwards=["impact.tasks.fold_standings"],
    ),
    "OrderLeftUnpaid": Reactions(afterwards=["orders.letters.send_left_unpaid"]),
    "WishCameTrue": Reactions(afterwards=["orders.letters_of_wishes.send_wish"]),
    "NewsAddressed": Reactions(afterwards=["orders.letters_of_news.send_news"]),
    "OrderLapsed": Reactions(afterwards=["orders.tasks.close_payments"]),
    "PaymentWaits": Reactions(afterwards=["orders.tasks.open_page"]),
    # orders: money back
    "PaymentTurnedAway": Reactions(
        at_once=["impact.actions.gateway.turned_away"],
        afterwards=["orders.tasks.submit_refund", "orders.letters.send_turned_away"],
    ),
    "RefundRequested": Reactions(
        at_once=["impact.actions.reversal.reverse"],
        afterwards=[
            "orders.tasks.submit_refund",
            "together.letters.send_refund_promised",
            "orders.letters.tell_teams_of_cancellation",
            "impact.tasks.fold_standings",
        ],
    ),
    "RefundTriedAgain": Reactions(afterwards=["orders.tasks.submit_refund"]),
    "RefundSucceeded": Reactions(
        at_once=["impact.actions.gateway.refunded", "orders.actions.webhook_note.refunded"],
        afterwards=["orders.letters.send_refunded", "accounts.tasks.settled"],
    ),
    # In this order: what came back is owed to the buyer before a dispute is found to have given it.
    # The second settles the refund under the lock of its order, which is held already.
    "RefundFailed": Reactions(
        at_once=["impact.actions.gateway.returned", "orders.actions.dispute.cover"],
        afterwards=["orders.letters_of_disputes.send_refund_failed"],
    ),
    "RefundUnplaced": Reactions(afterwards=["orders.letters_of_disputes.tell_operators_of_refund"]),
    "RefundCovered": Reactions(at_once=["impact.actions.gateway.covered"]),
    "DisputeOpened": Reactions(afterwards=["orders.letters_of_disputes.send_contested"]),
    "DisputeUnclear": Reactions(afterwards=["orders.letters_of_disputes.tell_operators_of_dispute"]),
    "DisputeRegained": Reactions(
        at_once=["impact.actions.won_back.regained"],
        afterwards=["orders.letters_of_disputes.tell_operators_of_dispute", "impact.tasks.fold_standings"],
    ),
    "DisputeClosed": Reactions(
        at_once=["impact.actions.gateway.disputed"],
        afterwards=["impact.tasks.fold_standings", "orders.letters_of_disputes.send_decided"],
    ),
    # orders: goods on their way
    "ShipmentShipped": Reactions(
        at_once=["orders.actions.webhook_note.sent"], afterwards=["orders.letters.send_shipped"]
    ),
    "NumberCorrected": Reactions(afterwards=["orders.letters_of_parcels.send_corrected"]),
    "SendingUndone": Reactions(afterwards=["orders.letters_of_parcels.send_waits"]),
    "ParcelCameBack": Reactions(afterwards=["orders.letters_of_parcels.send_waits"]),
    "ParcelLost": Reactions(afterwards=["orders.letters_of_parcels.send_lost"]),
    "ParcelSplit": Reactions(afterwards=["orders.letters_of_parcels.send_split"]),
    "HarvestSetBack": Reactions(afterwards=["orders.tasks.ask_buyers"]),
    "ChoiceOffered": Reactions(afterwards=["orders.letters_of_setbacks.send_choice"]),
    "MoneyOffered": Reactions(afterwards=["orders.letters_of_setbacks.send_offered"]),
    "LineRedrawn": Reactions(at_once=["impact.actions.redrawn.redraw"]),
    "ShipmentDelivered": Reactions(afterwards=["orders.letters.send_delivered"]),
    "ShipmentCompleted": Reactions(
        at_once=["impact.actions.attribution.owe", "impact.actions.replacement.owe"]
    ),
    "ReplacementAgreed": Reactions(
        at_once=["impact.actions.replacement.book"],
        afterwards=["orders.letters_of_claims.tell_team_to_replace"],
    ),
    "ReplacementShipped": Reactions(afterwards=["orders.letters_of_claims.send_replaced"]),
    "ReplacementCalledOff": Reactions(
        at_once=["impact.actions.replacement.call_off"],
        afterwards=["orders.letters_of_claims.send_called_off"],
    ),
    "ReturnAgreed": Reactions(afterwards=["orders.letters_of_returns.send_where_to"]),
    "ReturnLabelled": Reactions(afterwards=["orders.letters_of_returns.send_label"]),
    "ReturnSent": Reactions(afterwards=["orders.letters_of_returns.tell_team_of_sent"]),
    "ReturnCame": Reactions(afterwards=["orders.letters_of_returns.send_came"]),
    "ReturnEnded": Reactions(afterwards=["orders.letters_of_returns.tell_of_end"]),
    "AddressCodeRequested": Reactions(afterwards=["orders.letters.send_address_code"]),
    "OrderLinkRequested": Reactions(afterwards=["orders.letters.send_order_link"]),
    "AddressChanged": Reactions(afterwards=["orders.letters.send_address_changed"]),
    "ClaimMade": Reactions(afterwards=["orders.letters.tell_team_of_claim"]),
    "ClaimAnswered": Reactions(
        afterwards=[
            "orders.letters.send_claim_answered",
            "orders.letters_of_claims.tell_team_of_decision",
            "accounts.tasks.settled",
        ]
    ),
    "ClaimDisputed": Reactions(afterwards=["orders.letters_of_claims.tell_team_of_dispute"]),
    "ClaimBrought": Reactions(afterwards=["orders.letters_of_claims.tell_of_brought"]),
    # orders: programs are told
    "MessagesGivenUp": Reactions(afterwards=["orders.letters_of_webhooks.tell_of_given_up"]),
    # orders: places closed for delivery
    "PlacesChanged": Reactions(afterwards=["orders.tasks.follow_places"]),
    "DeliveryStopped": Reactions(afterwards=["orders.letters_of_closures.send_stopped"]),
    "DeliveryResumed": Reactions(afterwards=["orders.letters_of_closures.send_resumed"]),
    "HolderStopped": Reactions(afterwards=["together.letters.send_group_stopped"]),
    "HolderResumed": Reactions(afterwards=["together.letters.send_group_resumed"]),
    # buying together
    "GroupConfirmed": Reactions(
        at_once=["together.actions.webhook.confirmed"],
        afterwards=["together.letters.send_group_confirmed", "together.letters.tell_team_of_group"],
    ),
    "GroupSent": Reactions(afterwards=["together.letters.send_group_sent"]),
    "GroupFellShort": Reactions(afterwards=["together.letters.send_group_fell_short"]),
    # the contest
    "SupportMovedAfterFreeze": Reactions(
        at_once=["contest.actions.adjustment.record"],
        afterwards=["contest.tasks.look_at_adjustments"],
    ),
    "RulebookNotFrozen": Reactions(afterwards=["contest.letters.tell_keepers_of_rulebook"]),
    "RoundPutOff": Reactions(afterwards=["contest.letters.tell_keepers_of_opening"]),
    "RegistrationMoved": Reactions(afterwards=["contest.letters.tell_team_of_registration"]),
    "AppealAnswered": Reactions(afterwards=["contest.letters.tell_team_of_appeal"]),
    "ReExaminationOpened": Reactions(afterwards=["contest.letters_of_results.tell_of_reexamination"]),
    "ResultPublished": Reactions(afterwards=["contest.letters_of_results.send_result"]),
    "ResultFinal": Reactions(afterwards=["contest.letters_of_results.send_final"]),
    "ObjectionFiled": Reactions(afterwards=["contest.letters_of_results.tell_of_objection"]),
    "ObjectionAnswered": Reactions(afterwards=["contest.letters_of_results.send_objection_answered"]),
    # those behind the goods
    "EntryHasFewHouseholds": Reactions(afterwards=["impact.tasks.tell_operators_of_few_households"]),
    # the contest
    "ImportUploaded": Reactions(afterwards=["contest.tasks.have_read"]),
    "ImportApplied": Reactions(afterwards=["contest.tasks.find_twins"]),
    "SheetsOpened": Reactions(afterwards=["contest.tasks.tell_of_opening"]),
    "GuestInvited": Reactions(afterwards=["contest.tasks.send_ceremony_invitation"]),
    "CaseDecided": Reactions(afterwards=["contest.letters_of_cases.send_case_decided"]),
    # the shelves
    "LotRecalled": Reactions(
        afterwards=[
            "orders.tasks.find_recalled",
            "together.tasks.find_recalled",
            "orders.letters.tell_team_of_recall",
        ]
    ),
    "RecallReached": Reactions(afterwards=["orders.tasks.apply_recall"]),
    "GroupRecalled": Reactions(afterwards=["together.letters.send_group_recalled"]),
    "GoodsRecalled": Reactions(afterwards=["orders.letters.send_recalled"]),
    "GoodsOutOfDate": Reactions(afterwards=["orders.letters_of_goods.send_out_of_date"]),
    "TeamHoldsOutOfDate": Reactions(afterwards=["orders.letters_of_goods.tell_team_out_of_date"]),
    "PaperRunsOut": Reactions(afterwards=["catalog.tasks.send_paper_runs_out"]),
    "ListingSheetMoved": Reactions(afterwards=["catalog.tasks.wake_for_sheets"]),
    # Recorded only where a search engine stands beside our own database.
    "SearchEntriesChanged": Reactions(afterwards=["catalog.tasks.feed_search"]),
    "NewsPublished": Reactions(
        afterwards=["orders.letters_of_news.address_buyers", "catalog.tasks.send_news_decided"],
    ),
    "NewsReturned": Reactions(afterwards=["catalog.tasks.send_news_decided"]),
    "ApplicationMoved": Reactions(afterwards=["catalog.letters_of_applications.send_application"]),
    "ManagerNamed": Reactions(afterwards=["catalog.tasks.send_manager_named"]),
    "ProductReviewed": Reactions(afterwards=["catalog.tasks.send_review"]),
}
