"""Who may what in the office, as the rules say it: by hand, from what each role is for, and not from the shop's table.

A *door* is a root field of the API, or a field of the office; a *deed* is a mutation. What is not here a role has not,
beyond what anybody who is signed in has. `at_her_place` opens about what lies where the role is held; `shop` where it is
held for the whole shop alone. `words` are the private columns that she reads at her place (docs/data.md); what is
`of_herself` is about her own device and teams.
"""

from dataclasses import dataclass

from accounts.models.appointment import Role


@dataclass(frozen=True)
class Powers:
    """What a role opens."""

    doors: frozenset[str] = frozenset()
    shop_doors: frozenset[str] = frozenset()
    deeds: frozenset[str] = frozenset()
    shop_deeds: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    of_herself: frozenset[str] = frozenset()


def powers(
    doors: str = "",
    deeds: str = "",
    *,
    shop: str = "",
    shop_deeds: str = "",
    words: str = "",
    of_herself: str = "",
) -> Powers:
    """From lists of names."""
    lists = (doors, shop, deeds, shop_deeds, words, of_herself)
    return Powers(*(frozenset(names.split()) for names in lists))


# Of whom she works with: what stands about an appointment, and about an invitation to one.
PEOPLE = "office.people office.offers"
GIVES_ROLES = f"{PEOPLE} office.mayAppoint office.regionChoices office.subjectChoices"
NAMES_OF_PEOPLE = "Person.name Person.email RoleInvitation.email RoleInvitation.reason Appointment.reason Appointment.end_reason"
HOUSEHOLDS = "householdOffice officeHousehold officeCorrections officeCorrection office.waiting"
# A team that is not there yet, let in by whoever looks after its county.
ADMITS = "teamInvite teamInvitationWithdraw teamApplicationReturn teamApplicationAdmit"
OF_A_NEW_TEAM = "TeamApplication.email TeamApplication.phone TeamApplication.reason"
ORGANISATIONS = "organisationOffice officeOrganisation organisation organisations office.waiting"
DECIDES_ORGANISATIONS = "organisationVerify organisationDecline organisationSuspend"
APPOINTS = "roleInvitationSend roleInvitationWithdraw appointmentEnd deviceCodeGive"
ANY_STATE = "teamProduct product"  # a listing that is not on the shelf
CLOSES = "incidentOpen placeClose placeOpen"
SETS_TASKS = "taskSave taskFinish taskWaive taskReopen"
INVITES = "ceremonySave ceremonyInvite ceremonyLetIn ceremonyOpen"
TEACHES = "courseSave courseLessonAdd courseQuestionAdd coursePartRemove coursePublish courseWithdraw"
# (Here about an edition. A question to a team is answered by the same deeds at its desk: tests/web/test_questions_to_teams.py.)
ANSWERS = "questionAnswer questionPublish questionWithdraw"
# At a round's desk: of whoever imports results, and of whoever keeps it.
IMPORTED = (
    "organiserRound.imports organiserRound.mappings organiserRound.twins organiserRound.outsideSources"
    " organiserRound.outsideFormats organiserRound.mappable"
)
ROUND = (
    "contestOffice organiserRound organiserRound.entries organiserRound.mayEnter organiserRound.committee"
    f" organiserRound.registrations organiserRound.plan organiserRound.stages organiserRound.goingOn organiserRound.ceremonies organiserRound.rulebooks organiserRound.cases organiserRound.casesWaiting"
    f" organiserRound.results organiserRound.awards organiserRound.tasks organiserRound.stageLists {IMPORTED}"
)
COMMITTEE = "conflictConfirm conflictWaive conflictName caseDecide caseAnswer"
INVITED = "CeremonyGuest.name CeremonyGuest.body"
OF_A_COMMITTEE = "Judge.declared_ties Conflict.words Case.appeal Case.note Person.name Person.email RoleInvitation.email RoleInvitation.reason"
CONTEST = (
    "entryLetIn entryTakeOut roundTimesSet roundCreate roundArrange stageSave stageRemove stageDraw editionArchive partnerSave"
    " partnerRemove targetSet registrationInvite registrationDecline registrationApprove registrationSuspend"
    " registrationResume registrationDisqualify registrationAppealAnswer rulebookDraft rulebookUpdate"
    " rulebookIndicatorAdd rulebookIndicatorRemove rulebookChoose rulebookFreeze"
    " resultPublish resultSupersede entryPick objectionAnswer reExaminationDismiss awardPropose awardApprove awardWithdraw"
    " awardNoteAdd awardDeliver"
)
CHECKS_TEAMS = "registrationCheck registrationDecline"
APPEALS = "RegistrationAppeal.words RegistrationAppeal.answer"

