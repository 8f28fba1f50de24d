"""``fazhi campaign``: a whole city's month: who gave what, the dry run, the cards, the league, the close-out ledger."""

import json
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any
from typing import NamedTuple

import click

from engine.assessment import work_out
from engine.campaigns import settings_of
from engine.closing import STEPS
from engine.closing import CloseOutLedger
from engine.closing import can_take
from engine.closing import close_out_line
from engine.closing import read_close_out
from engine.commands import FOUND
from engine.commands import OK
from engine.commands import OPTIONS
from engine.commands.appending import append_line
from engine.commands.appending import now
from engine.commands.assess import record_run
from engine.commands.assess import screen_of
from engine.commands.campaign_inputs import OpenedCampaign
from engine.commands.campaign_inputs import open_campaign
from engine.commands.inputs import Difference
from engine.commands.inputs import Inputs
from engine.commands.inputs import Refusal
from engine.commands.inputs import file_name
from engine.commands.inputs import format_option
from engine.commands.inputs import formats
from engine.commands.inputs import from_here
from engine.commands.inputs import inputs_of
from engine.commands.inputs import output_option
from engine.commands.inputs import read_day
from engine.commands.inputs import refuse_usage
from engine.commands.inputs import with_inputs
from engine.commands.inputs import write
from engine.commands.inputs import write_bytes
from engine.commands.papers import template_option
from engine.commands.papers import write_paper
from engine.models.campaign import CutOff
from engine.models.campaign import Issue
from engine.models.campaign import LeagueRow
from engine.models.campaign import Owed
from engine.models.campaign import UnitStatus
from engine.models.closing import Case
from engine.models.closing import Step
from engine.models.problem import Problem
from engine.models.problem import Severity
from engine.models.problem import refused
from engine.models.result import Assessment
from engine.models.result import GapKind
from engine.owed import owed_by_units
from engine.reminders import make_cards
from engine.rendering.campaign_screens import LEAGUE_COLUMNS
from engine.rendering.campaign_screens import LOSS_COLUMNS
from engine.rendering.campaign_screens import STATUS_COLUMNS
from engine.rendering.campaign_screens import league_row
from engine.rendering.campaign_screens import loss_row
from engine.rendering.campaign_screens import render_league
from engine.rendering.campaign_screens import render_points
from engine.rendering.campaign_screens import render_status
from engine.rendering.campaign_screens import status_row
from engine.rendering.campaign_screens import taken_over
from engine.rendering.close_out import CLOSE_OUT_COLUMNS
from engine.rendering.close_out import case_row
from engine.rendering.close_out import render_close_out
from engine.rendering.documents import DOCUMENTS
from engine.rendering.documents import render_csv
from engine.rendering.documents import render_json
from engine.rendering.layout import markdown_table
from engine.rendering.papers.league import league_paper
from engine.rendering.papers.reminders import reminder_paper
from engine.rendering.reminder_card import card_markdown
from engine.rendering.reminder_card import render_card
from engine.rhythm import issue_on
from engine.rhythm import next_cut_off
from engine.sources import canonical_bytes
from engine.sources import sha256_of
from engine.standings import league as rank_units
from engine.standings import losses
from engine.standings import points_of_units
from engine.standings import statuses

CLOSE_OUT = "close_out.jsonl"
LEAGUE_FORMAT = "fazhi/league/1"
# Every gap that is gone, and what a step is called, on the command line.
GONE = "已消"
STEPS_NAMED: dict[str, Step] = {
    "启动": "begin",
    "申请": "apply",
    "复核": "check",
    "核验": "verify",
    "退回": "send_back",
    "升级": "escalate",
}


class Judged(NamedTuple):
    """One campaign with its assessment and what follows from it for every unit."""

    opened: OpenedCampaign
    inputs: Inputs
    owed: dict[str, tuple[Owed, ...]]
    rows: tuple[UnitStatus, ...]
    issue: Issue
    cut_off: CutOff

    @property
    def assessment(self) -> Assessment:
        """The assessment of the whole."""
        return self.inputs.assessment


@click.group(
    options_metavar=OPTIONS,
    subcommand_metavar="命令 [参数]",
    help="全县（市）一次填报：各单位各交各的，并成一份自评。文件夹里放 campaign.yaml 和 units/单位/submission.yaml。",
)
def command() -> None:
    """Hold the commands on a campaign together."""


def _with_campaign(function: Callable[..., Any]) -> Callable[..., Any]:
    return with_inputs(function)


