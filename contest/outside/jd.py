"""Statements of JD crowdfunding: its own titles, and refunds as negative figures."""

from contest.outside.plain import Plain
from core.language import say


class JD(Plain):
    """As its merchants' pages export them; sheets that write `(50)` for −50 are read too."""

    name = "jd"
    words = say("众筹平台（退款为负数）", "Crowdfunding platform (refunds are negative)")
    refunds_are_negative = True
    titles = {
        "project": ("众筹项目ID", "项目ID"),
        "order": ("订单号", "订单ID"),
        "line": ("子单序号", "商品行"),
        "paid_at": ("支付时间", "支持时间"),
        "day": ("统计日期",),
        "quantity": ("支持份数", "份数"),
        "amount": ("支持金额", "实付金额", "支持金额（元）"),
        "refund": ("退款", "退款金额（元）"),
        "status": ("订单状态",),
        "payer": ("支持者ID", "用户ID"),
        "province": ("收货省份", "省"),
        "referrer": ("来源", "渠道来源"),
        "external_ref": ("外部单号", "商家单号"),
        "supports": ("支持次数", "支持人数"),
        "likes": ("红心数", "点赞"),
    }
