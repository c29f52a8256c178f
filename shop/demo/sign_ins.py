"""Who may be played in the demo. Nothing of Django here: make run prints it without loading the shop."""

PASSWORD = "sheaf-demo-2026"  # noqa: S105 - of made-up people, printed by make run
OPERATOR, BUYER, COORDINATOR, MEMBER = (
    f"{who}@demo.example" for who in ("operator", "buyer", "coordinator", "member")
)
MANAGER = "manager.hb22@demo.example"
WHO = (
    (BUYER, "买家 · buyer"),
    (MANAGER, "团队管理员（秭归夏橙） · manager of the Zigui summer orange team"),
    (COORDINATOR, "工会团购负责人 · union coordinator"),
    (MEMBER, "工会会员 · union member"),
    (OPERATOR, "运营(/operators/) · operator"),
)


def lines() -> str:
    """One line for each of them: address, password, who it is."""
    return "\n".join(f"  {email:<32} {PASSWORD}   {who}" for email, who in WHO)
