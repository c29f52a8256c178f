"""What the office is told by the floors: what waits, and how letters are called."""

from core.language import say

# f(person) -> what of a floor waits for her to do (accounts/waiting.py).
WAITS = (
    "accounts.waiting.of_accounts",
    "accounts.questions.of_questions",
    "contest.reads.task.of_tasks",
    "catalog.reads.waiting.of_catalog",
    "orders.reads.waiting.of_orders",
    "impact.reads.waiting.of_impact",
    "contest.reads.waiting.of_judging",
    "contest.reads.waiting.of_contest",
)

# Each reaction that writes about an order, and to whom; an order's page in the office lists them.
LETTERS = {
    "orders.letters.send_confirmation": say("付款确认，给买家", "Paid, to the buyer"),
    "orders.letters.tell_teams": say("新订单，给团队", "A new order, to the teams"),
    "orders.letters.send_turned_away": say(
        "付款没有接受、正在退回，给买家", "A payment turned away, to the buyer"
    ),
    "orders.letters.send_refunded": say("已退款，给买家", "Given back, to the buyer"),
    "orders.letters.tell_teams_of_cancellation": say("不用再发，给团队", "Not to be sent, to the teams"),
    "orders.letters.send_address_code": say(
        "改地址的验证码，给买家", "A code to change an address, to the buyer"
    ),
    "orders.letters.send_order_link": say("订单链接，给买家", "The link to an order, to the buyer"),
    "orders.letters.send_address_changed": say("地址已改，给买家", "An address was changed, to the buyer"),
    "orders.letters.send_left_unpaid": say("还没付款，给买家", "Not paid yet, to the buyer"),
    "orders.letters.send_shipped": say("已发货，给买家", "Sent, to the buyer"),
    "orders.letters_of_parcels.send_corrected": say("运单号更正，给买家", "The right number, to the buyer"),
    "orders.letters_of_parcels.send_waits": say(
        "没发出或退回了，给买家", "Not sent after all or come back, to the buyer"
    ),
    "orders.letters_of_parcels.send_lost": say("快递丢件，给买家", "Lost by the carrier, to the buyer"),
    "orders.letters_of_parcels.send_split": say("分两个包裹发，给买家", "Sent in two parcels, to the buyer"),
    "orders.letters_of_setbacks.send_choice": say(
        "收成晚了或不够，给买家", "A harvest late or short, to the buyer"
    ),
    "orders.letters_of_setbacks.send_offered": say(
        "过了日子没发，给买家", "Not sent by its day, to the buyer"
    ),
    "orders.letters.send_delivered": say("已签收，给买家", "Delivered, to the buyer"),
    "orders.letters.send_recalled": say("商品召回，给买家", "Goods recalled, to the buyer"),
    "orders.letters.tell_team_of_claim": say("有售后，给团队", "A claim, to the team"),
    "orders.letters.send_claim_answered": say("售后答复，给买家", "A claim answered, to the buyer"),
    "orders.letters_of_claims.tell_team_of_dispute": say("买家不同意，给团队", "Not agreed to, to the team"),
    "orders.letters_of_claims.tell_of_brought": say(
        "请平台裁定，给运营和团队", "Brought before the shop, to operators and team"
    ),
    "orders.letters_of_claims.tell_team_to_replace": say("要补发，给团队", "To be replaced, to the team"),
    "orders.letters_of_claims.send_replaced": say("补发已寄出，给买家", "Replacement sent, to the buyer"),
    "orders.letters_of_claims.send_called_off": say(
        "补发不了，给买家", "Replacement called off, to the buyer"
    ),
    "orders.letters_of_returns.send_where_to": say(
        "寄回到哪里，给买家", "Where to send it back, to the buyer"
    ),
    "orders.letters_of_returns.send_label": say("快递标签有了，给买家", "The carrier’s label, to the buyer"),
    "orders.letters_of_returns.tell_team_of_sent": say("退货在途，给团队", "On its way back, to the team"),
    "orders.letters_of_returns.send_came": say("退货已收到，给买家", "The return came, to the buyer"),
    "orders.letters_of_returns.tell_of_end": say(
        "退货过了期限，给买家、团队和运营", "A return past its time, to buyer, team and operators"
    ),
    "orders.letters_of_numbers.tell_operators": say(
        "号码换了主人、还有包裹在路上，给运营", "Parcels that tell a number of somebody else, to operators"
    ),
    "orders.letters_of_claims.tell_team_of_decision": say("平台已裁定，给团队", "Decided, to the team"),
    "orders.letters_of_goods.send_out_of_date": say(
        "商品过期，给买家", "Goods past their date, to the buyer"
    ),
    "orders.letters_of_closures.send_stopped": say(
        "收货地暂停配送，给买家", "Its place is closed, to the buyer"
    ),
    "orders.letters_of_closures.send_resumed": say("恢复配送，给买家", "Its place is open, to the buyer"),
    "orders.letters_of_disputes.send_contested": say(
        "银行争议，给买家和团队", "A dispute, to buyer and teams"
    ),
    "orders.letters_of_disputes.send_decided": say("争议有结果，给买家", "A dispute decided, to the buyer"),
    "orders.letters_of_disputes.send_refund_failed": say(
        "退款没有成功，给买家或运营", "A refund failed, to buyer or operators"
    ),
    "orders.letters_of_disputes.tell_operators_of_dispute": say(
        "争议要人判断，给运营", "A dispute to decide, to operators"
    ),
    "orders.letters_of_disputes.tell_operators_of_refund": say(
        "支付方多退了款，给运营", "A refund that no order has left, to operators"
    ),
    "together.letters.send_group_stopped": say(
        "收货地暂停配送，给协调人", "Its place is closed, to the coordinator"
    ),
    "together.letters.send_group_resumed": say("恢复配送，给协调人", "Its place is open, to the coordinator"),
    "together.letters.send_held": say("已付款、等成团，给团员", "Paid and held, to the member"),
    "together.letters.send_refund_promised": say("会退款，给团员", "Refund promised, to the member"),
}
