"""What a question about buying is asked about."""

from django.db import models

from accounts.models import Question
from orders.models.order import Order


class OrderQuestion(models.Model):
    """That a question is about an order: to one of its teams, or to the shop."""

    question = models.OneToOneField(
        Question, on_delete=models.CASCADE, primary_key=True, related_name="of_order"
    )
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="questions")

    def __str__(self) -> str:
        return f"{self.order_id} {self.question_id}"
