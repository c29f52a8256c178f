"""What has happened in the demo's country: one flood, over by now, so that the page of incidents has something to tell."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Person
from orders.actions import closure
from orders.models import Incident


def one_that_is_over(by: Person) -> Incident:
    """A county was closed for fresh goods for some days, and is open again."""
    begins = timezone.now() - timedelta(days=9)
    flood = closure.open_incident(
        by,
        begins_at=begins,
        title_zh="示例：秭归山洪，部分道路中断",
        title_en="Demo: a flash flood in Zigui cuts some roads",
        words_zh="示例数据，没有真的发生。暴雨后山路中断，鲜货会在路上坏掉，所以先停；干货绕行照送。",
        words_en=(
            "Made up for the demo. After heavy rain the mountain roads were cut. Fresh goods would have spoilt on the "
            "way and were held; dry goods took another road."
        ),
    )
    closure.close_place(
        flood,
        by,
        region_code="420527",
        storage="fresh",
        begins_at=begins,
        reason_zh="示例：山路中断",
        reason_en="Demo: the mountain roads are cut",
    )
    return closure.end_incident(flood, by)
