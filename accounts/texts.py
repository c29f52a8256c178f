"""What a shop says of its rules until somebody has read and confirmed them, or written her own. Each says so itself."""

from core.language import Words, say

NAMES = ("after_sale", "terms", "privacy")
UNREVIEWED = say(
    "这是默认文本，本店尚未审阅确认。",
    "This is the default text. The shop has not yet read and confirmed it.",
)

DEFAULTS = {
    "after_sale": say(
        """收到后不对劲（坏果、少件、错货），请在商品页写明的时间内，从订单页点“有问题”，写一句话，最好附一张照片。团队会退款或说明原因。
发货前可以在订单页自己取消，全额退款，含运费。
退款原路退回，一般几个工作日到账。需要寄回的，请寄到本店公布的退货地址；因质量问题寄回的运费由本店承担。""",
        """If what arrives is wrong (spoilt, missing, mistaken), choose “Something is wrong” on the order’s page within the time told on the product’s page, write a line and best add a photo. The team refunds or gives its reason.
Until it is sent you can cancel on the order’s page and get everything back, shipping included.
A refund goes back the way it came, as a rule within a few working days. What has to be sent back goes to the return address told here; the shop pays for sending back what was faulty.""",
    ),
    "terms": say(
        """您在本店下单，就是和本店公示的经营主体订立买卖合同。价格以下单页为准，含税，运费单列。
付款成功，合同成立；货卖完了或送不到，我们全额退款并告诉您。
食品的产地、保质期、储存方式和生产者写在商品页上，由提供它的团队负责，本店审核后上架。
含酒精的商品只卖给成年人。
每笔钱的去向写在商品的价格组成里；“已记账”不等于“已收到”。
争议先协商；协商不成，可以向本店所在地的市场监管部门投诉，或向人民法院起诉。""",
        """By ordering here you make a contract of sale with the legal entity named on this page. Prices are those of the order page, with tax; shipping is told apart.
The contract is made when your payment has arrived; if the goods are gone or cannot be delivered we repay you in full and tell you.
Origin, best-before date, storage and producer of food are on the product’s page; the team that offers it answers for them, and the shop looks at each before it is listed.
Alcohol is sold to adults only.
What each fen pays for is told by the product’s price story; money set aside is not money received.
Disputes are talked over first; failing that you may turn to the market regulator where the shop is registered, or to a people’s court.""",
    ),
    "privacy": say(
        """处理您个人信息的是本店公示的经营主体。
我们为了把货送到、把账记清而保存：邮箱、收件人、电话、地址、订单。团队只看到发货要用的。付款在支付方的页面上完成，卡号不经过我们。
您可以在“我的”里查看、更正、下载全部资料，或注销账户。注销后订单的账留着，和您有关的字被抹去。
我们不做广告，不跟踪，不出售任何人的资料。有疑问请用本页的联系方式找我们。""",
        """The legal entity named by the shop is responsible for your personal data.
To deliver and to keep accounts we hold your e-mail, recipient, phone, address and orders. A team sees what it needs for sending. You pay on the provider’s page; no card number touches us.
Under “Account” you can see, correct and download everything, or delete the account. The accounts of your orders stay; what tells of you is erased.
No advertising, no tracking, nobody’s data is sold. Ask us by the contact told here.""",
    ),
}


def text_of(shop: object, name: str) -> Words:
    """One of the three texts in both languages: the shop's own, else the default. English falls back to Chinese
    where only Chinese was written."""
    zh, en = getattr(shop, f"{name}_zh"), getattr(shop, f"{name}_en")
    return Words(zh, en or zh) if zh else DEFAULTS[name]


def is_default(shop: object, name: str) -> bool:
    """Whether the shop has written nothing of its own."""
    return not getattr(shop, f"{name}_zh")
