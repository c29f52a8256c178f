"""What columns are called in the operators' rooms, in both languages and with their units.

By the field's name, which says the same in every table. Amounts end in `_minor` and are shown in yuan; where one is
typed it is typed in fen, and its name says so.
"""

from collections.abc import Iterable

from django.db.models import Field
from django.utils.functional import lazystr

from core.language import Words, say

_NAMES = """
actor 谁做的 who
after_sale_hours 售后期（小时） claims, hours
after_sale_until 售后截止 claims until
allergens 致敏物质 allergens
amount_minor 金额 amount
answer 答复 answer
answered_at 答复时间 answered at
answered_by 谁答复的 answered by
approved_at 通过时间 approved at
approved_price_minor 核定价 approved price
are_people_exact 人数精确 people exact
are_times_exact 人次精确 person-times exact
asked_at 上次查询 last asked
at 时间 at
attempt 第几次 attempt
best_before 保质期至 best before
by 任命人 by
called_minor 动员金额 amount mobilised
came_back_at 快递退回时间 came back at
carbohydrate_tenths 碳水化合物（0.1 克） carbohydrate (0.1 g)
carrier 承运公司 carrier
category 类别 category
changes_state 待看改动 changes
channel 渠道 channel
checked_at 上次查询 last asked
closed_at 结束时间 closed at
closes_at 截止 closes at
code 代码 code
comment 留言 comment
consented_at 同意时间 consented at
coordinator 协调人 coordinator
county 县 county
created_at 创建时间 created at
currency 币种 currency
day 日期 day
days_a_person 每人最多天数 days a person
decision 决定 decision
decline_reason 未通过原因 why declined
declined_at 未通过时间 declined at
deed 做了什么 deed
delivered_at 签收时间 delivered at
discount_minor 券减 off by a coupon
dispatch_days 发货天数 days to dispatch
disputed_minor 银行已给 given by the bank
division 市州 division
due_at 答复截止 answer by
edition 赛事 edition
effect 结果 effect
email 邮箱 e-mail
email_verified_at 邮箱验证时间 e-mail confirmed at
end_reason 结束原因 why it ended
ended_at 结束时间 ended at
ended_by 由谁结束 ended by
ends_at 结束时间 ends at
energy_kj 能量（千焦） energy (kJ)
entry 参赛团队 entry
erased_at 注销时间 erased at
event_id 通知编号 id of the notice
excluded_minor 不计入金额 amount not counted
exclusion 不计入原因 why not counted
expires_at 到期时间 expires at
expires_on 到期日 expires on
facts 详情 facts
failure 失败原因 failure
fat_tenths 脂肪（0.1 克） fat (0.1 g)
fewer_since 不足起始日 fewer since
first_grams 首重（克） first weight (g)
first_minor 首重价 price of the first weight
folded_at 计入时间 counted at
freezes_at 冻结时间 freezes at
given_minor 先前已给 given before
goods_minor 商品金额 goods
grams 重量（克） weight (g)
group 团购 group purchase
handled_at 处理时间 handled at
harvest_from 采收开始 harvest from
harvest_to 采收结束 harvest to
has_no_allergens 八类致敏物质都没有 none of the eight allergens
held_mobilised_minor 停住时动员金额 amount mobilised when it stood still
held_net_minor 停住时金额 amount when it stood still
held_number 停住时序号 number when it stood still
held_since 停住起始日 stands still since
holder 持有方 holder
household 农户 household
id 编号 number
illustration 插图 illustration
ingredients_en 配料（英文） ingredients (English)
ingredients_zh 配料（中文） ingredients (Chinese)
introduced_at 介绍时间 introduced at
introduced_by 谁介绍的 introduced by
is_active 有效 active
is_final 最终 final
is_hidden 已隐藏 hidden
is_kept 已入账 kept
is_known_person 已知是谁 known person
is_offered 在售 on offer
is_own_call 自己动员 own call
is_presumed 推定已到 taken as arrived
is_refundable 可退款 refundable
is_served 配送 delivered there
is_waiting 待审核 waits to be looked at
is_woman 女性 a woman
issued_on 签发日 issued on
issuer_zh 签发方（中文） issuer (Chinese)
join_code 参团码 joining code
joined_at 加入时间 joined at
key 唯一键 key
kind 类型 kind
language 语言 language
last_login 上次登录 last sign-in
level 级别 level
licence_expires_on 许可证有效期到 licence good until
licence_number 许可证号 licence
line 订单行 order line
linking_en 怎么带动农户（英文） how households gain (English)
linking_zh 怎么带动农户（中文） how households gain (Chinese)
lost_at 丢件时间 lost at
lost_minor 银行拿走 taken by the bank
lot 批次 lot
lot_number 批次内序号 number in the lot
made_at 生成时间 made at
maximum_units 最多份数 most units
may_contain 可能含有 may contain
method 支付方式 method
minimum_units 最少份数 fewest units
mobile 短信号码 number texted
mobilised_minor 动员金额 amount mobilised
mobiliser_code 动员码 mobiliser’s code
mobiliser_organisation 动员组织 mobilising organisation
mobiliser_person 动员人 mobilising person
name 名称 name
name_en 名称（英文） name (English)
name_zh 名称（中文） name (Chinese)
net_content 净含量 net content
net_minor 净额 net amount
nickname 昵称 nickname
note 备注 note
noun 对象 noun
number 编号 number
nutrition_per 营养成分按 nutrition, of
object_id 支付方编号 the provider’s id
object_uid 对象编号 id of the object
opened_at 开始时间 opened at
opens_at 开始 opens at
order 订单 order
order_uid 订单编号 id of the order
ordinal 届次 ordinal
organisation 组织 organisation
organisations 组织数 organisations
origin 产地 origin
otherwise 别的退法 given in another way
out_reason 退出原因 why out
page_ref 支付方页面编号 the provider’s page
paid_at 付款时间 paid at
parcel 包裹 parcel
parent 上级 parent
part 组成 part
payment 付款 payment
payment_ref 支付方付款编号 the provider’s payment
people 人数 people
person 用户 person
person_key 人员哈希 hash of the person
person_times 人次 person-times
phone 电话 phone
photo 照片 photo
place_zh 产地（中文） place (Chinese)
placed_at 下单时间 placed at
position 次序 position
price_from_minor 起价 price from
price_minor 单价 price
producer_en 生产者（英文） producer (English)
producer_zh 生产者（中文） producer (Chinese)
product 商品 product
proposed_by 提交人 proposed by
protein_tenths 蛋白质（0.1 克） protein (0.1 g)
provider 支付方 provider
provider_id 支付方编号 the provider’s id
published_at 上架时间 published at
purpose 用途 purpose
reader 查看人 reader
reason 原因 reason
received_at 收到时间 received at
received_minor 实收 received
recipient 收件人 recipient
refund 退款 refund
refunded_minor 已退 refunded
region 地区 region
request_id 请求编号 request
requested_at 申请时间 requested at
requested_by 申请人 requested by
reserved_until 保留至 reserved until
remarks 对各处的意见 remarks on parts
rest_reason 停用原因 why suspended
retry_at 再试时间 tried again at
return_rule_zh 退换规则（中文） returns (Chinese)
returned_at 退回来的时间 came back at
returns_to 退货地址 returns to
reviewer 审核人 reviewer
revoked_at 吊销时间 revoked at
role 角色 role
round 赛段 round
scopes 权限 scopes
season_months 上市月份 months of the season
sends_from 发货地址 sends from
sessions_ended_at 会话结束时间 sessions ended at
settled_at 完成时间 settled at
shelf_life_days 保质期（天） keeps, days
ship_by 最迟发货 send by
shipped_at 发货时间 sent at
shipping_minor 运费 sending
slug 网址名 address
sodium_mg 钠（毫克） sodium (mg)
source 从 from
stars 星级 stars
started_at 开始时间 started at
starts_at 开始时间 starts at
state 状态 state
state_reason 暂停或未通过原因 why declined or suspended
status 支付方状态 the provider’s status
step_grams 续重（克） further weight (g)
step_minor 续重价 price of a further weight
storage 储运 storage
storage_advice_zh 储存方法（中文） how to keep it (Chinese)
story 价格构成 price story
story_en 故事（英文） story (English)
story_zh 故事（中文） story (Chinese)
street 街道门牌 street
subject 团队或届次 team or edition
submitted_at 提交时间 submitted at
subsidy_minor 本店付的 paid by the shop
succeeded_at 到账时间 arrived at
summary_en 简介（英文） summary (English)
summary_zh 简介（中文） summary (Chinese)
supporter 支持者类别 kind of supporter
target 到 to
team 团队 team
tens 按十取整 in tens
theme_en 主题（英文） theme (English)
theme_zh 主题（中文） theme (Chinese)
title 标题 title
total_minor 总额 total
tracking_number 运单号 tracking number
traded_at 交易时钟下单 placed, by the trade’s clock
transaction 账目 transaction
tries 尝试次数 tries
uid 唯一编号 id
units_available 可售份数 units available
units_declared 申报份数 units declared
units_held 已付份数 units paid
units_replaced 补发份数 units replaced
units_reserved 未付份数 units not paid yet
units_restocked 退回份数 units back on the shelf
units_returned 已退份数 units given back
units_sold 已售份数 units sold
variant 规格 variant
verified_at 核实时间 verified at
verified_by 核实人 verified by
village_en 村（英文） village (English)
village_zh 村（中文） village (Chinese)
why 依据 why
words 内容 words
written_at 写于 written at
written_version 写到的版本 version last written
"""


def _read() -> dict[str, Words]:
    rows = (row.split(" ", 2) for row in _NAMES.strip().splitlines())
    return {name: say(zh, en) for name, zh, en in rows}


COLUMNS = _read()
_FEN = {
    name: say(f"{words.zh}（分）", f"{words.en} (fen)")
    for name, words in COLUMNS.items()
    if name.endswith("_minor")
}


def name_columns(fields: Iterable[Field]) -> None:
    """Call these as a person would. Only what is shown changes: migrations know a field by what its model says."""
    for field in fields:
        if words := _FEN.get(field.name) or COLUMNS.get(field.name):
            field.verbose_name = lazystr(words)
