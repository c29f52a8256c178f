"""Who was written to of what a team tells its buyers."""

from django.conf import settings
from django.db import models

from catalog.models import TeamNews
from orders.models.order import Order


class NewsLetter(models.Model):
    """That somebody was written to of a team's news: once, by the purchase for which she is told, and never more often than
    she was promised. Of her mailbox a keyed number stands here, by which the next one is counted."""

    news = models.ForeignKey(TeamNews, on_delete=models.CASCADE, related_name="letters", db_index=False)
    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="+", help_text="the purchase for which she is told"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        help_text="null of a guest, whose order is proved hers",
    )
    mailbox = models.BigIntegerField(help_text="a keyed number of where it goes (orders.marks)")
    addressed_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["news", "mailbox"], name="one_letter_of_a_news"),
        ]
        indexes = [models.Index(fields=["mailbox", "addressed_at"], name="news_letters_of_a_mailbox")]

    def __str__(self) -> str:
        return f"{self.news_id} {self.order_id}"
