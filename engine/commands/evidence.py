"""``fazhi evidence``: enter evidence, take it back, review it, look at the ledger, check that nobody changed it."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import click

from engine.acceptance import barred_from_entry
from engine.acceptance import unknown_names
from engine.commands import OPTIONS
from engine.commands.appending import mend
from engine.commands.appending import now
from engine.commands.appending import replace_whole
from engine.commands.entering import HERE
from engine.commands.entering import enter
from engine.commands.entering import find_standing
from engine.commands.entering import foreseen
from engine.commands.entering import is_plain
from engine.commands.entering import item_from
from engine.commands.entering import load_with_rules
from engine.commands.entering import note
from engine.commands.evidence_check import check
from engine.commands.inputs import Difference
from engine.commands.inputs import Refusal
from engine.commands.inputs import format_option
from engine.commands.inputs import from_here
from engine.commands.inputs import judge_submission
from engine.commands.inputs import output_option
from engine.commands.inputs import refuse_usage
from engine.commands.inputs import with_inputs
from engine.commands.inputs import write
from engine.commands.integrity import TAIL_UNSEEN
from engine.commands.integrity import against_head
from engine.commands.integrity import check_signature
from engine.commands.integrity import head_text
from engine.commands.integrity import read_head
from engine.commands.integrity import read_whole
from engine.commands.journal import JOURNAL
from engine.commands.journal import refuse_broken_journal
from engine.journal import Journal
from engine.journal import read_journal
from engine.ledger import Ledger
from engine.ledger import chained_from
from engine.ledger import next_id
from engine.ledger import read_ledger
from engine.ledger import written
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.problem import refused
from engine.models.record import Place
from engine.models.submission import EvidenceItem
from engine.models.submission import same_person
from engine.named_files import LEDGER
from engine.named_files import find_inside
from engine.rendering.documents import render_csv
from engine.rendering.documents import render_json
from engine.rendering.evidence_list import ITEM_COLUMNS
from engine.rendering.evidence_list import item_row
from engine.rendering.evidence_list import list_items
from engine.rendering.evidence_list import render_items
from engine.rendering.layout import markdown_table
from engine.sources import sha256_of

KEPT = "ledger.plain.jsonl"
UNNAMED = "没有写名字"
# What the journal notes with the hash of a line of the ledger.
ENTERING = ("evidence add", "evidence withdraw", "evidence review", "evidence chain")

folder_argument = click.argument("folder", metavar="文件夹", type=click.Path(path_type=Path, file_okay=False))


def _named(_: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Refuse a name that is only blanks."""
    if value is not None and not value.strip():
        raise click.BadParameter("要写名字", param=parameter)
    return value.strip() if value else None


by_option = click.option("--by", metavar="NAME", required=True, callback=_named, help="谁在登记（本人姓名）")


@click.group(
    options_metavar=OPTIONS,
    subcommand_metavar="命令 [参数]",
    help="佐证台账 ledger.jsonl：只增不改，行行相扣。DIR 是填报文件夹。",
)
def command() -> None:
    """Hold the commands on the ledger together."""


command.add_command(check)


# --- writing ----------------------------------------------------------------------------------------------------------


