"""Who may be played in the demo. Nothing of Django here: make run prints it without loading the shop."""

PASSWORD = "sheaf-demo-2026"  # noqa: S105 - of made-up people, printed by make run
OPERATOR, BUYER, COORDINATOR, MEMBER = (
    f"{who}@demo.example" for who in ("operator", "buyer", "coordinator", "member")
)
MANAGER, LEADER, PACKER = (f"{who}.hb22@demo.example" for who in ("manager", "leader", "packer"))
ORGANISER, CITY_OFFICER, COUNTY_OFFICER, JUDGE, IMPORTER, APPROVER, AUDITOR = (
    f"{who}@demo.example"
    for who in ("organiser", "city", "county", "judge1", "importer", "approver", "auditor")
)
WHO = (
    (BUYER, "买家 · buyer"),
    (MANAGER, "团队管理员（秭归夏橙） · manager of the Zigui summer orange team"),
    (LEADER, "这个团队的带头人（新设备要两个码） · its leader (a new device takes two codes)"),
    (PACKER, "这个团队的打包员（新设备要两个码） · its packer (a new device takes two codes)"),
    (COORDINATOR, "工会团购负责人 · union coordinator"),
    (MEMBER, "工会会员 · union member"),
    (OPERATOR, "运营(/operators/) · operator"),
    (ORGANISER, "湖北的大赛组织者 · organiser of the contest in Hubei"),
    (CITY_OFFICER, "宜昌的市级专员 · city officer of Yichang"),
    (COUNTY_OFFICER, "秭归的县级核验员 · county officer of Zigui"),
    (JUDGE, "评委 · judge"),
    (IMPORTER, "导入经办 · sends in outside statements"),
    (APPROVER, "导入审批 · approves them"),
    (AUDITOR, "审计员 · auditor"),
)


def lines() -> str:
    """One line for each of them: address, password, who it is."""
    return "\n".join(f"  {email:<32} {PASSWORD}   {who}" for email, who in WHO)