# A team's desk.
DESK = "desk team.restReason team.logisticsChecks team.carrier"
VILLAGE = (
    "householdDesk newsDesk listingSheet goingLive teamProducts teamProduct product team.licenceNumber team.licenceExpiresOn team.sendsFrom team.returnsTo team.leader.isWoman team.leader.declineReason desk.products desk.claims"
    " desk.questions desk.parcels.nodes.lines.net desk.parcels.nodes.lines.refunded"
)
OF_ITS_PEOPLE = "team.people team.offers"
SENDS = "shipmentShip shipmentPack shipmentNumberCorrect shipmentSendingUndo shipmentCameBack shipmentLost shipmentSplit shipmentsShip replacementShip"
GROWS = (
    "certificateAdd certificateRemove pictureUpdate pictureDelete variantSave variantPricesSave listingSheetSave listingSheetDiscard lotDeclare lotOpen lotClose lotShareOut productUpdate"
    " productSubmit productWithdraw productArchive productCopy teamUpdate householdPropose householdWithdraw householdRename householdNamesOpen householdFind claimAnswer replacementCallOff newsHandIn newsWithdraw"
)
# At whose desk she works she is told before she has given a code: there she is asked for it.
HERS = "myTeams"
DEVICE = "deviceCodeRequest deviceProve"
ON_AN_INVOICE = "InvoiceWish.title InvoiceWish.tax_number"
ON_A_PARCEL = "Parcel.recipient Parcel.phone Parcel.street Parcel.gift_note Parcel.sender Order.note Parcel.carrier Parcel.tracking_number"
OF_A_VILLAGE = (
    "Household.uid Household.decline_reason Leader.decline_reason Claim.words Claim.answer ClaimReply.words Question.words"
    " Answer.words ShareCorrection.reason ShareCorrection.refusal"
)

