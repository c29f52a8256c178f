"""What follows the office's deeds for teams, households and organisations, and what comes of those for good."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from core.language import say
from shop.web.acts import Act, gathered, saved, says, tells, to, will


def team_made(request: HttpRequest, payload: dict[str, Any]) -> str:
    """On to its page, where its people are named."""
    words = say(
        "团队建好了。接下来请一位管理员：带头人和农户由她登记。",
        "It is set up. Next invite its manager, who introduces leader and households.",
    )
    messages.success(request, str(words))
    return to(f"office/teams/{payload['team']['id']}/")


TEAMS = {
    "create_team": Act(follow=team_made, undone_by="suspend_team"),
    "invite_new_team": Act(
        follow=says(say("邀请已发出，等对方来填。", "It is sent; now it is for her to write.")),
        undone_by="withdraw_team_invitation",
    ),
    "withdraw_team_invitation": Act(
        look=will(
            say("邀请收回，她填的不能再交", "It is taken back, and what she wrote is handed in no more")
        )
    ),
    "return_application": Act(
        follow=says(say("已请她补充。", "She is asked to complete it.")),
        as_written="its words are typed, and she hands it in again",
    ),
    "refuse_application": Act(
        follow=says(say("已记下，她会看到原因。", "Noted; she reads why.")),
        look=will(say("这份申请不通过，不能再交", "It is refused, and cannot be handed in again")),
    ),
    "admit_application": Act(
        follow=says(say("团队建好了，她的工作台已经打开。", "The team is set up, and her desk is open.")),
        look=will(
            say(
                "建立这支团队；您看过带头人和文件，为她核验",
                "The team is set up; you have looked at its leader and papers, and vouch for her",
            )
        ),
    ),
    "amend_team": Act(follow=saved, undone_by="amend_team"),
    "suspend_team": Act(
        follow=tells(
            say("“{x}”已停用，商品都停卖了。", "“{x}” is suspended; nothing of it is sold."), "team", "name"
        ),
        undone_by="resume_team",
    ),
    "resume_team": Act(
        follow=tells(
            say(
                "“{x}”已启用；商品要逐个恢复上架。",
                "“{x}” is at work again; put its products back one by one.",
            ),
            "team",
            "name",
        ),
        undone_by="suspend_team",
    ),
    "verify_leader": Act(
        follow=tells(say("“{x}”的带头人已核验。", "The leader of “{x}” is verified."), "team", "name"),
        look=will(say("您当面核验过这位带头人", "You have met this leader")),
    ),
    "decline_leader": Act(
        follow=says(say("已记下，团队会看到原因。", "Noted; the team reads why.")), undone_by="verify_leader"
    ),
}

HOUSEHOLDS = {
    "open_correction": Act(
        follow=says(say("已打开，半小时后关上。", "It is open, for half an hour.")),
        as_written="that it was opened stays written down, and it closes by itself",
    ),
    "approve_correction": Act(
        follow=tells(
            say(
                "批次 {x} 的份额已更正，账也跟着改了。",
                "The shares of lot {x} are put right, and so is the money.",
            ),
            "correction",
            "lotCode",
        ),
        look=will(
            say(
                "新的重量生效，钱跟着转；不能撤销，再错就再更正一次",
                "The new weights are in force and the money follows; it is not undone, only put right once more",
            )
        ),
    ),
    "refuse_correction": Act(
        follow=says(say("已记下，团队会看到原因。", "Noted; the team reads why.")),
        as_written="the team asks once more if it is right after all",
    ),
    "open_details": Act(as_written="reading is written down and changes nothing"),
    "verify_household": Act(
        follow=tells(say("{x} 已核实。", "{x} is verified."), "household", "code"),
        look=will(say("您核对过这户的情况", "You have checked what was told of it")),
    ),
    "decline_household": Act(
        follow=tells(
            say("{x} 没有通过，资料已抹去。", "{x} is not accepted; its details are erased."),
            "household",
            "code",
        ),
        look=will(
            say("不通过，资料抹去，不能恢复", "It is not accepted, and its details are erased for good")
        ),
    ),
    "take_out_household": Act(
        follow=tells(
            say("{x} 已退出，资料已抹去。", "{x} has withdrawn and its details are erased."),
            "household",
            "code",
        ),
        look=will(
            say(
                "这户退出，姓名、电话、账户抹去，不能恢复；记过的账不变",
                "It withdraws; its name, telephone and account are erased for good, and the books stay",
            )
        ),
    ),
}

ORGANISATIONS = {
    "verify_organisation": Act(
        follow=tells(say("“{x}”已核实。", "“{x}” is verified."), "organisation", "name"),
        undone_by="suspend_organisation",
    ),
    "decline_organisation": Act(
        follow=tells(say("“{x}”没有通过。", "“{x}” is not accepted."), "organisation", "name"),
        look=will(say("不通过，不能再改", "It is not accepted, for good")),
    ),
    "suspend_organisation": Act(
        follow=tells(say("“{x}”已暂停。", "“{x}” is suspended."), "organisation", "name"),
        undone_by="verify_organisation",
    ),
    "name_coordinator": Act(
        follow=says(say("已指定，她会收到邮件。", "Named; she is told by mail.")), undone_by="end_membership"
    ),
}

_found = says(say("已记下，团队会看到。", "Noted; the team reads it."))

DEPARTMENTS = {
    "check_quality": Act(follow=_found, undone_by="check_quality"),
    "check_logistics": Act(follow=_found, undone_by="check_logistics"),
    "publish_story": Act(
        follow=tells(say("“{x}”的故事发布了。", "The story of “{x}” is published."), "team", "name"),
        undone_by="publish_story",
    ),
}

QUESTIONS = {
    "answer_question": Act(
        follow=says(say("已答复，提问的人会收到邮件。", "Answered; whoever asked is told by mail.")),
        as_written="a letter with it goes out at once; more can be answered",
    ),
    "publish_question": Act(
        follow=says(say("已公开，大家都能看到。", "Published: everybody reads it.")),
        undone_by="withdraw_question",
    ),
    "withdraw_question": Act(
        follow=says(say("已撤下。", "It is out of sight.")), undone_by="publish_question"
    ),
}

REGISTRATIONS = {
    "check_registration": Act(
        follow=says(say("已审核，由组织者批准。", "Checked; the organiser approves it.")),
        as_written="the organiser looks at it once more, and can decline it",
    ),
    "decline_registration": Act(
        follow=says(say("没有通过，团队会收到原因。", "Declined; its team is told why.")),
        as_written="its words are typed, and the team can apply again",
    ),
}

KEEPING = gathered(TEAMS, HOUSEHOLDS, ORGANISATIONS, DEPARTMENTS, REGISTRATIONS, QUESTIONS)