def _judge(submission: Path, ruleset: str | None, folder: Path | None, profile: str | None, as_of: str | None) -> Judged:
    """Bring the parts together and assess them; what was set aside on the way is told at once."""
    day = read_day(as_of)
    opened = open_campaign(submission, ruleset, folder, profile, day)
    rules = opened.opened.ruleset
    workings, found = work_out(rules, opened.opened.profile, opened.opened.submission, day)
    if workings is None:
        raise Refusal((p for p in found if p.severity is Severity.REFUSED), submission)
    assessment, head = workings.assessment, opened.campaign.head
    judged_on = assessment.as_of or head.as_of
    cut_off = next_cut_off(judged_on, head.rhythm, head.stages)
    owed = owed_by_units(assessment, rules, head.stages)
    rows = statuses(assessment, rules, opened.merged, owed, cut_off)
    inputs = inputs_of(opened.opened, workings, submission)
    _tell(opened.problems, submission)
    return Judged(opened, inputs, owed, rows, issue_on(judged_on, head.begins, head.rhythm), cut_off)


def _tell(problems: list[Problem], folder: Path) -> None:
    for found in problems:
        click.echo(str(from_here(found, folder)), err=True)


@command.command(
    options_metavar=OPTIONS, help="进度：各单位应报、已报、合格、退回、逾期，谁没交，下一个截止日前要到期什么。"
)
@_with_campaign
@format_option
@output_option
def status(form: str, output: Path | None, **inputs: Any) -> None:
    """Write who has given what."""
    judged = _judge(**inputs)
    table = [status_row(row) for row in judged.rows]
    if form == "json":
        text = render_json(judged.rows)
    elif form == "csv":
        text = render_csv(STATUS_COLUMNS, table)
    elif form == "md":
        text = "\n".join(markdown_table(STATUS_COLUMNS, table)) + "\n"
    else:
        campaign, merged = judged.opened.campaign, judged.opened.merged
        text = render_status(campaign, merged, judged.rows, judged.issue, judged.cut_off, str(inputs["submission"]))
    write(text, output, spreadsheet=form == "csv")


@command.command(options_metavar=OPTIONS, help="并成全县的自评并试算，再按牵头和责任单位分摊没有得到的分。")
@_with_campaign
@click.option("--losses", "by_unit", is_flag=True, help="不要首屏，只列每个单位在每项上没有得到的分（牵头、责任分开）")
@click.option(
    "--record", metavar="文件夹", type=click.Path(path_type=Path), help="把这次试算整个写成一份记录，放进这个文件夹"
)
@click.option("--by", metavar="NAME", help="谁在试算：连同 --record 写进全县填报文件夹的运行日志")
@click.option("--fail-on-gaps", is_flag=True, help="有差距就以退出码1结束")
@format_option
@output_option
def assess(
    by_unit: bool,
    record: Path | None,
    by: str | None,
    fail_on_gaps: bool,
    form: str,
    output: Path | None,
    **inputs: Any,
) -> int:
    """Assess the whole from its parts."""
    judged = _judge(**inputs)
    if by is not None and record is None:
        refuse_usage("--by 要和 --record 一起写：运行日志记的是哪一份记录")
    if record is not None:
        record_run(judged.inputs, record, by, "campaign assess --record")
    write(_assessed(judged, by_unit, form, inputs), output, spreadsheet=form == "csv")
    return FOUND if fail_on_gaps and judged.assessment.gaps else OK


def _assessed(judged: Judged, by_unit: bool, form: str, inputs: dict[str, Any]) -> str:
    rules = judged.inputs.ruleset
    if by_unit:
        lines = losses(judged.assessment, rules)
        table = [loss_row(line) for line in lines]
        if form == "json":
            return render_json(lines)
        return render_csv(LOSS_COLUMNS, table) if form == "csv" else "\n".join(markdown_table(LOSS_COLUMNS, table)) + "\n"
    if form != "table":
        return DOCUMENTS[form](judged.assessment)
    points = points_of_units(judged.assessment, rules)
    whole = "\n".join(taken_over(judged.opened.campaign, judged.opened.merged))
    below = "\n".join(render_points(list(points.values())))
    return f"{whole}\n\n{screen_of(judged.assessment, judged.inputs, inputs)}{below}\n"


@command.command(
    options_metavar=OPTIONS,
    help="提示卡：一个单位一张，写进文件夹（.txt 和 .md，或 Word、网页）。不写分数，不写被抽中的可能。",
)
@_with_campaign
@click.option("--unit", metavar="单位", help="只出这个单位的")
@click.option(
    "-o", "--output", metavar="文件夹", required=True, type=click.Path(path_type=Path, file_okay=False), help="写到哪里"
)
@formats("text", "docx", "html", told="text 是 .txt 和 .md")
@template_option
def remind(unit: str | None, output: Path, form: str, template: Path | None, **inputs: Any) -> None:
    """Write one reminder card a unit."""
    judged = _judge(**inputs)
    campaign, merged = judged.opened.campaign, judged.opened.merged
    settings = settings_of(campaign.head)
    account = _read_account(inputs["submission"]).account
    cards = make_cards(campaign, judged.assessment, merged, judged.owed, settings, account, judged.issue)
    if unit is not None:
        cards = tuple(card for card in cards if card.unit == unit)
        if not cards:
            _refuse_unit(unit, judged)
    output.mkdir(parents=True, exist_ok=True)
    for card in cards:
        stem = file_name(f"{campaign.head.unit.name}-第{card.issue.number}期-{card.unit}")
        if form != "text":
            write_paper(reminder_paper(card, judged.assessment), form, output / f"{stem}.{form}", template)
            continue
        for suffix, text in ((".txt", render_card(card)), (".md", card_markdown(card))):
            write_bytes(text.encode(), output / f"{stem}{suffix}")
    click.echo(f"提示卡{len(cards)}张，第{judged.issue.number}期，已写 {output}；黄卡、红卡是建议，专班长签发后才发")