RULE: dict[str, Powers] = {
    # Says who works here, and does none of the work.
    Role.OWNER: powers(GIVES_ROLES, f"{APPOINTS} teamMemberInvite teamMemberEnd", words=NAMES_OF_PEOPLE),
    # Runs the shop, or what lies at her place of it: all but what departments sign for.
    Role.OPERATOR: powers(
        f"{GIVES_ROLES} {HOUSEHOLDS} {ORGANISATIONS} {ANY_STATE} teamOffice officeTeam {ROUND}"
        " shippingRates office.audit office.listings office.news office.products office.product office.figures office.refunds office.disputes"
        " office.claims office.reviews office.order office.orders office.questions office.supporters office.applications",
        f"{APPOINTS} {ADMITS} {DECIDES_ORGANISATIONS} {CLOSES} {CONTEST} {COMMITTEE} {ANSWERS} {TEACHES} {INVITES} {SETS_TASKS} coordinatorName householdDetailsOpen householdVerify"
        " correctionOpen correctionApprove correctionRefuse"
        " householdDecline householdTakeOut orderFind orderCallOff refundRetry refundGive disputeDecide reviewHide claimAnswer refundRequest"
        " shippingRateSave teamCreate teamAmend teamSuspend teamResume leaderVerify leaderDecline listingApprove listingSuspend listingResume"
        " listingReturn newsApprove newsReturn lotRecall teamMemberInvite teamMemberEnd leaderIntroduce",
        shop="office.synonyms office.coupons office.webhooks office.parked office.alarms office.account firstParcel paymentCheck usualCategories shopDesk messageHouse setUp",
        shop_deeds="synonymSave synonymRemove accountFind accountClose accountOpenAgain accountSignOut accountSecondFactorEnd shippingRatesConfirm"
        " incidentUpdate incidentEnd paymentTrialBegin paymentTrialLook"
        " paymentTrialRefund shopOpen categoriesPutUp categorySave auditPersonFind parkedRelease shopUpdate"
        " shopTextsConfirm shopLetterSend shopLetterConfirm shopTextSend shopTextConfirm editionCreate shopCouponMake shopCouponEnd shopWebhookMake",
        words=f"{NAMES_OF_PEOPLE} {OF_A_COMMITTEE} {APPEALS} {INVITED} {ON_AN_INVOICE} {OF_A_NEW_TEAM} Claim.words Claim.answer ClaimReply.words Dispute.reason Dispute.status Household.uid"
        " Household.decline_reason ShareCorrection.reason ShareCorrection.refusal Leader.decline_reason Order.email Order.mobile Parcel.phone Parcel.recipient Parcel.street"
        " Order.note Payment.method Payment.payment_ref Question.words Answer.words PaymentTrial.url Refund.failure Refund.note Refund.otherwise"
        " Parcel.carrier Parcel.tracking_number",
    ),
    Role.COUNTY_VERIFIER: powers(
        f"{HOUSEHOLDS} registrationOffice office.applications",
        f"{ADMITS} householdDetailsOpen householdVerify householdDecline householdTakeOut correctionOpen correctionApprove correctionRefuse {CHECKS_TEAMS}",
        words=f"{OF_A_NEW_TEAM} Household.uid Household.decline_reason ShareCorrection.reason ShareCorrection.refusal",
    ),
    # A city looks on: listings, and figures; and checks which of its teams are fit for a contest.
    Role.CITY_OFFICER: powers(f"{ANY_STATE} office.figures office.waiting registrationOffice", CHECKS_TEAMS),
    # Agriculture: papers and quality.
    Role.QUALITY_CHECKER: powers(f"{ANY_STATE} qualityOffice office.waiting", "qualityCheck"),
    # Commerce: carriers, cold chain, what sending costs, roads that are closed.
    Role.LOGISTICS_CHECKER: powers(
        "logisticsOffice shippingRates office.waiting",
        f"logisticsCheck shippingRateSave {CLOSES}",
        shop_deeds="shippingRatesConfirm incidentUpdate incidentEnd",
        words="Parcel.carrier",
    ),
    # Unions verify unions.
    Role.UNION_VERIFIER: powers(ORGANISATIONS, DECIDES_ORGANISATIONS, words="Person.email"),
    # Figures only.
    Role.OBSERVER: powers("office.figures"),
    # The women's federation: teams led by women, and what they sold.
    Role.WOMENS_OFFICER: powers("womenOffice"),
    # What is made and approved comes with the money that is paid out; until then sums.
    Role.FINANCE_MAKER: powers("office.figures"),
    Role.FINANCE_APPROVER: powers("office.figures"),
    # Media: the stories of teams.
    Role.MEDIA_OFFICER: powers("mediaOffice", "storyPublish"),
    Role.ORGANISER: powers(
        f"{ROUND} office.questions office.supporters office.waiting",
        f"{CONTEST} {ANSWERS} {TEACHES} {INVITES} {SETS_TASKS} {COMMITTEE}",
        shop_deeds="editionCreate",
        words=f"Question.words Answer.words {OF_A_COMMITTEE} {APPEALS} {INVITED}",
    ),
    # Reads, and does nothing; whose trail a mailbox is, for the whole log alone.
    Role.AUDITOR: powers(
        f"{PEOPLE} office.regionChoices office.audit office.figures office.supporters contestOffice organiserRound"
        f" organiserRound.cases organiserRound.casesWaiting {IMPORTED}",
        shop_deeds="auditPersonFind",
        words=f"{NAMES_OF_PEOPLE} Case.appeal Case.note",
    ),
    # What she judges, and nothing of how others do.
    Role.JUDGE: powers("judgesDesk judgesDesks judgedEntry", "tiesDeclare tieDeclare sheetWrite"),
    # Results of outside platforms: one sends them in, another approves them.
    Role.IMPORTER: powers(
        f"contestOffice organiserRound {IMPORTED}",
        "outsideSourceCreate mappingPropose mappingWithdraw importDiscard twinDecide",
    ),
    Role.IMPORT_APPROVER: powers(
        f"contestOffice organiserRound {IMPORTED}",
        "mappingApprove mappingWithdraw importApprove importRollBack importDiscard twinDecide",
    ),
    # Roles whose work is not built yet open an office in which nothing is.
    **dict.fromkeys((Role.ENTRANT, Role.ORGANISATION_FINANCE), Powers()),
    # A team's manager does all of its work, and says who else does; its leader what is grown and told; its packer packs.
    Role.TEAM_MANAGER: powers(
        f"{DESK} {VILLAGE} {OF_ITS_PEOPLE} teamCoupons teamWebhooks teamInvoices teamStatement harvestDesk integrityDesk resultDesk contestDesk",
        f"{SENDS} {GROWS} caseAppeal relatedPartyDeclare relatedPartyWithdraw registrationApply registrationWithdraw registrationAppealFile lotRecall harvestSetBack leaderIntroduce teamMemberInvite teamMemberEnd refundRequest returnReceive deviceCodeGive objectionFile teamCouponMake teamCouponEnd teamWebhookMake webhookUpdate webhookSecretTurn webhookEnd webhookTest webhookSendAgain",
        words=f"{ON_A_PARCEL} {ON_AN_INVOICE} {OF_A_VILLAGE} Case.appeal {APPEALS} Person.name Person.email RoleInvitation.email RoleInvitation.reason",
        of_herself=HERS,
    ),
    Role.LEADER: powers(
        f"{DESK} {VILLAGE}",
        f"{SENDS} {GROWS} lotSharesCorrect shareCorrectionWithdraw",
        words=f"{ON_A_PARCEL} {OF_A_VILLAGE}",
        of_herself=f"{HERS} {DEVICE}",
    ),
    Role.PACKER: powers(DESK, SENDS, words=ON_A_PARCEL, of_herself=f"{HERS} {DEVICE}"),
}
# Deeds about nothing that lies anywhere yet, and what finds nothing elsewhere: for whoever may at any place.
OF_NO_PLACE = {"incidentOpen", "orderFind"}
# What names a thing by a word that people write: elsewhere it is answered as a word that names none.
BY_NAME = {"shippingRateSave": {"INVALID"}}
# Her own password comes before any way or session is looked for.
BY_NAME |= dict.fromkeys(("signInWayEnd", "sessionEnd"), {"INVALID"})
# About what anybody reads in public: to whom it is not hers elsewhere, that may be said.
IN_PUBLIC = {"placeClose", "placeOpen"}
AT_A_DESK = {Role.TEAM_MANAGER, Role.LEADER, Role.PACKER}
# Whoever holds a role of the office finds there what she is appointed to.
OFFICE_ROOM = {"office.permissions", "office.appointments"}

