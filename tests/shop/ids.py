"""A true id of something in the town for each input that asks for one, floor by floor: by its name, or by `mutation.name`."""

from typing import Any

from accounts.models import Invitation
from catalog.models import Synonym
from core.api.ids import global_id
from core.api.run import graphql_schema
from orders.models import Claim, Replacement, ReturnParcel, Review
from together.models import Seat


def ids_of(town: Any) -> dict[str, str]:
    """All of them; where a mutation is of a kind and asks for a plain `id`, a row of that kind."""
    floors = (_of_accounts, _of_catalog, _of_orders, _of_together, _of_households, _of_contest, _of_committee)
    found: dict[str, str] = {}
    for floor in floors:
        found |= floor(town)
    product = town.unsold.variant.product
    of_kind = {
        "course": town.course,
        "product": product,
        "lot": town.unsold,
        "household": town.household,
        "address": town.address,
        "organisation": town.proposed,
        "membership": town.together.union.memberships.first(),
    }
    for kind, row in of_kind.items():
        for act in graphql_schema().mutation_type.fields:
            if act.startswith(kind):
                found.setdefault(f"{act}.id", global_id(type(row).__name__, row.uid))
    return found


def _each(acts: str, id: str) -> dict[str, str]:
    return dict.fromkeys(acts.split(), id)


def _of_accounts(town: Any) -> dict[str, str]:
    manager, union = town.sold.managers[0].person, town.together.union
    return {
        **_each(
            "accountClose.id accountOpenAgain.id accountSignOut.id accountSecondFactorEnd.id",
            global_id("Person", manager.uid),
        ),
        "questionId": global_id("Question", town.question.uid),
        **_each("organisationId organisation", global_id("Organisation", union.uid)),
        "parent": global_id("Organisation", town.proposed.uid),
        "tokenRevoke.id": global_id("ApiToken", town.token.uid),
        "sessionEnd.id": global_id("OpenSession", manager.open_sessions.earliest("pk").uid),
        "signInWayEnd.id": global_id("SignInWay", manager.ways.get().uid),
        "invitationWithdraw.id": global_id("Invitation", Invitation.objects.get(organisation=union).uid),
        "roleInvitationWithdraw.id": global_id("RoleInvitation", town.offer.uid),
        **_each("appointmentId appointmentEnd.id", global_id("Appointment", town.appointment.uid)),
        "teamMemberEnd.member": global_id("Appointment", manager.appointments.get().uid),
    }


def _of_catalog(town: Any) -> dict[str, str]:
    lot = town.unsold
    product = lot.variant.product
    return {
        "product": global_id("Product", product.uid),
        **_each(
            "listingApprove.id listingReturn.id listingSuspend.id listingResume.id",
            global_id("Product", product.uid),
        ),
        **_each("variantId variant variantSave.id", global_id("Variant", lot.variant.uid)),
        **_each(
            "team teamUpdate.id teamAmend.id teamSuspend.id teamResume.id",
            global_id("Team", product.team.uid),
        ),
        **_each("lot lotId", global_id("Lot", lot.uid)),
        **_each("newsWithdraw.id newsApprove.id newsReturn.id", global_id("DeskNews", town.news.uid)),
        **_each(
            "teamInvitationWithdraw.id teamApplicationSave.id teamApplicationReturn.id teamApplicationAdmit.id applicationPaperAdd.id",
            global_id("TeamApplication", town.application.uid),
        ),
        "applicationPaperRemove.id": global_id("ApplicationPaper", town.application_paper.uid),
        **_each("listingSheetSave.id listingSheetDiscard.id", global_id("ListingSheet", town.sheet.uid)),
        **_each("pictureUpdate.id pictureDelete.id", global_id("Picture", town.photo.uid)),
        "certificateRemove.id": global_id("Certificate", town.paper.uid),
        **_each("synonymSave.id synonymRemove.id", global_id("Synonym", Synonym.objects.earliest("id").uid)),
    }


