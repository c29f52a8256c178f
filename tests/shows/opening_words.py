"""What the pages of an opening say, and how they say it in English."""

ENGLISH = {
    # entering
    "邮箱": "E-mail", "怎么称呼您": "Your name", "密码": "Password", "开始": "Begin", "注册": "Open",
    "确认并登录": "Confirm and sign in", "看一看，接受": "Look at it and accept", "接受": "Accept",
    "您的密码": "Your password", "开始设置": "Set it up", "六位验证码": "Six digits", "恢复码已经记下来了": "I have written",
    "完成设置": "Finish", "验证码": "Code", "继续": "Go on",
    # setting up
    "开张": "Open the shop", "看过一遍的运费表": "Shipping rates that you have gone through", "保存": "Save",
    "售后、条款和隐私还是没审阅过的默认文本": "Returns, terms and privacy are the unreviewed defaults",
    "下一步：店名": "Next: Name", "下一步：售后": "Next: Returns", "下一步：试发一封邮件": "Next: Try the mail",
    "下一步：试收一笔款": "Next: Try the payments", "下一步：送到哪里": "Next: Where to", "下一步：货架分类": "Next: Categories",
    "店名": "Name, in Chinese", "店名（英文）": "Name, in English", "经营主体": "Legal entity", "电话": "Phone",
    "退货地址": "Return address", "我读过全部三份": "I have read all three", "确认这些文本": "Confirm these texts",
    "发测试信": "Send the letter", "信里的码": "The code in the letter", "收到了": "It has come", "试付一笔": "Make a test payment",
    "问支付方现在怎样": "Ask how it stands", "退回": "Give it back", "已付，已退回": "Paid, and given back",
    "好了，回到各步骤": "Done: all steps", "看过了，就按这些": "These are right", "加上勾选的": "Put these up",
    "都齐了": "All is there", "卖出第一个包裹": "To the first parcel", "寄出第一个包裹": "Send the first parcel",
    "支付是替身：这里不动任何真钱。": "Payments are a stand-in: no money moves here.",
    # the office
    "建一个团队": "Set", "省份": "Province", "下一步": "Next", "区县": "County", "代号": "Code", "名称": "Name in Chinese",
    "名称（英文）": "Name in English", "村": "Village, in Chinese", "建立": "Set it up", "请一个人来": "Invite somebody",
    "发出邀请": "Send the invitation", "等对方接受": "Waiting to be accepted", "等核验的带头人": "Leaders to verify",
    "青滩脐橙队": "Qingtan Orange Team", "已当面核验，通过": "Met and verified", "人员": "People", "任命一个人": "Appoint somebody",
    "角色": "Role", "一个地区": "A region", "地区": "Region", "看等我处理的": "See what waits for me",
    "等核实的农户": "Households to verify", "打开，写明用途": "Open it, saying", "用途": "What for", "打开": "Open",
    "脱贫不稳定户": "Lifted out of poverty, unstable", "情况属实，通过": "It", "农户核实": "Households", "待办": "Waiting",
    "等审核的商品": "Listings to look at", "通过并上架": "Approve", "我的工作": "My work",
    # the desk
    "去工作台": "To the desk", "今天": "Today", "写下带头人": "Introduce the leader", "姓名": "Name in Chinese", "姓名（英文）": "Name in English",
    "带头人说的一句话": "A sentence of the leader’s own, in Chinese", "农户": "Households", "登记一户": "Register one",
    "户主姓名": "Name", "类别": "On which list it stands", "这户人家已同意参加": "The family has agreed", "登记": "Register it",
    "上第一样": "List the first", "中文名": "Name in Chinese", "英文名": "Name in English", "品类": "Category", "种类": "Kind",
    "存为草稿": "Save the draft", "请写一句话介绍": "Write", "一句话介绍": "One sentence, in Chinese", "保质期": "Shelf life",
    "怎么保存": "How to keep it, in Chinese", "生产者": "Producer, in Chinese", "退换规则": "Return rule, in Chinese",
    "改说明，加照片": "Change it, or add a photo", "上传": "Upload", "写规格、价格、价格构成": "Write size, price and story",
    "规格名": "Name, in Chinese", "净含量": "Net content", "毛重": "Weight", "价格（元）": "Price (yuan)", "添加规格": "Add it",
    "农户收购": "Households, farm gate", "农户劳务": "Households, labour", "分拣包装": "Sorting", "产地物流": "Collection", "支付手续费": "Payment fee",
    "团队运营": "Team", "登记一批": "Declare a lot", "登记这一批": "Declare it", "多少份": "Units", "谁的": "Whose", "采收从": "Harvest from", "到": "to",
    "各户交了多少": "Who brought how much", "登记重量": "Put it on record", "青滩脐橙": "Qingtan navel oranges",
    "提交审核": "Submit for review", "等运营人员看": "Waiting for an operator", "填运单号": "Enter the tracking number",
    "承运公司": "Carrier", "运单号": "Tracking number", "已交快递": "It has been sent",
    # the buyer
    "可追溯批次": "Traced lot", "青滩村": "青滩村", "已记账 · 待发放": "Set aside", "已发货": "On its way", "收据": "Receipt",
}  # fmt: skip