def _refuse_unit(unit: str, judged: Judged) -> None:
    known = [row.unit for row in judged.rows]
    if unit in known:
        refuse_usage(f"{unit}本期没有要提示的")
    refuse_usage(f"没有单位「{unit}」。可用：{'、'.join(known)}")


@command.command(options_metavar=OPTIONS, help="月度通报：按有据得分率排，没交的排在如实报不达标的后面，并列同名次。")
@_with_campaign
@click.option(
    "--last", metavar="文件", type=click.Path(path_type=Path), help="上一期的通报（--format json 写出的），用来比较"
)
@formats("table", "json", "md", "csv", "xlsx", "docx", "html", told="输出格式；xlsx、docx 要写 -o")
@template_option
@output_option
def league(last: Path | None, form: str, template: Path | None, output: Path | None, **inputs: Any) -> None:
    """Rank the units."""
    judged = _judge(**inputs)
    points = points_of_units(judged.assessment, judged.inputs.ruleset)
    rows = rank_units(judged.rows, points, _last_league(last) if last is not None else {})
    table = [league_row(row) for row in rows]
    if form in ("xlsx", "docx", "html"):
        missing = taken_over(judged.opened.campaign, judged.opened.merged)
        write_paper(league_paper(rows, judged.issue, missing, judged.assessment), form, output, template)
        return
    if form == "json":
        said = [row.model_dump(mode="json") for row in rows]
        league_of = {"format": LEAGUE_FORMAT, "issue": judged.issue.model_dump(mode="json"), "rows": said}
        text = json.dumps(league_of, ensure_ascii=False, indent=2) + "\n"
    elif form == "csv":
        text = render_csv(LEAGUE_COLUMNS, table)
    elif form == "md":
        text = "\n".join(markdown_table(LEAGUE_COLUMNS, table)) + "\n"
    else:
        text = render_league(judged.opened.campaign, judged.opened.merged, rows, judged.issue)
    write(text, output, spreadsheet=form == "csv")


