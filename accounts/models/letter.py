"""The kinds of letters that a person is sent, by which she switches them off; and by what way they come."""

from core.choices import Choices
from core.language import say


class LetterKind(Choices):
    """What a letter is about. Those of money always come; each other kind comes until she switches it off, and news only
    once she has asked for it."""

    MONEY = (
        "money",
        say("付款、退款与安全", "Money and safety"),
        {
            "about": say(
                "付款、退款、银行争议、召回、您要的验证码和链接。这一类总会发。",
                "Payments, refunds, a bank’s disputes, recalls, and codes and links that you ask for. These always come.",
            )
        },
    )
    PARCELS = (
        "parcels",
        say("发货和签收", "Parcels"),
        {
            "about": say(
                "包裹发出了、签收了，收货地暂停或恢复配送。",
                "A parcel was sent, has arrived; deliveries to your place stand still or go on.",
            )
        },
    )
    ANSWERS = (
        "answers",
        say("答复", "Answers"),
        {
            "about": say(
                "团队答复了您的售后，本店回答了您的提问。",
                "A team has answered what you said was wrong, or the shop a question of yours.",
            )
        },
    )
    REMINDERS = (
        "reminders",
        say("还没付款的提醒", "Orders that wait"),
        {
            "about": say(
                "下了单没付款时，五分钟后提醒一次，说明保留到几点。",
                "Once, five minutes after an order that is not paid: until when it is kept for you.",
            )
        },
    )
    WISHES = (
        "wishes",
        say("到货和当季", "Back, and in season"),
        {
            "about": say(
                "您在心愿单里要我们写信的那几样，每样一次。",
                "What you asked for on your wish list, once each.",
            )
        },
    )
    NEWS = (
        "news",
        say("团队近况", "News from teams"),
        {
            "about": say(
                "您买过的团队写来的感谢和收成，运营人员看过才寄。不点就不寄；三十天里最多两封。",
                "Thanks, and how the harvest is, from teams you bought from, read by an operator first. None comes unless you "
                "say so; at most two in thirty days.",
            )
        },
    )


class LettersBy(Choices):
    """By what way she is told, where she has both; a text only of what is told by text."""

    MAIL = "mail", say("邮件", "By e-mail")
    TEXT = "text", say("短信", "By text")
