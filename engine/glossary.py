"""What the keys and fixed words of the files mean in Chinese, for messages to people who read no English."""

from collections.abc import Iterable

# Every key of a submission and its ledger. Keys of rules that are not here are shown bare.
MEANINGS = {
    "ruleset": "规则集",
    "profile": "评分口径",
    "unit": "单位",
    "period": "评估期",
    "as_of": "评判日",
    "data_until": "数据截止日",
    "facts": "填报的数和事",
    "incidents": "发生的事项",
    "earlier_findings": "往次评估或督察指出的问题",
    "document": "来源文件",
    "found_on": "指出日",
    "found": "指出了什么",
    "demanded": "要求怎么改",
    "due": "整改限期",
    "closed_on": "销号日",
    "dated": "形成日",
    "filed": "提交几件",
    "accepted": "采信几件",
    "score": "得分",
    "at_stake": "挂在各等材料上的件数和分数",
    "declarations": "零报告声明",
    "ratings": "人工评定",
    "overrides": "人工认定",
    "old": "算出的结果",
    "new": "认定的结果",
    "share": "得几成",
    "remark": "认定的理由",
    "authority": "依据",
    "decided_by": "认定人",
    "decided_on": "认定日",
    "expires": "有效到哪天",
    "evidence": "佐证材料",
    "note": "备注",
    "name": "名称",
    "kind": "种类",
    "level": "层级",
    "legislative_power": "有没有规章制定权",
    "roles": "角色",
    "members": "所属单位名录",
    "member_counts": "各角色有几个单位",
    "from": "起",
    "to": "止",
    "date": "日期",
    "title": "名称",
    "measure": "口径",
    "element": "要素",
    "value": "数、日期或是否",
    "events": "逐次列出的事",
    "table": "登记表文件",
    "full": "是不是全量表",
    "at": "取数日",
    "source": "出处",
    "source_class": "来源类别",
    "filled_by": "填报人",
    "checked_by": "复核人",
    "confirmed_by": "由谁查实",
    "status": "办结没有",
    "indicators": "涉及的指标",
    "indicator": "指标",
    "signed_by": "签字人",
    "signed_on": "签字日",
    "point": "评分要点",
    "grade": "等次",
    "rater": "评定人",
    "rated_on": "评定日",
    "reason": "理由",
    "slot": "哪项佐证要求",
    "id": "编号",
    "number": "文号",
    "issuer": "出具单位",
    "issued": "成文日",
    "published": "公开日",
    "covers": "所涉期间",
    "effective_from": "施行日",
    "effective_to": "失效日",
    "sealed": "有没有盖章",
    "classification": "密级",
    "proves": "证明什么",
    "file": "文件",
    "file_created": "电子文件形成日",
    "pages": "页码",
    "url": "网址",
    "sha256": "文件的哈希",
    "lead_checked_by": "牵头复核人",
    "reviewed_by": "核验人",
    "reviewed_on": "核验日",
}

# What people write for a key beside its meaning.
_SYNONYMS = {
    "measure": ("指标名称", "口径名称", "项目"),
    "value": ("数值", "数", "值", "数据", "数量", "填报值"),
    "unit": ("填报单位", "责任单位", "部门"),
    "source": ("来源", "数据来源"),
    "note": ("说明",),
    "title": ("标题", "材料名称", "文件名称", "事件"),
    "name": ("单位名称",),
    "period": ("期间", "时间", "评估期间"),
    "as_of": ("评判日期", "截止日"),
    "date": ("时间", "发生日期"),
    "evidence": ("材料", "佐证", "证据"),
    "facts": ("填报", "数据", "事实"),
    "table": ("登记表", "表格", "附表"),
    "events": ("事件", "清单"),
    "full": ("全量", "全量表"),
    "kind": ("类型", "类别"),
    "level": ("级别",),
    "legislative_power": ("规章制定权", "立法权"),
    "members": ("成员", "成员单位", "下属单位"),
    "from": ("开始", "开始日期", "自"),
    "to": ("结束", "结束日期", "至"),
    "number": ("发文字号",),
    "issued": ("成文日期", "印发日期"),
    "published": ("公开日期", "发布日期"),
    "issuer": ("发文单位", "制发单位"),
    "url": ("链接", "地址"),
    "file": ("附件",),
    "covers": ("期间",),
    "id": ("序号",),
}

CHOICES = {
    "county": "县、县级市、区",
    "prefecture": "设区的市、州",
    "government": "一级政府",
    "department": "部门",
    "town": "乡镇、街道",
    "self": "自己报的",
    "system": "系统导出",
    "outside": "外部出具",
    "third_party": "往次第三方评估",
    "inspection": "督察",
    "open": "没有办结",
    "closed": "已经办结",
    "MET": "达标",
    "PARTIAL": "部分",
    "NOT_MET": "不达标",
    "UNKNOWN": "待核",
    "NOT_APPLICABLE": "不适用",
}

# How a key is written, where it must not be missing.
EXAMPLES = {
    "unit": "{name: 示例县, kind: government, level: county, legislative_power: false}",
    "period": "{from: 2023-01-01, to: 2023-12-31}",
    "as_of": "2024-03-31",
    "legislative_power": "false",
    "level": "county",
    "from": "2023-01-01",
    "to": "2023-12-31",
    "date": "2023-03-01",
    "rated_on": "2024-02-01",
    "decided_on": "2024-02-01",
    "expires": "2024-12-31",
    "id": "E-1",
    "name": "示例县",
}


def with_meaning(key: str) -> str:
    """A key with its meaning behind it, where it has one.

    >>> with_meaning("measure"), with_meaning("at_least")
    ('measure（口径）', 'at_least')
    """
    return f"{key}（{MEANINGS[key]}）" if key in MEANINGS else key


def choice_with_meaning(choice: str) -> str:
    """A fixed word with its meaning behind it, where it has one."""
    return f"{choice}（{CHOICES[choice]}）" if choice in CHOICES else choice


def key_for(word: str, known: Iterable[str]) -> str | None:
    """The known key that a Chinese word stands for."""
    return next((key for key in sorted(known) if word == MEANINGS.get(key) or word in _SYNONYMS.get(key, ())), None)


def choice_for(word: str, allowed: Iterable[str]) -> str | None:
    """The fixed word that a Chinese one stands for."""
    return next((choice for choice in allowed if word in CHOICES.get(choice, "").split("、")), None)
