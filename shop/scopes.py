"""Which scope of a bearer token opens which root field, on one page.

Every root field stands here, one for herself alone under (): what did not would be closed to tokens.

READ shows what its person sees: her account, orders, groups. BUY fills a cart, places, pays, calls off, and joins or
leads a group. DESK does a team's work. What changes who she is or who may act for her (address, password, tokens,
invitations, erasure, taking all her data along) is for herself alone, signed in; so is what the office does.
"""

from core.api.scopes import ANY

READ, BUY, DESK = "read", "buy", "desk"


def _each(scopes: tuple[str, ...], names: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(names.split(), scopes)


SCOPES = {
    # Public: everybody is told the same. (A product's `preview` is its team's: it asks for what opens teamProduct; `node`
    # and `nodes` ask for what opens the root field of each thing.)
    **_each(
        (ANY,),
        "node nodes shop setUp publicRates formerProduct contest contestEntry board edition editionFaq integrityReport ceremonies ceremonyInvitation provenance reviews rating boughtTogether fromSameCounty inSeasonTogether productFaq team teams geographicalIndication brand place search searchSuggestions product products categories"
        " regions incident incidents"
        " sheetSeals rulebook rulebooks scoreExplained scoreCompared race rankIntervals roundResult",
    ),
    # One's own.
    **_each(
        (READ,),
        "viewer myLetters myQuestions myOrders myPurchases myGroupPurchases organisation organisations invitation",
    ),
    # An organisation's members and invitations are behind `organisation` alone, whatever leads to them.
    **_each((READ, BUY), "cart order orderGroup groupPurchase setAside"),
    **_each((READ, DESK), "myTeams goingLive"),
    **_each(
        (BUY,),
        "cartMerge cartLinesAdd cartAddOrder cartLineUpdate cartLineRemove cartAddressSave cartAddressRemove"
        " shipmentAddressChange cartUpdate cartCouponUse cartCouponLeave checkoutPlace buyNow paymentBegin"
        " orderCancel orderProve newsChoose orderInvoiceAsk standstillWait standstillRefund harvestChoose claimMake claimAccept claimDispute claimBring claimPhotosAdd replacementDelivered returnSend reviewWrite"
        " groupPurchaseOpen groupPurchaseJoin groupPurchaseCancel groupPurchaseDelivered seatCollect",
    ),
    **_each((BUY, DESK), "shipmentDelivered"),
    # A team's.
    **_each(
        (DESK,),
        "desk groupParcels householdDesk harvestDesk resultDesk objectionFile contestDesk registrationApply registrationWithdraw registrationAppealFile teamProduct teamProducts"
        " listingSheet listingSheetSave listingSheetDiscard productCreate productUpdate productSubmit productWithdraw productArchive productCopy variantSave variantPricesSave pictureUpdate pictureDelete"
        " certificateAdd certificateRemove teamUpdate leaderIntroduce lotDeclare lotOpen lotClose"
        " lotShareOut lotSharesCorrect shareCorrectionWithdraw newsDesk newsHandIn newsWithdraw teamInvoices teamStatement teamCoupons teamCouponMake teamCouponEnd householdPropose householdWithdraw householdRename shipmentShip shipmentPack shipmentNumberCorrect shipmentSendingUndo shipmentCameBack shipmentLost shipmentSplit"
        " shipmentsShip groupShip claimAnswer replacementShip replacementCallOff returnReceive",
    ),
    # Hers alone, signed in. (What moves money is asked for a code, which no program gives; a claim may be answered in words.)
    **_each(
        (),
        "sendsTexts numberTexted weChatSignIn weChatBegin signInWayEnd accountsJoin sessionEnd otherSessionsEnd refundRequest orderCallOff lotRecall harvestSetBack signUp signIn textCodeRequest lettersChoose orderLinkRequest signInByText numberCodeRequest numberAdd confirmCodeRequest signOut emailVerify passwordReset passwordResetRequest passwordChange emailChangeRequest"
        " emailChangeConfirm personUpdate personExport personErase personKeep addressSave addressDelete tokenCreate"
        " tokenRevoke deviceCodeRequest deviceCodeGive deviceProve secondFactorBegin secondFactorConfirm secondFactorGive secondFactorEnd recoveryCodesRenew"
        " wishKeep wishLeave newsSwitchOff engagementGive engagementRevoke referralLinkMake referralLinkRevoke"
        " invitationCreate invitationAccept invitationWithdraw membershipEnd membershipUpdate"
        " courses course lessonReadMark courseQuizAnswer organisationPropose editionQuestionAsk productQuestionAsk orderQuestionAsk shopQuestionAsk questionFollowUp myTeamApplications teamApplicationSave applicationPaperAdd applicationPaperRemove roleInvitation myRoleInvitations roleInvitationAccept shopSetUp shopUpdate shopTextsConfirm shopLetterSend shopLetterConfirm shopTextSend shopTextConfirm"
        " shopDesk messageHouse shopOpen paymentCheck paymentTrialBegin paymentTrialLook paymentTrialRefund"
        " teamWebhooks teamWebhookMake webhookUpdate webhookSecretTurn webhookEnd webhookTest webhookSendAgain"
        " firstParcel shippingRates shippingRateSave shippingRatesConfirm usualCategories categoriesPutUp categorySave",
    ),
    # The office's: a token lends a team's desk and no other role.
    **_each(
        (),
        "integrityDesk caseAppeal relatedPartyDeclare relatedPartyWithdraw caseDecide caseAnswer office parkedRelease newsApprove newsReturn listingApprove listingReturn listingSuspend listingResume refundRetry refundGive"
        " disputeDecide reviewHide orderFind synonymSave synonymRemove"
        " auditPersonFind accountFind accountClose accountOpenAgain accountSignOut accountSecondFactorEnd"
        " incidentOpen incidentUpdate incidentEnd placeClose placeOpen"
        " officeCorrections officeCorrection correctionOpen correctionApprove correctionRefuse teamOffice officeTeam householdOffice officeHousehold organisationOffice officeOrganisation contestOffice"
        " registrationOffice registrationInvite registrationCheck registrationDecline registrationApprove registrationSuspend"
        " registrationResume registrationDisqualify registrationAppealAnswer roundArrange stageSave stageRemove stageDraw"
        " editionArchive partnerSave partnerRemove targetSet"
        " organiserRound"
        " teamInvite teamInvitationWithdraw teamApplicationReturn teamApplicationAdmit teamCreate teamAmend teamSuspend teamResume leaderVerify leaderDecline teamMemberEnd teamMemberInvite"
        " householdDetailsOpen householdVerify householdDecline householdTakeOut householdNamesOpen householdFind"
        " organisationVerify organisationDecline organisationSuspend coordinatorName"
        " qualityOffice qualityCheck mediaOffice storyPublish logisticsOffice logisticsCheck womenOffice"
        " shopCouponMake shopCouponEnd shopWebhookMake taskSave taskFinish taskWaive taskReopen ceremonySave ceremonyInvite ceremonyLetIn ceremonyOpen courseSave courseLessonAdd courseQuestionAdd coursePartRemove coursePublish courseWithdraw"
        " questionAnswer questionPublish questionWithdraw"
        " editionCreate roundCreate roundTimesSet entryLetIn entryTakeOut"
        " conflictConfirm conflictWaive conflictName"
        " resultPublish resultSupersede entryPick objectionAnswer reExaminationDismiss"
        " awardPropose awardApprove awardWithdraw awardNoteAdd awardDeliver"
        " judgesDesk judgesDesks judgedEntry tiesDeclare tieDeclare sheetWrite"
        " rulebookDraft rulebookUpdate rulebookIndicatorAdd rulebookIndicatorRemove rulebookChoose rulebookFreeze"
        " outsideSourceCreate mappingPropose mappingApprove mappingWithdraw importApprove importRollBack importDiscard twinDecide"
        " roleInvitationSend roleInvitationWithdraw appointmentEnd",
    ),
}