def _of_orders(town: Any) -> dict[str, str]:
    return {
        "cartId": town.cart["id"],
        **_each("cartLineUpdate.lineId cartLineRemove.lineId", town.cart["lines"][0]["id"]),
        "lineId": town.sold.line_id(),
        "addressId": global_id("CartAddress", town.friend.uid),
        "shipmentId": town.sold.parcel_id(1),
        "stays": town.sold.line_id(1),
        "choiceId": global_id("SetbackChoice", town.choice.uid),
        "replacementId": global_id(
            "Replacement", Replacement.objects.get(claim__line__order=town.sold.row).uid
        ),
        "returnId": global_id("ReturnParcel", ReturnParcel.objects.get(claim__line__order=town.sold.row).uid),
        "claimId": global_id("Claim", Claim.objects.get(line__order=town.sold.row).uid),
        **_each("paymentTrialLook.id paymentTrialRefund.id", global_id("PaymentTrial", town.trial.uid)),
        "refundId": global_id("Refund", town.failed.uid),
        "incidentId": global_id("Incident", town.closure.incident.uid),
        "closureId": global_id("Closure", town.closure.uid),
        "disputeId": global_id("Dispute", town.dispute.uid),
        "shopCouponEnd.id": global_id("Coupon", town.coupons[0].uid),
        "teamCouponEnd.id": global_id("Coupon", town.coupons[1].uid),
        **_each(
            "webhookUpdate.id webhookSecretTurn.id webhookEnd.id webhookTest.id",
            global_id("Webhook", town.webhook.uid),
        ),
        "webhookSendAgain.id": global_id("WebhookMessage", town.webhook.messages.earliest("id").uid),
        "wishLeave.id": global_id("Wish", town.wish.uid),
        "reviewId": global_id("Review", Review.objects.get(line__order=town.sold.row).uid),
    }


def _of_together(town: Any) -> dict[str, str]:
    group = town.together.row
    seat = Seat.objects.filter(group=group).first()
    assert seat
    return {"groupId": global_id("GroupPurchase", group.uid), "seatId": global_id("Seat", seat.uid)}


def _of_households(town: Any) -> dict[str, str]:
    return {
        "household": global_id("Household", town.household.uid),
        "correction": global_id("OfficeCorrection", town.correction.uid),
        "shareCorrectionWithdraw.id": global_id("ShareCorrection", town.correction.uid),
        **_each(
            "correctionOpen.id correctionApprove.id correctionRefuse.id",
            global_id("OfficeCorrection", town.correction.uid),
        ),
        **_each(
            "householdVerify.id householdDecline.id householdDetailsOpen.id householdTakeOut.id",
            global_id("OfficeHousehold", town.household.uid),
        ),
    }


def _of_contest(town: Any) -> dict[str, str]:
    """Its calendar, its teams, what is learnt for it, and what platforms tell."""
    edition, registered = town.entry.round.edition, global_id("Registration", town.registration.uid)
    deeds = "Check Decline Approve Withdraw Suspend Resume Disqualify AppealFile"
    ceremony = global_id("OrganiserCeremony", town.ceremony.uid)
    return {
        "editionSlug": edition.slug,
        "edition": global_id("OfficeEdition", edition.uid),
        **_each("round opens into", global_id("Round", f"{edition.slug}/provincial/")),
        "entry": global_id("OrganiserEntry", town.entry.uid),
        "entryId": global_id("Entry", town.entry.uid),
        "entryNumber": town.entry.number,
        **{f"registration{deed}.id": registered for deed in deeds.split()},
        "appeal": global_id("RegistrationAppeal", town.appeal.uid),
        "partner": global_id("Partner", town.partner.uid),
        "task": global_id("Task", town.task.uid),
        **_each("ceremony ceremonySave.id", ceremony),
        "course": global_id("Course", town.course.uid),
        "coursePublish.course": global_id("Course", town.draft_course.uid),
        "lesson": global_id("Lesson", town.course.lessons.get().uid),
        "item": global_id("QuizItem", town.course.quiz.get().uid),
        "source": global_id("OutsideSource", town.mapping.source.uid),
        "mapping": global_id("ProjectMapping", town.mapping.uid),
        "batch": global_id("ImportBatch", town.statement.uid),
        "twin": global_id("TwinSale", town.twin.uid),
    }


def _of_committee(town: Any) -> dict[str, str]:
    """What is judged of the contest: rules, marks, cases, results."""
    entry = town.entry.uid
    return {
        "rulebook": global_id("Rulebook", town.rules.uid),
        "judge": global_id("Judge", town.tie.judge.uid),
        "conflict": global_id("JudgeConflict", town.tie.uid),
        **_each("tieDeclare.entry sheetWrite.entry", global_id("JudgedEntry", entry)),
        "case": global_id("Case", town.case.uid),
        "caseAppeal.case": global_id("EntrantCase", town.case.uid),
        "relatedPartyDeclare.entry": global_id("EntrantEntry", entry),
        "relatedPartyWithdraw.id": global_id("RelatedParty", town.near.uid),
        "objectionFile.entry": global_id("OwnEntry", entry),
        "objection": global_id("Objection", town.objection.uid),
        "reexamination": global_id("ReExamination", town.reexamination.uid),
        "award": global_id("Award", town.award.uid),
    }
