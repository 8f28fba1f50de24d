"""User mistakes as values: what was found, where, and what to do about it."""

from collections.abc import Iterable
from enum import StrEnum

from engine.models.record import Place
from engine.models.record import Record


class Severity(StrEnum):
    """How much a problem stops.

    ``refused``: the file cannot be used and nothing is scored. ``set_aside``: this value or item counts as missing.
    ``notice``: nothing changes, but a person should look.
    """

    REFUSED = "refused"
    SET_ASIDE = "set_aside"
    NOTICE = "notice"


class Problem(Record):
    """One mistake in an input. ``str(problem)`` is the message a user reads.

    ``subject`` names the measure, element or item that it concerns, ``unit`` the member unit, where there is one.
    """

    severity: Severity
    code: str
    place: Place
    found: str
    remedy: str
    subject: str = ""
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.code} {self.found}\n    {self.remedy}"


R, A, N = Severity.REFUSED, Severity.SET_ASIDE, Severity.NOTICE

CODES: dict[str, tuple[Severity, str]] = {
    # reading (sources)
    "FILE_MISSING": (R, "文件或文件夹不存在"),
    "FILE_TOO_LARGE": (R, "文件超过5MB"),
    "FILE_ENCODING": (R, "不是UTF-8文本"),
    "FILE_CONTROL_CHARACTER": (R, "含有不可见的控制字符"),
    "FILE_OUTSIDE": (R, "路径指向填报文件夹以外"),
    "YAML_SYNTAX": (R, "YAML写法不通"),
    "YAML_TAB": (R, "用了制表符缩进"),
    "YAML_ALIAS": (R, "用了锚点或别名"),
    "YAML_TAG": (R, "用了类型标签"),
    "YAML_DOCUMENTS": (R, "一个文件里有几份文档"),
    "YAML_EMPTY": (R, "文件是空的"),
    "YAML_TOO_DEEP": (R, "嵌套太深"),
    "YAML_KEY_DUPLICATE": (R, "同一个键写了两次"),
    "YAML_KEY_NOT_TEXT": (R, "键不是文字"),
    "YAML_BOOLEAN_WORD": (R, "no、on一类的词在别处会被当成真假"),
    "YAML_NUMBER_FORM": (R, "数的写法会被读错（前导零、科学计数、下划线、六十进制）"),
    "LEDGER_LINE": (R, "台账的一行不是一个完整的JSON对象"),
    "LEDGER_CHAIN": (R, "台账或日志的链在这一行断了：有行被改、删、插或调换"),
    "LEDGER_TORN": (R, "台账或日志的最后一行没有写完"),
    "LEDGER_MIXED": (R, "台账里明文行与链式行混在一起"),
    "LEDGER_PLAIN": (R, "台账是明文的，没有链，改动看不出来"),
    "LEDGER_HEAD": (R, "台账或日志与别处记下的末尾不符"),
    "LEDGER_TIME": (N, "登记时刻早于上一行"),
    "TABLE_FILE": (R, "读不出文件里的表格"),
    "TABLE_COLUMNS": (R, "没有认出指标表的表头"),
    "TABLE_HEADER": (R, "登记表缺列、多列或列名重复"),
    "TABLE_ROW": (R, "登记表的一行列数不对"),
    # workbooks (import)
    "WORKBOOK_UNREADABLE": (R, "不是能读的工作簿（旧格式、加密、损坏）"),
    "WORKBOOK_TOO_LARGE": (R, "工作簿太大，或解开太大（压缩炸弹）"),
    "WORKBOOK_MACRO": (R, "工作簿带宏或控件"),
    "WORKBOOK_EXTERNAL": (R, "工作簿链接或嵌入了别的文件"),
    "WORKBOOK_DTD": (R, "工作簿里有文档类型声明"),
    "WORKBOOK_META": (R, "工作簿的模板信息缺了，或被改动过"),
    "WORKBOOK_RULESET": (R, "工作簿不是按这版规则出的"),
    "WORKBOOK_DIFFERS": (R, "几份工作簿不是同一次填报的"),
    "WORKBOOK_SHEET": (R, "少了工作表，或改了名字"),
    "WORKBOOK_SHEET_EXTRA": (N, "多出来的工作表，没有读"),
    "WORKBOOK_HEAD": (R, "列名缺了、改了或重复"),
    "WORKBOOK_ID": (R, "编号不在模板里"),
    "WORKBOOK_ROW": (R, "模板里的行不见了"),
    "WORKBOOK_STRAY": (R, "写在了不读的地方"),
    "WORKBOOK_CHECKED": (R, "复核过或撤回的材料在工作簿里被改动"),
    "CELL_FORMULA": (R, "格里是公式"),
    "CELL_ERROR": (R, "格里是出错的值"),
    "CELL_BOOLEAN": (R, "要数或文字的格里是真假值"),
    "CELL_DATE": (R, "要数的格被表格软件变成了日期"),
    "CELL_NUMBER": (R, "要日期的格里是一个数"),
    "CELL_CHOICE": (R, "不在下拉框的可选项里"),
    # parts of a campaign (campaigns, merging)
    "PART_WORKBOOK": (A, "工作簿还没有导入"),
    "PART_STRANGER": (A, "文件夹不属于名单上的单位"),
    "PART_OTHER_UNIT": (A, "填报写的是别的单位"),
    "PART_OTHER_PERIOD": (A, "评估期与全县的不同"),
    "PART_OTHER_RULES": (A, "规则集与全县的不同"),
    "PART_NOT_ASKED": (A, "不归这个单位报"),
    "PART_DOUBLE_CASE": (A, "同一件几个单位都登了"),
    "PART_OWN_FIGURE": (N, "不牵头的单位报的数，只当本单位的"),
    # the close-out ledger (closing)
    "CLOSE_STEP": (R, "现在的状态走不了这一步"),
    "CLOSE_SAME_PERSON": (R, "申请、复核、核验的是同一人"),
    "CLOSE_STILL_OPEN": (R, "差距还在，不能销号"),
    "CLOSE_UNSIGNED": (R, "升级没有由人签发，或没有到该升级的时候"),
    # shape (rulesets, submissions)
    "KEY_UNKNOWN": (R, "不认识的键"),
    "KEY_MISSING": (R, "缺少必填的键"),
    "VALUE_TYPE": (R, "值的类型不对"),
    "VALUE_CHOICE": (R, "值不在可选范围"),
    "VALUE_NOT_EXACT": (R, "不是确切的数"),
    "VALUE_NOT_WHOLE": (R, "不是整数"),
    "DATE_AS_NUMBER": (R, "日期写成了小数"),
    "DATE_UNREADABLE": (R, "不是日期"),
    "DATE_NOT_A_DAY": (R, "日期没有写到日"),
    "DATE_ORDER": (R, "起止日期颠倒"),
    "RECORD_INCONSISTENT": (R, "几个键合在一起说不通"),
    "ID_DUPLICATE": (R, "编号重复"),
    "NAME_UNKNOWN": (R, "引用了没有定义的名字"),
    "POINTS_SUM": (R, "分值合计与满分不符"),
    "MEASURE_CYCLE": (R, "口径互相引用成环"),
    "FORMULA_UNREADABLE": (R, "算式写法不通"),
    "RULESET_UNKNOWN": (R, "没有这个规则集"),
    "VERSION_UNREADABLE": (R, "规则集名里 @ 后面的写法不认识"),
    "REVISION_UNKNOWN": (R, "没有冻结过这个修订"),
    "EDITION_UNKNOWN": (R, "这一天没有版本在执行，或不止一个"),
    "PROFILE_UNKNOWN": (R, "没有这个评分口径"),
    "INDICATOR_UNKNOWN": (R, "没有这个指标"),
    "UNIT_UNKNOWN": (R, "单位不在名录里"),
    "FACT_FORM": (R, "填报形式与口径不符（数、真假、日期、事件、登记表）"),
    # overlays
    "OVERLAY_CYCLE": (R, "叠加层绕成了圈"),
    "OVERLAY_LOOSENS": (R, "叠加层把下面那层的要求改松了"),
    "CHECKPOINT_COUNT": (R, "检查点比方案写的总数还多"),
    "CHECKPOINT_YEAR": (R, "检查点的目标年与方案不合"),
    # clauses
    "CLAUSE_CYCLE": (R, "条款与计数互相依赖成环"),
    "CLAUSE_LIMIT": (R, "条款超出推理器的限度"),
    "CLAUSE_FROM_UNKNOWN": (R, "条款要扣分，却以不知道的事为前提"),
    "CLAUSE_CHAINERS_DIFFER": (N, "两个推理器的结论不一致"),
    # looking over rules (linting)
    "LINT_MEASURE_UNUSED": (N, "口径没有规则用到，也没有写明留存的理由"),
    "LINT_BAND_UNREACHABLE": (N, "低档永远够不着"),
    "LINT_BAND_OVERLAP": (N, "各档互相重叠，分不出高低"),
    "LINT_SLOT_UNUSED": (N, "没有要素要用这项佐证"),
    "LINT_ELEMENT_UNPROVEN": (N, "要素没有写佐证，永远无据"),
    "LINT_CLAUSE_NEVER": (N, "条款的前提永远不会成立"),
    "LINT_CLAUSE_LOOP": (N, "条款靠自己的结论成立"),
    "LINT_THRESHOLD_UNFOUNDED": (N, "满分线没有写明出自哪条依据"),
    "LINT_NO_CASES": (N, "指标的用例不全"),
    "LINT_FORBIDDEN_WORD": (N, "写了教人作假的话"),
    # frozen revisions (releases)
    "REVISION_DRAFT": (R, "草稿不能当定稿冻结"),
    "REVISION_TAKEN": (R, "这个修订号已经冻结，内容不同"),
    "REVISION_NOT_HIGHER": (R, "修订号低于已冻结的"),
    "REVISION_EMPTY": (R, "修订号提了，内容没有变"),
    "RELEASE_ALTERED": (R, "冻结的修订被改动过"),
    "RELEASE_MISSING": (R, "冻结的修订不见了"),
    "RELEASE_UNLOCKED": (R, "冻结的文件没有上锁"),
    "RELEASE_UNREADABLE": (R, "冻结的修订本程序读不进来"),
    "RELEASE_LOCK_UNREADABLE": (R, "锁读不出来"),
    # records of runs
    "RUN_RECORD_UNREADABLE": (R, "不是试算记录"),
    "RUN_RECORD_TRUNCATED": (R, "试算记录没有写完"),
    "RUN_RECORD_ALTERED": (R, "试算记录被改动过"),
    "RUN_RECORD_DIFFERS": (R, "照试算记录再算，结果不同"),
    "RUN_RECORD_NEWER": (R, "试算记录的格式比本程序新"),
    # facts (admission)
    "FACT_EMPTY": (A, "空值"),
    "FACT_PLACEHOLDER": (A, "占位符，不是数"),
    "FACT_NO_NUMBER": (A, "只有定性的话，没有数"),
    "FACT_UNREADABLE": (A, "读不出确切意思"),
    "FACT_NOT_WHOLE": (A, "件数、人数应是整数"),
    "FACT_PERCENT": (A, "率没有写百分号"),
    "FACT_OUT_OF_RANGE": (A, "超出口径允许的范围"),
    "FACT_UNIT_OF_MEASURE": (A, "计量单位与口径不符"),
    "FACT_OTHER_PERIOD": (A, "不是评估期内的数"),
    "FACT_AFTER_AS_OF": (A, "日期在评判日之后"),
    "FACT_CLAIM_CONFLICT": (A, "同一要素的申报互相矛盾"),
    "FACT_CONFLICT": (A, "同一口径报了不同的数"),
    "FACT_PARTS_SUM": (A, "分项合计与总数不符"),
    "FACT_UNIT_ROLE": (A, "这个口径不由这个单位报"),
    "FACT_PART_EXCEEDS": (A, "其中项大于总数"),
    "FACT_RATE_CHECK": (A, "自报的率与分子分母不符"),
    "FACT_DATE_ORDER": (A, "日期先后矛盾"),
    "FACT_MEMBERS_SUM": (A, "各单位之和与全市数不符"),
    "FACT_ROW": (A, "登记表的一行不能用"),
    "FACT_REPEATED": (N, "同一个数报了几次，只算一次"),
    "INCIDENT_BEFORE_PERIOD": (A, "事项发生在评估期开始以前"),
    "INCIDENT_NOT_MENDED": (N, "写了已办结，没有受理的整改材料"),
    "REGISTER_NOT_FULL": (R, "登记表不是全量表，不能抽案卷"),
    "REGISTER_MISSING": (R, "没有交登记表或登记表是空的，抽不了案卷"),
    "OVERRIDE_STALE": (A, "人工认定所依的结果已经变了"),
    "OVERRIDE_EXPIRED": (N, "人工认定已过期，恢复算出的结果"),
    "OVERRIDE_CONFLICT": (A, "同一天有不同的人工认定"),
    "OVERRIDE_SELF": (N, "认定人也填报或复核了这一项"),
    "RATING_SELF": (A, "评定人就是填报人"),
    "RATING_TWICE": (A, "同一人对同一要点评了两个等次"),
    "RATING_GRADE": (R, "评定的等次不在规则所列之内"),
    "NOT_YET_IN_FORCE": (N, "依据在评估期后才施行，不据以扣分"),
    "EDITION_OUTSIDE": (N, "评估期不在本版指标的执行期内"),
    "CALENDAR_YEAR_MISSING": (N, "工作日表缺这一年"),
    # evidence (admission): research domain.md §2.7, examples.md §7.2
    "E01": (A, "不在评估期"),
    "E02": (A, "文号、成文、公开或覆盖的日期互相矛盾"),
    "E03": (A, "应有文号而没有，或文号格式不对"),
    "E04": (A, "应有签发人或印章而没有"),
    "E05": (N, "出具单位与责任单位不一"),
    "E06": (A, "材料种类与所证的要求不对应"),
    "E07": (A, "只有计划，没有落实"),
    "E08": (A, "只有照片，没有文件"),
    "E09": (A, "年度覆盖不全"),
    "E10": (A, "网址不是外网能打开的直链"),
    "E11": (A, "公开日期晚于规定期限"),
    "E12": (N, "一件材料用于多项"),
    "E13": (A, "材料里的数与其他材料矛盾"),
    "E14": (A, "文件已废止或失效"),
    "E15": (A, "电子文件形成晚于成文，疑似后补，转人工"),
    "E17": (A, "只有名称，没有实物或公开网址"),
    "E18": (A, "标有密级或内部资料，不得录入"),
    "E19": (A, "文件与登记的哈希不符"),
    "E20": (A, "牵头单位没有复核"),
    "E21": (A, "形成日在评判日之后"),
    "E22": (A, "含身份证号或手机号，须先遮盖"),
    "WITHDRAWN": (A, "已撤回，留痕不作证据"),
    "REVIEW_REJECTED": (A, "复核不予认可"),
    "REVIEW_SELF": (N, "复核人就是填报人，不算已核"),
    # opened files of a ledger (evidence check): flags for a person, never a verdict
    "CHECK_EMPTY": (N, "文件是空的"),
    "CHECK_DAMAGED": (N, "文件打不开，像是坏了"),
    "CHECK_ENCRYPTED": (N, "文件加了密码"),
    "CHECK_KIND": (N, "内容与扩展名不符"),
    "CHECK_FORMAT": (N, "这种格式打不开"),
    "CHECK_TOO_LARGE": (N, "文件太大，或展开后太大"),
    "CHECK_TIMEOUT": (N, "限定的时间里没有读完"),
    "CHECK_PART_READ": (N, "太长，只看了前面一部分"),
    "CHECK_DTD": (N, "文件里带有 DOCTYPE 声明"),
    "CHECK_MACRO": (N, "文件里有宏"),
    "CHECK_NO_TEXT": (N, "扫描件或图片，没有文字可对照"),
    "CHECK_NUMBER": (N, "文号与台账不一"),
    "CHECK_ISSUED": (N, "成文日期与台账不一"),
    "CHECK_PUBLISHED": (N, "公开日期与台账不一"),
    "CHECK_TITLE": (N, "名称与台账不一"),
    "CHECK_ISSUER": (N, "出具单位与台账不一"),
    "CHECK_YEAR": (N, "写的年度与台账所涉期间不一"),
    "CHECK_UNSTATED": (N, "台账登了，文件里没有找到"),
    "CHECK_DATE_ORDER": (N, "文件自己写的公开日期早于成文"),
    "CHECK_CHAPTER": (N, "标题的序号跳了，像是缺章节"),
    "CHECK_SAME_FILE": (N, "同一份文件登了几件"),
    "CHECK_SAME_TEXT": (N, "换了名字的文件，文字完全相同"),
    "CHECK_REUSE": (N, "同一份文件登成几件，共用的处数超限"),
    # signatures
    "SIGNATURE_LIBRARY": (R, "没有装签名要用的库"),
    "SIGNATURE_DIFFERS": (R, "签名与文件不符"),
    "KEY_UNREADABLE": (R, "不是PEM格式的密钥，或要口令"),
    "KEY_TYPE": (R, "密钥的种类不对，不作数"),
}


def problem(code: str, place: Place, found: str, remedy: str, subject: str = "", unit: str = "") -> Problem:
    """Make a problem; its severity is that of its code."""
    severity = CODES[code][0]
    return Problem(severity=severity, code=code, place=place, found=found, remedy=remedy, subject=subject, unit=unit)


def refused(problems: Iterable[Problem]) -> bool:
    """Whether any of them forbids going on."""
    return any(p.severity is Severity.REFUSED for p in problems)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Put problems in an order that does not depend on the order of the input."""
    return tuple(sorted(problems, key=order_of))


_RANK = {severity: rank for rank, severity in enumerate(Severity)}


def order_of(p: Problem) -> tuple[int, str, str, str, str, str, int, int]:
    """Where a problem stands among others: the gravest first, then by what it is and says."""
    place = p.place
    return _RANK[p.severity], p.code, p.subject, p.unit, p.found, place.file, place.line, place.column