def _last_league(path: Path) -> dict[str, tuple[int | None, Fraction | None]]:
    """Every unit's rank and rate of the issue before."""
    try:
        data = json.loads(path.read_text("utf-8"))
        if data["format"] != LEAGUE_FORMAT:
            raise ValueError
        rows = [LeagueRow.model_validate({**row, **_rates(row)}) for row in data["rows"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        refuse_usage(f"{path} 不是通报；请给上一期 fazhi campaign league --format json 写出的文件", error)
    return {row.unit: (row.rank, row.rate) for row in rows}


def _rates(row: dict[str, Any]) -> dict[str, Fraction | None]:
    return {key: None if row[key] is None else Fraction(row[key]) for key in ("rate", "settled", "rate_before")}


# --- close-out --------------------------------------------------------------------------------------------------------


@command.command(
    "close-out",
    options_metavar=OPTIONS,
    help="整改台账和销号。什么也不加只看；--note 把本期的差距记进去；--gap、--unit、--step 办一步：启动、申请、复核、核验、"
    "退回、升级。每一行都在链上，改不了、删不掉。",
)
@_with_campaign
@click.option("--note", "noting", is_flag=True, help="把本期查到的差距记进台账：新出现、还在、已消、反弹")
@click.option("--gap", metavar="编号", help="哪一件，写台账里的编号；写“已消”就是这个单位差距已消、能办这一步的各件")
@click.option("--unit", metavar="单位", help="哪个单位的；只看时，只看这个单位")
@click.option("--step", type=click.Choice(list(STEPS_NAMED)), metavar="步骤", help=f"办哪一步：{'、'.join(STEPS_NAMED)}")
@click.option("--by", metavar="NAME", help="谁办的、谁签的")
@click.option("--person", metavar="NAME", help="启动：责任人")
@click.option("--deadline", metavar="日期", help="启动：期限")
@click.option("--level", type=click.Choice(["yellow", "red"]), help="升级：签发到哪一级")
@click.option("--remark", metavar="文字", help="说明；退回必须写")
@format_option
@output_option
def close_out(
    noting: bool,
    gap: str | None,
    unit: str | None,
    step: str | None,
    by: str | None,
    person: str | None,
    deadline: str | None,
    level: str | None,
    remark: str | None,
    form: str,
    output: Path | None,
    **inputs: Any,
) -> None:
    """Show the close-out ledger, note an issue, or make one mark."""
    folder: Path = inputs["submission"]
    if noting and step is not None:
        refuse_usage("--note 和 --step 分两次办")
    if (noting or step is not None) and by is None:
        refuse_usage("请写 --by 姓名：台账上每一行都要有人")
    if (step is None) != (gap is None):
        refuse_usage("办一步要写全：--gap 编号 --unit 单位 --step 步骤 --by 姓名")
    if step is not None and unit is None:
        refuse_usage("请写 --unit：是哪个单位的这一件")
    judged = _judge(**inputs)
    on = judged.assessment.as_of or judged.opened.campaign.head.as_of
    if noting:
        _append(folder, str(by), {"note": _note_of(judged, on)})
    elif step is not None:
        said = {"unit": unit, "step": STEPS_NAMED[step], "by": by, "on": (read_day(inputs["as_of"]) or _today()).isoformat()}
        told = {"person": person, "deadline": deadline, "level": level, "remark": remark}
        said |= {key: value for key, value in told.items() if value is not None}
        for name in _gaps_named(str(gap), str(unit), STEPS_NAMED[step], folder):
            _append(folder, str(by), {"mark": {**said, "gap": name}})
    ledger = _read_account(folder)
    cases = tuple(case for case in ledger.account.cases if unit is None or case.unit == unit)
    write(_close_out_text(judged, ledger, cases, on, form), output, spreadsheet=form == "csv")


def _today() -> date:
    return date.today()  # noqa: DTZ011 - the user's own calendar day, on which the mark is made


def _gaps_named(gap: str, unit: str, step: Step, folder: Path) -> list[str]:
    """The one gap that is named, or every one of the unit's that is gone and can take this step."""
    if gap != GONE:
        return [gap]
    cases = _read_account(folder).account.cases
    gone = [case.gap for case in cases if case.unit == unit and case.is_gone and can_take(case, step)]
    if not gone:
        refuse_usage(f"{unit}没有差距已消、能办这一步的")
    return gone


def _close_out_text(judged: Judged, ledger: CloseOutLedger, cases: tuple[Case, ...], on: date, form: str) -> str:
    table = [case_row(case, on) for case in cases]
    if form == "json":
        return render_json(cases)
    if form == "csv":
        return render_csv(CLOSE_OUT_COLUMNS, table)
    if form == "md":
        return "\n".join(markdown_table(CLOSE_OUT_COLUMNS, table)) + "\n"
    whole = judged.opened.campaign.head.unit.name
    chain = ledger.chain
    head = f"{chain.last.seq}:{chain.head}" if chain.last else "还没有一行"
    return render_close_out(whole, ledger.account, cases, on, head, str(judged.inputs.folder))


def _note_of(judged: Judged, on: date) -> dict[str, Any]:
    """Everything that can be mended and is due: what is lost for good, and what merely follows, is nobody's task."""
    noted = {
        (line.gap, line.unit): {
            "gap": line.gap,
            "unit": line.unit,
            "what": line.what,
            **({"due": line.due.isoformat()} if line.due is not None else {}),
        }
        for lines in judged.owed.values()
        for line in lines
        if line.mendable and line.kind is not GapKind.NOT_YET_DUE
    }
    return {
        "issue": judged.issue.number,
        "as_of": on.isoformat(),
        "assessment": sha256_of(canonical_bytes(judged.assessment.model_dump(mode="json", by_alias=True))),
        "gaps": [one for _, one in sorted(noted.items())],
    }


def _append(folder: Path, by: str, said: dict[str, Any]) -> None:
    """Add one line, or refuse with the reason and add nothing."""

    def compose(content: bytes) -> tuple[bytes, list[Problem]]:
        ledger, problems = read_close_out(content, CLOSE_OUT)
        return (b"", problems) if refused(problems) else close_out_line(ledger, now(), by, said, CLOSE_OUT)

    _, problems = append_line(folder / CLOSE_OUT, compose)
    if refused(problems):
        raise Refusal(problems, folder)


def _read_account(folder: Path) -> CloseOutLedger:
    """Read the ledger beside the campaign; one whose chain does not hold is refused with exit code 3."""
    path = folder / CLOSE_OUT
    if not path.is_file():
        return CloseOutLedger()
    ledger, problems = read_close_out(path.read_bytes(), CLOSE_OUT)
    if refused(problems):
        raise Difference(problems, folder)
    return ledger


assert set(STEPS_NAMED.values()) == set(STEPS)
