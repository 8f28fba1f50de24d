"""The monthly league (月度通报) as a sheet of paper or a workbook with filters. A draft until a person signs it."""

from collections.abc import Iterable
from collections.abc import Sequence

from engine.models.campaign import Issue
from engine.models.campaign import LeagueRow
from engine.models.result import Assessment
from engine.rendering.campaign_screens import HOW_RANKED
from engine.rendering.campaign_screens import LEAGUE_COLUMNS
from engine.rendering.campaign_screens import issue_named
from engine.rendering.campaign_screens import league_row
from engine.rendering.papers.basis import paper
from engine.rendering.papers.paper import Column
from engine.rendering.papers.paper import Paper
from engine.rendering.papers.paper import Section
from engine.rendering.papers.paper import Table
from engine.rendering.papers.paper import Text

_WIDTHS = (3, 10, 6, 6, 3, 3, 3, 3, 3, 6)


def league_paper(rows: Sequence[LeagueRow], issue: Issue, missing: Iterable[str], assessment: Assessment) -> Paper:
    """Every unit by rate, with who handed in nothing; ``missing`` says it in lines."""
    heads = enumerate(zip(LEAGUE_COLUMNS, _WIDTHS, strict=True))
    columns = tuple(Column(head, width, right=at not in (1, 9)) for at, (head, width) in heads)
    table = Table("通报", f"{issue_named(issue)}各单位得分率", columns, tuple(tuple(league_row(row)) for row in rows))
    sections = (
        Section("一、谁交了", (Text(tuple(line.strip() for line in missing if line.strip()), "small"),)),
        Section("二、各单位", (table,)),
        Section("三、怎么排", (Text(HOW_RANKED),)),
        Section("签发", (Text(("专班长签发 ______　月　日",)),)),
    )
    return paper("league", f"{assessment.submission.unit}创建工作通报（草稿）", assessment, sections, table)
