"""What follows the deeds of whoever keeps the contest."""

from typing import Any

from django.http import HttpRequest

from core.language import say
from shop.web.acts import Act, done, gathered, saved, says, tells, will

CONTEST = {
    "create_edition": Act(
        follow=tells(say("“{x}”建好了，接着加赛段。", "“{x}” is there; give it a round."), "edition", "name"),
        as_written="nothing is told of it until it has a round",
    ),
    "create_round": Act(follow=saved, undone_by="set_round_times"),
    "set_round_times": Act(follow=saved, undone_by="set_round_times"),
    "let_in_entry": Act(
        follow=tells(say("{x} 进来了。", "{x} is in."), "entry", "number"), undone_by="take_out_entry"
    ),
    "take_out_entry": Act(
        follow=tells(say("{x} 已退出。", "{x} is out."), "entry", "number"), undone_by="let_in_entry"
    ),
}

CALENDAR = {
    "arrange_round": Act(follow=saved, undone_by="arrange_round"),
    "save_stage": Act(follow=saved, undone_by="remove_stage"),
    "remove_stage": Act(follow=says(say("已去掉。", "It is gone.")), undone_by="save_stage"),
    "draw_stage_list": Act(
        follow=says(say("名单已公布。", "The list is told.")),
        look=will(say("名单立刻公开", "Everybody reads the list at once")),
    ),
    "save_partner": Act(
        follow=tells(say("“{x}”写好了。", "“{x}” is written down."), "partner", "name"),
        undone_by="remove_partner",
    ),
    "remove_partner": Act(follow=says(say("已去掉。", "It is gone.")), undone_by="save_partner"),
    "set_target": Act(follow=saved, undone_by="set_target"),
    "set_amount_target": Act(follow=saved, undone_by="set_amount_target"),
    "archive_edition": Act(
        follow=tells(say("“{x}”已存档。", "“{x}” is archived."), "edition", "name"),
        look=will(say("这一届从此只能看，不能再改", "It is only read from now on, and never changed again")),
    ),
}


def _of_team(zh: str, en: str) -> Any:
    def follow(request: HttpRequest, payload: dict[str, Any]) -> str:
        return done(request, say(zh, en, x=payload["registration"]["team"]["name"]))

    return follow


REGISTRATIONS = {
    "invite_team": Act(
        follow=_of_team("已邀请“{x}”，会收到信。", "“{x}” is invited, and told by mail."),
        as_written="its team turns it down or applies; nothing is in the round before",
    ),
    "approve_registration": Act(
        follow=_of_team("“{x}”参赛了。", "“{x}” takes part."), undone_by="suspend_registration"
    ),
    "suspend_registration": Act(
        follow=_of_team("“{x}”已暂停，团队会收到原因。", "“{x}” is suspended; its team is told why."),
        undone_by="resume_registration",
    ),
    "resume_registration": Act(
        follow=_of_team("“{x}”继续参赛。", "“{x}” competes again."), undone_by="suspend_registration"
    ),
    "disqualify_registration": Act(
        follow=_of_team("“{x}”已取消资格。", "“{x}” is disqualified."),
        look=will(
            say("取消资格，只有申诉成立才能恢复", "It is out of competition, unless an appeal is granted")
        ),
    ),
    "answer_registration_appeal": Act(
        follow=says(say("已答复，团队会收到信。", "It is answered; the team is told by mail.")),
        look=will(say("答复之后不能再改", "The answer stays as it is")),
    ),
}

COMMITTEE = {
    "confirm_conflict": Act(
        follow=saved,
        look=will(
            say("她从此看不到这个项目，给的分不计入", "The entry is gone for her, and her marks do not count")
        ),
    ),
    "waive_conflict": Act(
        follow=says(say("已豁免，理由已公开。", "It is waived, and everybody reads why.")),
        undone_by="name_conflict",
    ),
    "name_conflict": Act(
        follow=saved,
        look=will(
            say("她从此看不到这个项目，给的分不计入", "The entry is gone for her, and her marks do not count")
        ),
    ),
}

TASKS = {
    "save_task": Act(follow=saved, undone_by="save_task"),
    "finish_task": Act(follow=says(say("已完成。", "It is done.")), undone_by="reopen_task"),
    "waive_task": Act(follow=says(say("已免除。", "It is waived.")), undone_by="reopen_task"),
    "reopen_task": Act(follow=says(say("重新打开了。", "It is to do.")), undone_by="finish_task"),
}

CEREMONY = {
    "save_ceremony": Act(follow=saved, undone_by="save_ceremony"),
    "invite_guest": Act(
        follow=tells(say("已请 {x}。", "{x} is invited."), "guest", "name"),
        as_written="a letter goes out at once; who is invited may stay away",
    ),
    "let_in_guest": Act(
        follow=tells(say("{x} 已签到。", "{x} is here."), "guest", "name"),
        as_written="who stands at the door has come",
    ),
    "open_ceremony": Act(
        follow=says(say("赛段开启了。", "The round is open.")),
        look=will(
            say("赛段现在开始，之后的购买都计入", "The round begins now: what is bought from here on counts")
        ),
    ),
}

