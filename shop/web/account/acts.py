"""What follows the acts of one's own account and organisations, and what comes of those that are final."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from accounts.models import Person
from accounts.reads import is_last_coordinator, membership_led_by, signed_in
from core.api.ids import uid_of
from core.language import say
from shop.web.act import ours
from shop.web.acts import Act, Follow, Lines, done, gathered, proof_page, saved, says, to, will
from shop.web.arriving import arrive
from shop.web.once import WAITS_FOR_FACTOR, slip_of
from shop.web.wishes import LEFT, say_noted


def now_signed_in(request: HttpRequest, payload: dict[str, Any]) -> str:
    """What was put into a cart before signing in is poured into one's own; a role that sleeps asks for its code."""
    arrive(request)
    person = signed_in(request)
    return proof_page(person, ours(request, "next"))


def factor_given(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Her roles are awake; a form that had to wait for the code is on the page again as it was written."""
    slip = slip_of(request)
    if waiting := slip.take(WAITS_FOR_FACTOR):
        slip.put("form", waiting)
        return done(request, say("验证通过，请再按一次。", "The code is right. Please press once more."))
    return ""


def confirmed(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The mailbox is proved, and one is signed in."""
    arrive(request)
    return done(request, say("邮箱已确认，欢迎。", "Your address is confirmed. Welcome."))


def password_is_new(request: HttpRequest, payload: dict[str, Any]) -> str:
    """One is signed in with it."""
    arrive(request)
    return done(
        request,
        say(
            "新密码已生效，您已登录；其他设备已退出，接口令牌都已作废。",
            "Your new password is set and you are signed in; other devices are signed out, API tokens revoked.",
        ),
    )


def goes_on_in_the_mailbox(path: str) -> Follow:
    """The rest happens in the mailbox: the page that says so."""
    return lambda request, payload: to(path)


def shown_once(name: str, fact: str) -> Follow:
    """A secret that was just made is on the next page, and on no page after it."""

    def show(request: HttpRequest, payload: dict[str, Any]) -> str:
        slip_of(request).put("told", {name: payload[fact]})
        return ""

    return show


def erased(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Nobody is signed in any more; or she is told that it waits."""
    if not payload["isErased"]:
        words = say(
            "已收到。还有钱没有结清，结清后自动注销。",
            "Noted. Money is still on its way; it is done once that is settled.",
        )
        messages.success(request, str(words))
        return to("account/details/#erasure")
    messages.success(request, str(say("账户已注销。", "Your account has been deleted.")))
    return to("")


def belongs_to_it(request: HttpRequest, payload: dict[str, Any]) -> str:
    """One belongs to the organisation now."""
    name = payload["membership"]["organisation"]["name"]
    messages.success(request, str(say("您已加入{name}。", "You have joined {name}.", name=name)))
    return to("organisations/")


def has_a_role(request: HttpRequest, payload: dict[str, Any]) -> str:
    """One is appointed; the account's page leads to where one works now, once she has given what her role asks for."""
    made = payload["appointment"]
    facts = {"role": made["roleName"], "where": made["where"]}
    messages.success(
        request, str(say("您已接受：{role}（{where}）。", "You are now {role}: {where}.", **facts))
    )
    # Read anew: whoever sent the form did not have the role.
    person = Person.objects.get(pk=signed_in(request).pk)
    return proof_page(person, to("account/")) or to("account/")


def is_no_member(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """Who coordinates alone stays, as the act says."""
    if is_last_coordinator(membership_led_by(signed_in(request), uid_of(variables["id"], "Membership"))):
        return []
    words = say(
        "从此不再属于这个单位；要回来得重新邀请", "No member from now on; to come back takes an invitation"
    )
    return [(words, "")]


ENTERING = {
    "sign_in": Act(follow=now_signed_in, undone_by="sign_out"),
    "ask_for_text": Act(as_written="it sends a text that may be left unread"),
    "sign_in_by_text": Act(follow=now_signed_in, undone_by="sign_out"),
    "sign_out": Act(undone_by="sign_in"),
    "sign_up": Act(
        follow=goes_on_in_the_mailbox("sign-up/?sent=1"),
        as_written="nothing opens before the mailbox answers",
    ),
    "confirm_email": Act(follow=confirmed, as_written="it proves one's own mailbox, with the password typed"),
    "ask_for_reset": Act(
        follow=goes_on_in_the_mailbox("password/?sent=1"),
        as_written="it sends a letter that may be left unread",
    ),
    "reset_password": Act(follow=password_is_new, undone_by="change_password"),
}

SECOND_FACTOR = {
    "begin_second_factor": Act(as_written="nothing is set up before a code of the app confirms it"),
    "confirm_second_factor": Act(
        follow=says(
            say(
                "设置好了。岗位用应用显示的下一个验证码打开。",
                "It is set up. Your role opens with the next code that the app shows.",
            )
        ),
        undone_by="end_second_factor",
    ),
    "give_second_factor": Act(follow=factor_given, undone_by="sign_out"),
    "end_second_factor": Act(
        follow=says(say("两步验证已关闭。", "The second factor is switched off.")),
        undone_by="begin_second_factor",
    ),
    "renew_recovery_codes": Act(
        follow=shown_once("codes", "codes"),
        as_written="its field says that the old sheet dies, and takes a code",
    ),
}

DEVICE = {
    "ask_for_device_code": Act(
        follow=says(
            say("邮件码已发出，10 分钟内有效。", "The code is on its way; it holds for ten minutes.")
        ),
        as_written="it sends a letter that may be left unread",
    ),
    "prove_device": Act(
        follow=says(say("这台设备认证好了。", "This device is known as yours now.")),
        as_written="both codes are its word; a new password, or signing out everywhere, forgets the device",
    ),
}

WISHES = {
    "keep_wish": Act(follow=say_noted, undone_by="leave_wish"),
    "leave_wish": Act(follow=says(LEFT), undone_by="keep_wish"),
}

NEWS = {
    "switch_off_news": Act(
        follow=says(say("关掉了，不再寄近况。", "Switched off: no more news comes.")),
        undone_by="choose_letters, choose_news",
    ),
}

ONESELF = {
    "update_person": Act(follow=saved, undone_by="update_person"),
    "choose_letters": Act(follow=saved, undone_by="choose_letters"),
    "ask_to_confirm": Act(
        follow=says(
            say("验证码已发出，5 分钟内有效。", "The code is on its way; it holds for five minutes.")
        ),
        as_written="it sends a text that may be left unread",
        is_amid=True,
    ),
    "ask_for_number_code": Act(
        follow=says(say("验证码已发出，填在下面。", "The code is on its way; put it in below.")),
        as_written="it sends a text that may be left unread",
    ),
    "add_number": Act(
        follow=says(say("手机号已绑定。", "The number is yours to sign in with.")),
        as_written="the code, and what confirms that it is oneself, are its word",
    ),
    "save_address": Act(follow=saved, undone_by="save_address, delete_address"),
    "delete_address": Act(look=will(say("地址删除，不能恢复", "The address is deleted for good"))),
    "change_email": Act(
        # It takes effect once the new mailbox answers.
        follow=says(say("已向新邮箱发送确认链接。", "A link to confirm was sent to the new address.")),
        undone_by="it waits for the new mailbox; then change_email",
    ),
    "confirm_change": Act(
        follow=says(say("邮箱已更换。", "Your address has been changed.")), undone_by="change_email"
    ),
    "change_password": Act(
        follow=says(
            say(
                "密码已更换：其他设备已退出，接口令牌都已作废。",
                "Your password is changed: other devices are signed out, and your API tokens are revoked.",
            )
        ),
        undone_by="change_password",
    ),
    "create_token": Act(follow=shown_once("token", "text"), undone_by="revoke_token"),
    "revoke_token": Act(
        look=will(say("令牌作废，用它的程序马上停", "The token ends for good, and so does whatever uses it"))
    ),
    "erase_person": Act(
        follow=erased,
        as_written="its page says what goes, and takes the password; while money is on its way it can be kept",
    ),
    "keep_person": Act(follow=says(say("账户保留。", "Your account stays.")), undone_by="erase_person"),
}

WAYS = {
    "begin_wechat": Act(
        follow=lambda request, payload: payload["url"], undone_by="end_way, once she has come back"
    ),
    "end_way": Act(
        follow=says(say("结束了，它不再打开您的账户。", "Ended: it opens your account no more.")),
        undone_by="begin_wechat, change_email",
    ),
    "join_accounts": Act(
        follow=says(say("两个账户合并好了。", "The two accounts are one now.")),
        as_written="it takes a fact of each account, and its button says that it is for good",
    ),
    "end_session": Act(
        follow=says(say("那台设备已退出。", "It is signed out.")), undone_by="sign_in, on that device"
    ),
    "end_other_sessions": Act(
        follow=says(say("其他设备都已退出。", "Everywhere else you are signed out.")), undone_by="sign_in"
    ),
}

ORGANISATIONS = {
    "propose_organisation": Act(
        follow=says(
            say(
                "已提交，运营人员核实后会发邮件告诉您。", "Sent in. We will write to you once it is verified."
            )
        ),
        as_written="it waits for an operator",
    ),
    "invite": Act(follow=shown_once("link", "link"), undone_by="withdraw_invitation"),
    "withdraw_invitation": Act(undone_by="invite"),
    "save_application": Act(
        follow=says(say("已保存。随时可以回来接着填。", "Kept. You can come back and go on at any time.")),
        undone_by="save_application",
    ),
    "submit_application": Act(
        follow=says(
            say(
                "已交给县里，看过后会告诉您。",
                "It is with your county. You will hear once somebody has looked.",
            )
        ),
        as_written="its county looks at it, and gives it back to be completed",
    ),
    "add_application_paper": Act(
        follow=says(say("文件已加上。", "The paper is added.")), undone_by="remove_application_paper"
    ),
    "remove_application_paper": Act(look=will(say("文件删除，不能恢复", "The paper is deleted for good"))),
    "accept_role": Act(
        follow=has_a_role, as_written="its page tells role, place and term; whoever appoints ends it"
    ),
    "accept_invitation": Act(follow=belongs_to_it, undone_by="end_membership"),
    "give_role": Act(undone_by="give_role"),
    "end_membership": Act(look=is_no_member),
}

ASKED = Act(
    follow=says(say("已提问，48 小时内答复。", "Asked; it is answered within 48 hours.")),
    as_written="it can be asked on, and is shown to nobody but who answers",
)
QUESTIONS = {
    **dict.fromkeys(("ask_about_product", "ask_about_order", "ask_shop"), ASKED),
    "ask_on": Act(
        follow=says(say("已接着问，48 小时内答复。", "Asked on; it is answered within 48 hours.")),
        as_written="it can be asked on, and is shown to nobody but who answers",
    ),
}

ACTS = gathered(ENTERING, SECOND_FACTOR, DEVICE, WISHES, NEWS, ONESELF, WAYS, ORGANISATIONS, QUESTIONS)
