"""What the API offers of the contest."""

from contest.api import (  # noqa: F401
    calendar,
    ceremony,
    committee,
    contest,
    edition,
    engagement,
    explained,
    importing,
    judging,
    office,
    organiser,
    question,
    registering,
    registration,
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
):
    """What may be done on this floor."""