@command.command(options_metavar=OPTIONS, help="登记一件材料。")
@folder_argument
@by_option
@click.option("--title", metavar="TEXT", required=True, help="名称")
@click.option("--kind", metavar="KIND", required=True, help="种类，如 document、table、record；写错会提示可用的")
@click.option("--id", metavar="ID", help="编号；不写就接着 E-… 往下编")
@click.option("--number", metavar="TEXT", help="文号")
@click.option("--issuer", metavar="TEXT", help="出具单位")
@click.option("--issued", metavar="DATE", help="成文日期：2020、2020-03 或 2020-03-09")
@click.option("--published", metavar="DATE", help="公开日期")
@click.option("--covers", metavar="FROM TO", nargs=2, help="写的是哪一段时间的事")
@click.option("--effective-from", metavar="DATE", help="施行日期")
@click.option("--effective-to", metavar="DATE", help="失效日期")
@click.option("--signed-by", metavar="NAME", help="签发人")
@click.option("--sealed/--not-sealed", default=None, help="盖了章没有")
@click.option("--classification", metavar="TEXT", help="密级；有密级的不登记文件")
@click.option("--source-class", metavar="CLASS", help="self 自己做的、system 系统导出、outside 外部出具")
@click.option("--unit", metavar="UNIT", help="哪个成员单位的")
@click.option("--proves", metavar="I-…/SLOT[/UNIT]", multiple=True, help="证明哪个指标的哪项佐证要求；可以写几次")
@click.option("--file", metavar="FILE", help="文件，要放在填报文件夹里")
@click.option("--file-created", metavar="DATE", help="电子文件自带的形成日期")
@click.option("--pages", metavar="TEXT", help="页码")
@click.option("--url", metavar="URL", help="公开网址")
@click.option("--filled-by", metavar="NAME", callback=_named, help="填报人；不写就是登记的人")
@click.option("--lead-checked-by", metavar="NAME", callback=_named, help="牵头单位复核的人")
@click.option("--note", metavar="TEXT", help="说明")
@click.option("--ruleset", metavar="ID|DIR", help="用哪个规则集；不写就用填报里写的")
@click.option("--rulesets", metavar="DIR", type=click.Path(path_type=Path), help="自己的规则集放在哪个文件夹")
def add(folder: Path, by: str, ruleset: str | None, rulesets: Path | None, **given: Any) -> None:
    """Check an item as assess would, hash its file, enter it, and say what will become of it."""
    submission, rules = load_with_rules(folder, ruleset, rulesets)
    item, files = item_from(given, by, folder)
    problems = [*unknown_names(item, rules, submission), *barred_from_entry(item)]
    if problems:
        raise Refusal(problems)
    entered: list[EvidenceItem] = []
    elsewhere = [known.id for known in submission.evidence if known.place.file != LEDGER]

    def say(ledger: Ledger) -> tuple[dict[str, Any], list[Problem]]:
        taken = [*elsewhere, *(known.id for known in ledger.items)]
        numbered = item.model_copy(update={"id": given["id"] or next_id(taken)})
        entered.append(numbered)
        if numbered.id in taken:
            remedy = f"每件材料用自己的编号；不写 --id 就编成 {next_id(taken)}。更正旧的：先撤回，再另登"
            return {}, [problem("ID_DUPLICATE", HERE, f"材料编号「{numbered.id}」已登过", remedy)]
        return {"item": written(numbered)}, []

    told = enter(folder, by, "evidence add", say, lambda: entered[-1].id)
    verdict = foreseen(entered[-1], rules, submission, files)
    write(f"已登记 {entered[-1].id}「{item.title}」\n{told}{verdict}", None)


@command.command(options_metavar=OPTIONS, help="撤回一件材料：留痕，不再作证据，查出的问题照样列着。")
@folder_argument
@click.argument("item", metavar="编号")
@by_option
@click.option("--reason", metavar="TEXT", required=True, help="为什么撤回")
def withdraw(folder: Path, item: str, by: str, reason: str) -> None:
    """Take an item back; it stays in the record."""

    def say(ledger: Ledger) -> tuple[dict[str, Any], list[Problem]]:
        _, problems = find_standing(item, ledger)
        return {"withdraw": {"id": item, "reason": reason}}, problems

    told = enter(folder, by, "evidence withdraw", say, lambda: item)
    write(f"已撤回 {item}，记录留着\n{told}", None)