TRAINING = {
    "save_course": Act(follow=saved, undone_by="save_course"),
    "add_lesson": Act(follow=saved, undone_by="remove_course_part"),
    "add_quiz_item": Act(follow=saved, undone_by="remove_course_part"),
    "remove_course_part": Act(
        follow=says(say("已去掉。", "It is out.")),
        look=will(say("去掉以后要重新写", "It would have to be written again")),
    ),
    "publish_course": Act(
        follow=says(say("已发布，登录的人都能学。", "Published: whoever is signed in can take it.")),
        undone_by="withdraw_course",
    ),
    "withdraw_course": Act(follow=says(say("已撤下。", "It is withdrawn.")), undone_by="publish_course"),
}

RULES = {
    "draft_rulebook": Act(
        follow=tells(say("第 {x} 版起草好了。", "Version {x} is drafted."), "rulebook", "version"),
        as_written="a draft is told to nobody, and another version can be chosen",
    ),
    "edit_rulebook": Act(follow=saved, undone_by="edit_rulebook"),
    "write_rulebook": Act(follow=saved, undone_by="write_rulebook"),
    "add_indicator": Act(
        follow=says(say("加上了，权重是 0。", "It is there, with the weight 0.")),
        undone_by="remove_indicator",
    ),
    "remove_indicator": Act(follow=saved, undone_by="add_indicator"),
    "choose_rulebook": Act(
        follow=tells(say("改用第 {x} 版。", "The round goes by version {x}."), "rulebook", "version"),
        undone_by="choose_rulebook",
    ),
    "freeze_rulebook": Act(
        follow=tells(say("第 {x} 版已冻结。", "Version {x} is frozen."), "rulebook", "version"),
        look=will(
            say(
                "规则从此不能再改，人人可读", "The rules can never be changed again, and everybody reads them"
            )
        ),
    ),
}

# Outside results. What is imported counts nothing until another approves it, and is rolled back to the fen.
IMPORTS = {
    "create_outside_source": Act(follow=saved, as_written="nothing counts by it until its statements come"),
    "propose_mapping": Act(follow=saved, undone_by="withdraw_mapping"),
    "approve_mapping": Act(follow=saved, undone_by="withdraw_mapping"),
    "withdraw_mapping": Act(follow=saved, undone_by="propose_mapping"),
    "upload_import": Act(
        undone_by="discard_import",
        refilled=frozenset(
            [
                *("source", "scope", "grade", "statedOn", "coversFrom", "coversTo"),
                *("controlRows", "controlAmountMinor", "controlRefundMinor"),
            ]
        ),
    ),
    "repair_import": Act(undone_by="discard_import"),
    "approve_import": Act(follow=saved, undone_by="roll_back_import"),
    "roll_back_import": Act(follow=saved, as_written="the same file may be sent in and approved once more"),
    "discard_import": Act(follow=saved, as_written="the same file may be sent in once more"),
    "decide_twin": Act(follow=saved, undone_by="decide_twin"),
}

RESULTS = {
    "publish_result": Act(
        follow=says(say("初步结果已发布，异议期开始。", "The provisional result is out; teams may object.")),
        look=will(
            say("所有人立刻看到结果，各队收到通知", "Everybody sees it at once, and each team is told")
        ),
    ),
    "supersede_result": Act(
        follow=says(
            say("新版结果已发布，上一版仍可查看。", "The new version is out; the one before stays readable.")
        ),
        look=will(say("所有人立刻看到新版和理由", "Everybody sees the new version, and why")),
    ),
    "pick_entry": Act(
        follow=saved,
        look=will(say("推荐和理由立刻公开", "The pick and its words are public at once")),
    ),
    "answer_objection": Act(
        follow=says(say("已答复，团队会收到邮件。", "It is answered; the team is told by mail.")),
        look=will(say("答复发给团队", "The answer goes to the team")),
    ),
    "dismiss_reexamination": Act(
        follow=saved, look=will(say("结果不变，理由公开", "The result stays, and everybody reads why"))
    ),
    "propose_award": Act(follow=saved, undone_by="withdraw_award"),
    "approve_award": Act(follow=saved, undone_by="withdraw_award"),
    "withdraw_award": Act(follow=saved, look=will(say("这个奖项不再发放", "This award is not given"))),
    "note_award": Act(follow=saved, as_written="a note is a note: another one says what was wrong in it"),
    "upload_award_file": Act(
        as_written="a paper stays beside its award; another one says what was wrong with it"
    ),
    "deliver_award": Act(
        follow=saved, look=will(say("记为已发放，之后不再改", "It was handed over: that stays"))
    ),
}

INTEGRITY = {
    "decide_case": Act(
        follow=tells(say("已决定：{x}。", "Decided: {x}."), "case", "decisionName"),
        look=will(
            say(
                "团队收到通知，可以申诉；自己不能再改",
                "The team is told and may appeal; you cannot change it",
            )
        ),
    ),
    "answer_case": Act(
        follow=tells(say("已答复：{x}。", "Answered: {x}."), "case", "decisionName"),
        look=will(say("这是终局", "This is final")),
    ),
}

ACTS = gathered(
    *(
        CONTEST,
        CALENDAR,
        REGISTRATIONS,
        COMMITTEE,
        TRAINING,
        CEREMONY,
        TASKS,
        RULES,
        IMPORTS,
        RESULTS,
        INTEGRITY,
    )
)
