"""The first sheet (说明): what the workbook is, of which run, how it came out, and how to read it."""

from engine.models.run_record import RunRecord
from engine.rendering.recompute.cells import Column
from engine.rendering.recompute.cells import Formula
from engine.rendering.recompute.cells import Row
from engine.rendering.recompute.cells import Sheet
from engine.rendering.recompute.cells import formula
from engine.rendering.words import DISCLAIMER

COLUMNS = (Column("name", "项", 20, "id"), Column("said", "内容", 110, "wrap"))
SHEETS = (
    ("总分", "自报、有据两条线的总分，封顶、罚扣、附加项都在这里。"),
    ("板块", "每个一级指标的小计。"),
    ("指标", "每个指标的得分：满分×份额，只舍入一次。"),
    ("要素", "每个部分的值、条件、份额、权重，时间上还能怎样，有没有据。"),
    ("佐证", "每个指标要的材料齐了没有。"),
    ("逐单位", "每个成员单位的现值和达标与否。"),
    ("量值", "由事实算出的数、率、份额。"),
    ("事实", "填报的数。黄色格可以改，改了全表跟着变。"),
    ("口径", "每个指标满分多少，不适用的怎样折算。"),
    ("条款", "成立的条款和资格，作为标记。"),
    ("核对", "记录里的数与本表算出的数，逐个比。"),
)
FLAGS = (
    ("受理与矛盾", "材料退回或合格、填报有没有矛盾、取不取各种读法：由受理环节判，以件数和「有矛盾」标记进来。"),
    (
        "逐件的判断",
        "登记表每一件按期没有、步骤齐不齐（含工作日推算），以合格、不合、说不准的件数进来；逐次事件以落在各期的次数进来。",
    ),
    ("时间", "好的算不算数、还来不来得及补、依据在不在施行期：按评判日判，以标记进来。"),
    ("适用", "不适用、不归本单位：按级别、性质、立法权、依据判，以标记进来，写明理由。"),
    ("人的判断", "评定人的等次、外部指出的弱项、人工认定：以份额或标记进来，写明理由。"),
    ("条款", "否决、封顶、罚扣、附加项成立不成立：由链式推理得出，以标记进来，写明前提；改了事实不会重推。"),
)


def make_cover(record: RunRecord, digest: str, unit: str, check: Sheet, totals: dict[str, Row]) -> Sheet:
    """What a reader must know before anything else."""
    sheet = Sheet("说明", f"{unit} 法治政府示范创建自评：自行复算表", (), COLUMNS, look="text")

    def say(name: str, said: str | Formula, style: str = "") -> None:
        row = sheet.add(name=name)
        row.put("said", said, style)

    say("性质", f"{DISCLAIMER}。", "warning")
    say(
        "这是什么",
        "一次试算的全部算式。每个指标的得分、每个小计和总分都由本表的公式从事实和口径算出，不用本工具也能重算、追问、试改。",
    )
    say("核对结果", formula("{top}", top=check.top), "strong")
    for key, title in (("earned", "已得"), ("reachable", "最高可到")):
        told = '"自报"&TEXT({a},"0.000")&"分，有据"&TEXT({b},"0.000")&"分（满分"&TEXT({c},"0.000")&"分）"'
        cells = {"a": totals[key]["claimed"], "b": totals[key]["proven"]}
        say(title, formula(told, **cells, c=totals["maximum"]["proven"]))
    say("记录", f"sha256 {digest}")
    say("填报", f"sha256 {record.digests.submission}")
    say(
        "规则",
        f"{record.ruleset['header']['id']} 修订{record.ruleset['header']['revision']}，sha256 {record.digests.ruleset}",
    )
    profile = record.ruleset["profiles"][record.profile]
    say("口径", f"{record.profile} {profile['title']}，sha256 {record.digests.profile}。{profile['basis']}")
    days = record.dates
    say("日期", f"评判日{days.judged}；数据截至{days.data_until or '没有写'}；材料截至{days.documents_until or '没有'}")
    say("", "")
    say(
        "怎样试改",
        "在「事实」改黄色格（如某单位的法制审核人数），看「总分」「核对」怎样变。这只是试算；要定论，请改填报重跑。",
        "strong",
    )
    say("展开", "整数分子、分母等每一步的列收起来了，点列标上方的＋（或左上角的2）展开。")
    say("颜色", "黄底：可以改的填报、口径和标记。白底：公式。绿、红：一致、不一致。")
    say("数", "下限、上限：肯定不低于、可能不高于；空着是不知道。份额和率用整数分子、分母，不用小数，因此与记录一分不差。")
    say("", "")
    say("各表", "由总到分，从左到右；每张表开头几行写着怎样读。", "strong")
    for name, told in SHEETS:
        say(name, told)
    say("", "")
    say("不是算式的", "下面这些不能写成算式，以标记（带理由）进来，从不直接写成得分。改了事实，标记不会跟着变。", "strong")
    for name, told in FLAGS:
        say(name, told)
    return sheet