@command.command(options_metavar=OPTIONS, help="复核一件材料：认可的由形式合格变成已核；填报人自己复核不算。")
@folder_argument
@click.argument("item", metavar="编号")
@by_option
@click.option(
    "--result",
    type=click.Choice(["accepted", "rejected"]),
    metavar="accepted|rejected",
    required=True,
    help="认可或不认可",
)
@click.option("--on", metavar="DATE", help="哪一天看的；不写就是今天")
@click.option("--remark", metavar="TEXT", help="复核意见；不认可的必须写")
def review(folder: Path, item: str, by: str, result: str, on: str | None, remark: str | None) -> None:
    """Note one person's look at an item."""
    if result == "rejected" and not remark:
        refuse_usage("不认可要写理由：--remark")
    day = on or date.today().isoformat()  # noqa: DTZ011 - the reviewer's own calendar day
    said = {"id": item, "by": by, "on": day, "result": result, **({"remark": remark} if remark else {})}
    own: list[bool] = []

    def say(ledger: Ledger) -> tuple[dict[str, Any], list[Problem]]:
        found, problems = find_standing(item, ledger)
        own.append(found is not None and same_person(found.filler, by))
        return {"review": said}, problems

    told = enter(folder, by, "evidence review", say, lambda: item)
    notice = f"REVIEW_SELF {by}就是填报人，记下了，不算已核；请换人复核\n" if own[-1] and result == "accepted" else ""
    write(f"已记下 {by} 对 {item} 的复核：{'认可' if result == 'accepted' else '不认可'}\n{notice}{told}", None)


@command.command("chain", options_metavar=OPTIONS, help="把明文台账改成链式的；原文件另存 ledger.plain.jsonl。")
@folder_argument
@by_option
def chain_up(folder: Path, by: str) -> None:
    """Turn a plain ledger into a chained one."""
    refuse_broken_journal(folder)
    content = read_whole(folder / LEDGER)
    if read_ledger(content, LEDGER)[0].entries:
        write(f"{LEDGER} 已经是链式的，没有动\n", None)
        return

    def make(found: bytes) -> tuple[bytes, list[Problem]]:
        kept = folder / KEPT
        if kept.exists() and kept.read_bytes() != found:
            refuse_usage(f"已有一份内容不同的 {kept}；请先移到别处存好，再来一次")
        return chained_from(found, now(), by, LEDGER)

    whole, problems = replace_whole(folder / LEDGER, make, folder / KEPT)
    if refused(problems):
        raise Refusal(problems, folder)
    ledger, _ = read_ledger(whole, LEDGER)
    note(folder, by, "evidence chain", LEDGER, ledger.chain.head)
    write(f"{LEDGER} 已改成链式，{len(ledger.items)}件；原文件存 {KEPT}\n末尾  {head_text(ledger.chain)}\n", None)


# --- looking ----------------------------------------------------------------------------------------------------------


@command.command("list", options_metavar=OPTIONS, help="有哪些材料，各自怎样：形式合格、已核、退回、未用、已撤回。")
@with_inputs
@format_option
@output_option
def list_evidence(form: str, output: Path | None, **inputs: Any) -> None:
    """List every item with what assess makes of it."""
    judged = judge_submission(**inputs)
    items = list_items(judged.assessment, judged.submission.evidence)
    if form == "json":
        text = render_json(items)
    elif form == "csv":
        text = render_csv(ITEM_COLUMNS, map(item_row, items))
    elif form == "md":
        text = "\n".join(markdown_table(ITEM_COLUMNS, [item_row(item) for item in items])) + "\n"
    else:
        text = render_items(items)
    write(text, output, spreadsheet=form == "csv")


@command.command(options_metavar=OPTIONS, help="印出台账的末尾（行数和哈希），好抄到别处或签名。")
@folder_argument
@output_option
def head(folder: Path, output: Path | None) -> None:
    """Write the ledger's head."""
    ledger, _, _ = _checked(folder)
    write(f"{head_text(ledger.chain)}\n", output)