# The page of each door, by the name of its address; "#" stands where the id of a thing is.
PAGES = {
    "office": "office.permissions",
    "office_listings": "office.listings",
    "office_listing#product": "office.product",
    "office_news": "office.news",
    "office_refunds": "office.refunds",
    "office_disputes": "office.disputes",
    "office_claims": "office.claims",
    "office_reviews": "office.reviews",
    "office_parked": "office.parked",
    "office_synonyms": "office.synonyms",
    "office_figures": "office.figures",
    "office_coupons": "office.coupons",
    "office_webhooks": "office.webhooks",
    "office_invoices": "office.invoicesMissing",
    "office_supporters": "office.supporters",
    "office_audit": "office.audit",
    "office_people": "office.people",
    "office_orders": "office.orders",
    "office_order#order": "office.order",
    "office_teams": "teamOffice",
    "office_team#team": "officeTeam",
    "office_applications": "office.applications",
    "office_households": "householdOffice",
    "office_household#household": "officeHousehold",
    "office_correction#correction": "officeCorrection",
    "office_organisations": "organisationOffice",
    "office_organisation#organisation": "officeOrganisation",
    "organiser": "contestOffice",
    "office_registrations": "registrationOffice",
    "organiser_calendar#round": "organiserRound.plan",
    "organiser_entries#round": "organiserRound.registrations",
    "organiser_imports#round": "organiserRound.imports",
    "organiser_judging#round": "organiserRound.committee",
    "organiser_rules#round": "organiserRound.rulebooks",
    "organiser_integrity#round": "organiserRound.cases",
    "organiser_results#round": "organiserRound.results",
    "organiser_tasks#round": "organiserRound.tasks",
    "organiser_ceremony#round": "organiserRound.ceremonies",
    "judge": "judgesDesks",
    "judge_desk#round": "judgesDesk",
    "judge_entry#judged": "judgedEntry",
    "office_quality": "qualityOffice",
    "office_logistics": "logisticsOffice",
    "office_women": "womenOffice",
    "office_media": "mediaOffice",
    "set_up_shipping": "shippingRates",
}
