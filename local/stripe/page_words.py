"""The pay page's words in both languages, and its one stylesheet."""

from __future__ import annotations

import base64
import hashlib

WORDS = {
    "stand_in": ("支付替身，不动任何真钱", "Stand-in for payments, no real money"),
    "stand_in_more": (
        "这一页在本机上代替支付方。请勿输入真实卡号；真实卡号会被拒绝，也不会保存。",
        "This payment page runs on your own machine. Do not type a real card: it is refused and never kept.",
    ),
    "pay": ("支付", "Pay"),
    "to_pay": ("应付金额", "Amount due"),
    "what": ("本次购买", "What you are paying for"),
    "shipping": ("运费", "Shipping"),
    "total": ("合计", "Total"),
    "how": ("选择支付方式", "Choose how to pay"),
    "card": ("银行卡", "Card"),
    "alipay": ("支付宝", "Alipay"),
    "wechat_pay": ("微信支付", "WeChat Pay"),
    "number": ("卡号（测试卡）", "Card number (test card)"),
    "expiry": ("有效期（月/年）", "Expiry (MM/YY)"),
    "cvc": ("安全码", "Security code"),
    "pay_card": ("用银行卡支付 {amount}", "Pay {amount} by card"),
    "pay_alipay": ("用支付宝支付 {amount}", "Pay {amount} with Alipay"),
    "pay_wechat_pay": ("用微信支付 {amount}", "Pay {amount} with WeChat Pay"),
    "try": ("想看看别的结果？换一张测试卡：", "To see another outcome, take another test card:"),
    "good": ("支付成功", "Succeeds"),
    "declined": ("被拒绝", "Declined"),
    "poor": ("余额不足", "Insufficient funds"),
    "secure": ("需要验证", "Needs authentication"),
    "back": ("返回商店，暂不支付", "Back to the shop without paying"),
    "problem": ("没有付成", "The payment did not go through"),
    "again": (
        "您没有被扣款。可以重试，或换一种方式。",
        "You have not been charged. Try again, or pay another way.",
    ),
    "authorise_title": ("在{method}中确认付款", "Confirm in {method}"),
    "secure_title": ("发卡行验证", "Your bank asks you to confirm"),
    "authorise_more": (
        "在真实支付中，这一步会打开{method}。这里由您决定结果。",
        "In a real payment {method} would open here. On this page you decide what happens.",
    ),
    "authorise": ("确认付款", "Authorise the payment"),
    "fail": ("让付款失败", "Fail the payment"),
    "cancel": ("取消，返回上一页", "Cancel and go back"),
    "paid_title": ("已支付", "Paid"),
    "paid_more": ("这笔款项已经付清，不会再次扣款。", "This has been paid. You will not be charged again."),
    "onward": ("回到商店查看订单", "Back to the shop and your order"),
    "expired_title": ("支付页面已过期", "This payment page has expired"),
    "expired_more": (
        "您没有被扣款。请回到商店重新下单支付。",
        "You have not been charged. Go back to the shop to start again.",
    ),
    "stale_title": ("这一步已经过时", "This step is out of date"),
    "stale_more": (
        "这次付款已在别处继续或结束。",
        "This payment has gone on, or ended, in another window.",
    ),
    "to_pay_page": ("回到支付页面", "Back to the payment page"),
    "to_shop": ("回到商店", "Back to the shop"),
    "lost_title": ("没有这个支付页面", "There is no such payment page"),
    "lost_more": (
        "请回到商店，从订单再次进入支付。",
        "Go back to the shop and open the payment from your order.",
    ),
    "receipt": ("收据（替身）", "Receipt of the stand-in"),
    "bank": ("发卡行", "your bank"),
    "other_language": ("English", "中文"),
}
PROBLEMS = {
    "generic_decline": ("发卡行拒绝了这张卡。", "Your card was declined."),
    "insufficient_funds": ("卡内余额不足。", "Your card has insufficient funds."),
    "lost_card": ("发卡行拒绝了这张卡。", "Your card was declined."),
    "stolen_card": ("发卡行拒绝了这张卡。", "Your card was declined."),
    "card_velocity_exceeded": ("短时间内尝试次数过多。", "This card has been tried too often."),
    "expired_card": ("这张卡已过期。", "Your card has expired."),
    "incorrect_cvc": ("安全码不正确。", "Your card's security code is incorrect."),
    "processing_error": (
        "处理时出错，请稍后再试。",
        "Something went wrong at the bank. Try again in a little while.",
    ),
    "incorrect_number": ("卡号不正确。", "The card number is not correct."),
    "invalid_expiry_month": (
        "有效期请写作 月/年，例如 12/34。",
        "Write the expiry as month/year, for example 12/34.",
    ),
    "invalid_expiry_year": ("这个有效期已经过去。", "That expiry date is in the past."),
    "invalid_cvc": ("安全码是三到四位数字。", "The security code has three or four digits."),
    "test_mode_live_card": (
        "这里只接受测试卡，请用下面列出的卡号。",
        "Only test cards are accepted here: use one of those listed below.",
    ),
    "payment_intent_authentication_failure": (
        "发卡行的验证没有通过。",
        "Your bank could not confirm it was you.",
    ),
    "payment_intent_payment_attempt_failed": ("付款没有成功。", "The payment failed."),
}