@command.command(
    options_metavar=OPTIONS, help="核对台账有没有被改、删、插、调换，登记的文件有没有被换；不符以退出码3结束，指出第一处。"
)
@folder_argument
@click.option("--head", "noted", metavar="HASH|FILE", help="别处记下的末尾，或存着它的文件")
@click.option("--signature", metavar="FILE.sig", type=click.Path(path_type=Path), help="对台账（或 --head 的文件）的签名")
@click.option("--key", metavar="PUB.pem", type=click.Path(path_type=Path), help="签名人的公钥")
@click.option("--mend", "mending", is_flag=True, help="最后一行没有写完时切下来另存 .torn；别的一律不动")
@click.option("--by", metavar="NAME", callback=_named, help="谁在核对；写了就记进运行日志")
def verify(folder: Path, noted: str | None, signature: Path | None, key: Path | None, mending: bool, by: str | None) -> None:
    """Check the chain, the files, and the end and signature where they are given."""
    if (signature is None) != (key is None):
        refuse_usage("--signature 和 --key 要一起写")
    known_end = read_head(noted) if noted else None
    if mending:
        write(f"{_mended(folder, by)}\n", None)
    # The journal first: a writer adds to the ledger before it notes so, and may be at it just now.
    journal = _journal_of(folder)
    ledger, content, notices = _checked(folder)
    lines = [f"{LEDGER} 共{len(ledger.entries)}行{len(ledger.items)}件，链完整"]
    lines.append(f"末尾  {head_text(ledger.chain)}")
    if problems := _lost_entries(ledger, journal):
        raise Difference(problems, folder)
    if known_end:
        told, problems = against_head(ledger.chain, known_end, LEDGER)
        if problems:
            raise Difference(problems, folder)
        lines.append(told)
    if signature and key:
        signed = Path(noted) if noted and Path(noted).is_file() else None
        lines.append(
            check_signature(signed.read_bytes() if signed else content, str(signed or folder / LEDGER), signature, key)
        )
    lines += [f"提示  {from_here(found, folder)}" for found in notices]
    write("\n".join([*lines, TAIL_UNSEEN]) + "\n", None)
    if by and not mending:
        note(folder, by, "evidence verify", LEDGER, ledger.chain.head)
    files, problems = _changed_files(ledger.items, folder)
    if problems:
        raise Difference(problems, folder)
    write(f"登记的文件  在的{files}件，内容都没有变\n", None)


# --- steps ------------------------------------------------------------------------------------------------------------


def _mended(folder: Path, by: str | None) -> str:
    read_whole(folder / LEDGER)
    told, kept, problems = mend(folder / LEDGER)
    if problems:
        raise Difference(problems, folder)
    if kept is not None:
        note(folder, by or UNNAMED, "evidence verify --mend", kept.name, sha256_of(kept.read_bytes()))
    return told


def _checked(folder: Path) -> tuple[Ledger, bytes, list[Problem]]:
    """Read a chained ledger whose chain holds, or leave."""
    content = read_whole(folder / LEDGER)
    ledger, problems = read_ledger(content, LEDGER)
    if ledger.is_plain:
        raise Refusal([is_plain()], folder)
    if refused(problems):
        raise Difference(problems, folder)
    return ledger, content, problems


def _journal_of(folder: Path) -> Journal:
    if not (folder / JOURNAL).is_file():
        return Journal()
    journal, problems = read_journal(read_whole(folder / JOURNAL), JOURNAL)
    if refused(problems):
        raise Difference(problems, folder)
    return journal


def _lost_entries(ledger: Ledger, journal: Journal) -> list[Problem]:
    """The first entry that the journal noted and the ledger no longer holds: its end was cut off, or it is another one."""
    held = {link.hash for link in ledger.chain.links}
    lost = [entry for entry in journal.entries if entry.did in ENTERING and entry.digest not in held]
    remedy = "末尾几行被删去，或整份被换过；请从备份恢复，查清以前不能采信"
    return [
        problem(
            "LEDGER_HEAD",
            Place(file=LEDGER),
            f"运行日志第{entry.seq}行记着{entry.by}于{entry.at}登过 {entry.about}，台账里没有那一行",
            remedy,
        )
        for entry in lost[:1]
    ]


def _changed_files(items: Iterable[EvidenceItem], folder: Path) -> tuple[int, list[Problem]]:
    """Count the entered files that are there, and name those that are not what was entered; withdrawn ones are past."""
    there = 0
    problems: list[Problem] = []
    for item in items:
        path, _ = find_inside(folder, item.file, item.place) if item.file else (None, [])
        if path is None or not path.is_file() or item.sha256 is None or item.withdrawn:
            continue
        there += 1
        if sha256_of(path.read_bytes()) != item.sha256:
            found = f"{item.id}「{item.title}」的文件 {item.file} 与登记时不是同一份"
            remedy = "请找回登记时的文件；换了文件的，撤回这一件，另登一件"
            problems.append(problem("E19", item.place, found, remedy, item.id))
    return there, problems
