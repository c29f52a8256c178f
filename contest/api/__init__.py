"""What the API offers of the contest."""

from contest.api import (  # noqa: F401
    award,
    calendar,
    case_acts,
    cases,
    ceremony,
    committee,
    contest,
    edition,
    engagement,
    explained,
    importing,
    integrity,
    judging,
    objection,
    office,
    organiser,
    question,
    registering,
    registration,
    result,
    result_desk,
    rulebook,
    rules_desk,
    supporters,
    training,
    training_desk,
)


class Query(
    contest.Query,
    engagement.Query,
    edition.Query,
    office.Query,
    organiser.Query,
    registration.Query,
    question.Query,
    committee.Query,
    ceremony.Query,
    judging.Query,
    rulebook.Query,
    explained.Query,
    training.Query,
    result.Query,
    objection.Query,
    integrity.Query,
    cases.Query,
):
    """What may be read on this floor."""


class Mutation(
    importing.Mutation,
    engagement.Mutation,
    calendar.Mutation,
    edition.Mutation,
    office.Mutation,
    registering.Mutation,
    question.Mutation,
    committee.Mutation,
    ceremony.Mutation,
    judging.Mutation,
    rules_desk.Mutation,
    training.Mutation,
    training_desk.Mutation,
    result_desk.Mutation,
    objection.Mutation,
    award.Mutation,
    case_acts.Mutation,
):
    """What may be done on this floor."""
