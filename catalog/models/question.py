"""What a question to a team is asked about."""

from django.db import models

from accounts.models import Question
from catalog.models.product import Product


class ProductQuestion(models.Model):
    """That a question is about a product: what is published of it is shown on the product's page."""

    question = models.OneToOneField(
        Question, on_delete=models.CASCADE, primary_key=True, related_name="of_product"
    )
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="questions")

    def __str__(self) -> str:
        return f"{self.product_id} {self.question_id}"
