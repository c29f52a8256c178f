"""What a question is asked about."""

from django.db import models

from accounts.models import Question
from impact.models import Edition


class EditionQuestion(models.Model):
    """That a question is about an edition: its rules, its registration, its training."""

    question = models.OneToOneField(
        Question, on_delete=models.CASCADE, primary_key=True, related_name="of_edition"
    )
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="questions")

    def __str__(self) -> str:
        return f"{self.edition_id} {self.question_id}"
