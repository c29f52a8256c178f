"""Who may be played in the demo. Nothing of Django here: make run prints it without loading the shop."""

PASSWORD = "sheaf-demo-2026"  # noqa: S105 - of made-up people, printed by make run
OPERATOR, BUYER, COORDINATOR, MEMBER = (
    f"{who}@demo.example" for who in ("operator", "buyer", "coordinator", "member")
)
MANAGER, LEADER, PACKER = (f"{who}.hb22@demo.example" for who in ("manager", "leader", "packer"))
WHO = (
    (BUYER, "买家 · buyer"),
    (MANAGER, "团队管理员（秭归夏橙） · manager of the Zigui summer orange team"),
    (LEADER, "这个团队的带头人（新设备要两个码） · its leader (a new device takes two codes)"),
    (PACKER, "这个团队的打包员（新设备要两个码） · its packer (a new device takes two codes)"),
    (COORDINATOR, "工会团购负责人 · union coordinator"),
    (MEMBER, "工会会员 · union member"),
    (OPERATOR, "运营(/operators/) · operator"),
)


def lines() -> str:
    """One line for each of them: address, password, who it is."""
    return "\n".join(f"  {email:<32} {PASSWORD}   {who}" for email, who in WHO)