STYLE = """
:root { --ink: #23302a; --paper: #fbf7ef; --line: #d9cfb8; --green: #2f6b4f; --red: #a8322d; --soft: #6a5a36;
  --wash: #efe6cf; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.65 system-ui, "PingFang SC",
  "Noto Sans CJK SC", sans-serif; }
.stand-in { background: var(--wash); border-bottom: 1px solid var(--line); padding: 10px 16px; text-align: center;
  font-weight: 600; }
.stand-in small { display: block; font-weight: 400; font-size: 14px; }
main { max-width: 480px; margin: 0 auto; padding: 16px 16px 48px; }
header { display: flex; justify-content: space-between; align-items: center; gap: 16px; }
h1, h2 { font-family: "Songti SC", "Noto Serif CJK SC", Georgia, serif; line-height: 1.35; margin: 0; }
h1 { font-size: 22px; } h2 { font-size: 18px; margin: 24px 0 8px; }
a { color: var(--green); display: inline-block; min-height: 44px; padding: 10px 0; }
.amount { font-size: 34px; font-weight: 600; font-variant-numeric: tabular-nums; margin: 0; }
table { width: 100%; border-collapse: collapse; }
td { padding: 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td:last-child { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; padding-left: 16px; }
tr:last-child td { border: 0; font-weight: 600; }
form { margin: 0 0 16px; }
fieldset { border: 1px solid var(--line); border-radius: 6px; background: #fff; padding: 12px 16px 16px; margin: 0; }
legend { font-weight: 600; padding: 0 4px; }
label { display: block; font-size: 14px; color: var(--soft); margin-top: 8px; }
input { width: 100%; min-height: 44px; font: inherit; padding: 8px 12px; border: 1px solid #8a8064;
  border-radius: 6px; background: #fff; color: var(--ink); font-variant-numeric: tabular-nums; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }
button { width: 100%; min-height: 48px; margin-top: 12px; font: inherit; font-weight: 600; border-radius: 6px;
  border: 1px solid var(--green); background: var(--green); color: #fff; cursor: pointer; padding: 8px 12px; }
button.plain { background: #fff; color: var(--green); }
button.harm { background: #fff; color: var(--red); border-color: var(--red); }
.tries { font-size: 14px; margin: 8px 0 0; } .tries summary { min-height: 44px; padding: 10px 0; cursor: pointer; }
.tries ul { list-style: none; margin: 0; padding: 0; }
.tries a { padding: 10px 0; }
.problem { border: 1px solid var(--red); border-left-width: 6px; border-radius: 6px; background: #fff;
  padding: 12px 16px; margin: 16px 0; } .problem strong { color: var(--red); }
:focus-visible { outline: 3px solid #3c6e8f; outline-offset: 2px; }
"""
STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


def say(name: str, language: str, **facts: str) -> str:
    zh, en = WORDS[name]
    return (zh if language == "zh" else en).format(**facts)


def problem(code: str, language: str) -> str:
    zh, en = PROBLEMS.get(code, PROBLEMS["generic_decline"])
    return zh if language == "zh" else en
