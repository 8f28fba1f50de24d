"""Builders shared by the tests: rules and submissions from a few words, in memory or as a folder on disk."""

import json
import shutil
import warnings
from collections.abc import Callable
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck
from hypothesis import Phase
from hypothesis import settings

from engine.admission import admit_facts
from engine.assessment import assess
from engine.contradictions import find_contradictions
from engine.models import ruleset as model
from engine.models.problem import Problem
from engine.models.result import Assessment
from engine.models.result import EvidenceShown
from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import ValueShown
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.submission import EvidenceItem
from engine.models.submission import FoundFile
from engine.models.submission import Submission
from engine.models.submission import SubmissionFile
from engine.models.submission import Table
from engine.rulesets import check_ruleset
from engine.rulesets import load_ruleset
from engine.scope import Scope
from engine.scope import scope_of_whole
from engine.sources import digest_of
from engine.sources import parse_csv
from engine.submissions import in_canonical_order
from engine.submissions import load_submission

ROOT = Path(__file__).parents[1]
Data = dict[str, Any]

settings.register_profile(
    "fazhi",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
    # Explaining a failure reruns it for minutes; the smallest failing example says enough.
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
settings.load_profile("fazhi")


class Assessed(NamedTuple):
    """A submission, what came of it, and the problems found on the way."""

    submission: Submission | None
    assessment: Assessment | None
    problems: tuple[Problem, ...]

    @property
    def done(self) -> Assessment:
        """The assessment; there must be one."""
        assert self.assessment is not None, [str(p) for p in self.problems]
        return self.assessment

    @property
    def codes(self) -> list[str]:
        """The codes of all problems, sorted."""
        return sorted(p.code for p in self.problems)

    def finding(self, indicator: str) -> Finding:
        """The finding on one indicator."""
        return next(f for f in self.done.findings if f.indicator == indicator)

    def value(self, measure: str) -> ValueShown | None:
        """The value shown for one measure."""
        return next((m for m in self.done.measures if m.measure == measure), None)

    def gaps(self, indicator: str | None = None, kind: str | None = None) -> list[Gap]:
        """The gaps of one indicator, of one kind."""
        return [
            gap
            for gap in self.done.gaps
            if (indicator is None or gap.indicator == indicator) and (kind is None or gap.kind.value == kind)
        ]

    def item(self, name: str) -> EvidenceShown:
        """One piece of evidence as it was judged."""
        return next(item for item in self.done.evidence if item.id == name)

    def problem(self, code: str) -> Problem:
        """The one problem of a code."""
        (found,) = (p for p in self.problems if p.code == code)
        return found


@pytest.fixture(scope="session", autouse=True)
def _cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what the commands keep out of the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAZHI_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """The door to Spark with one session for all tests of a module; skipped, and said so, where a machine cannot have one.

    Who asks for it belongs to the ``xdist_group`` of that name: one Java machine, however many processes share the suite.
    """
    pytest.importorskip("pyspark", reason="pyspark is not installed: pip install 'fazhi[spark]'")
    pytest.importorskip("pandas", reason="pandas is not installed: pip install 'fazhi[spark]'")
    if shutil.which("java") is None:
        pytest.skip("there is no Java: install Java 17 or newer to test the sweep on Spark")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from engine.commands import sweep_spark  # noqa: PLC0415 - pyspark is an extra

        with sweep_spark.started("local[2]"):
            yield sweep_spark


# --- what is shipped ------------------------------------------------------------------------------------------------


def _loaded(folder: Path) -> Ruleset:
    ruleset, problems = load_ruleset(folder)
    assert ruleset is not None, [str(p) for p in problems]
    return ruleset


@pytest.fixture(scope="session")
def ruleset() -> Ruleset:
    """The shipped ruleset, loaded once."""
    return _loaded(ROOT / "rulesets" / "lbg-2021")


@pytest.fixture(scope="session")
def profile(ruleset: Ruleset) -> Profile:
    """The shipped ruleset's default profile."""
    return ruleset.profiles[ruleset.header.default_profile]


def _assess_folder(folder: Path, ruleset: Ruleset, profile: Profile, as_of: date | None = None) -> Assessed:
    submission, problems = load_submission(folder)
    if submission is None:
        return Assessed(None, None, tuple(problems))
    assessment, found = assess(ruleset, profile, submission, as_of)
    return Assessed(submission, assessment, (*problems, *found))


@pytest.fixture(scope="session")
def taonan(ruleset: Ruleset, profile: Profile) -> Assessed:
    """The sample read from Taonan's report on 2020, assessed."""
    return _assess_folder(ROOT / "evidence_samples" / "taonan-2020", ruleset, profile)


@pytest.fixture(scope="session")
def xx_district(ruleset: Ruleset, profile: Profile) -> Assessed:
    """The sample whose numbers were replaced by X, assessed."""
    return _assess_folder(ROOT / "evidence_samples" / "xx-district", ruleset, profile)


# --- submissions as folders -----------------------------------------------------------------------------------------

GOVERNMENT = {"name": "示例县", "kind": "government", "level": "county", "legislative_power": False}


@pytest.fixture(scope="session")
def make_submission() -> Callable[..., str]:
    """Write a submission as YAML (JSON is YAML): a county in 2020, judged on 2021-03-31, unless said otherwise."""

    def write(facts: list[Data] | tuple[Data, ...] = (), **keys: Any) -> str:
        unit = GOVERNMENT | keys.pop("unit", {})
        head = {"unit": unit, "period": {"from": "2020-01-01", "to": "2020-12-31"}, "as_of": "2021-03-31"}
        return json.dumps({**head, "facts": list(facts), **keys}, ensure_ascii=False, indent=1)

    return write


@pytest.fixture
def write_folder(tmp_path: Path) -> Callable[..., Path]:
    """Write a submission folder: ``submission.yaml``, and other files by name, as text or bytes."""

    def write(text: str | bytes, **others: dict[str, str | bytes] | None) -> Path:
        named: dict[str, str | bytes] = {"submission.yaml": text}
        for group in others.values():
            named |= group or {}
        for name, content in named.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write


@pytest.fixture
def assess_yaml(write_folder: Callable[..., Path], ruleset: Ruleset, profile: Profile) -> Callable[..., Assessed]:
    """Write a submission folder, read it back and assess it by the shipped rules."""

    def run(
        text: str | bytes,
        tables: dict[str, str | bytes] | None = None,
        files: dict[str, str | bytes] | None = None,
        profile: Profile = profile,
        as_of: date | None = None,
    ) -> Assessed:
        return _assess_folder(write_folder(text, tables=tables, files=files), ruleset, profile, as_of)

    return run


# --- rules and submissions in memory --------------------------------------------------------------------------------

ROLES = {"局": "部门", "镇": "乡镇", "办": "办公室"}
KINDS = {
    "document": "文件",
    "plan": "计划方案",
    "photo": "照片",
    "url": "公开网页",
    "record": "过程记录",
    "zero_report": "零报告",
}
HEADER = {
    "id": "small",
    "title": "试例规则",
    "issuer": "试例",
    "edition": "2020",
    "revision": "0.1.0",
    "status": "draft",
    "in_force": {"from": "2019"},
    "official_totals": {"pillars": 1, "subpillars": 1, "indicators": 1},
    "default_profile": "plain",
    "roles": ROLES,
    "evidence_kinds": KINDS,
    "sources": [],
}
INDICATOR = {
    "official_no": None,
    "text_status": "local",
    "title": "试例指标",
    "requirement": "应当办好。",
    "kind": "dynamic",
    "clock": "standing",
    "lead_unit": "办",
    "award": "all_or_nothing",
    "remedy": {"action": "办好", "effort_days": 10, "can_fix_past": False},
}


@pytest.fixture(scope="session")
def make_rules(ruleset: Ruleset) -> Callable[..., Ruleset]:
    """Make a ruleset of a few measures and indicators; the calendar is the shipped one.

    Measures need no label, indicators only what matters; every indicator gets one point unless ``points`` says more.
    """

    def make(measures: dict[str, Data], *indicators: Data, points: dict[str, str] | None = None, **policy: Any) -> Ruleset:
        labelled = {name: {"label": name, **measure} for name, measure in measures.items()}
        pillar = {"id": "P1", "title": "试例", "short": "试例", "indicators": [{**INDICATOR, **i} for i in indicators]}
        shares = points or {i["id"]: "1" for i in indicators if i.get("kind") != "monitored"}
        reserved = sum((Fraction(r["points"]) for r in policy.get("reserve", ())), Fraction(0))
        profile = {
            "id": "plain",
            "title": "试例口径",
            "status": "assumption",
            "basis": "试例",
            "maximum": sum(map(Fraction, shares.values()), Fraction(0)) + reserved,
            "na_policy": "rescale",
            "points": shares,
            **policy,
        }
        made = Ruleset(
            header=model.Header.model_validate(HEADER),
            measures=model.Measures.model_validate({"measures": labelled}).measures,
            pillars=(model.Pillar.model_validate(pillar),),
            profiles={"plain": model.Profile.model_validate(profile)},
            calendar=ruleset.calendar,
        )
        problems = check_ruleset(made)
        assert not problems, [str(p) for p in problems]
        return made.model_copy(update={"digest": digest_of(made)})

    return make


def _with_texts(fact: Data) -> Data:
    """Write whole numbers as their text, as the reader would."""
    return {
        key: str(value) if isinstance(value, int) and not isinstance(value, bool) else value for key, value in fact.items()
    }


@pytest.fixture(scope="session")
def submit() -> Callable[..., Submission]:
    """Make a submission in memory: a county in 2020, judged on 2021-03-31, unless said otherwise."""

    def make(
        facts: list[Data] | tuple[Data, ...] = (),
        evidence: list[Data] | tuple[Data, ...] = (),
        tables: dict[str, str] | None = None,
        files: dict[str, str] | None = None,
        **keys: Any,
    ) -> Submission:
        head = {
            "period": {"from": "2020-01-01", "to": "2020-12-31"},
            "as_of": "2021-03-31",
            **keys,
            "unit": GOVERNMENT | keys.get("unit", {}),
            "facts": [_with_texts(fact) for fact in facts],
        }
        items = tuple(EvidenceItem.model_validate({"id": f"E-{n:03d}", **item}) for n, item in enumerate(evidence, 1))
        read: dict[str, Table] = {}
        for name, text in (tables or {}).items():
            table, problems = parse_csv(text, name)
            assert table is not None and not problems
            read[name] = table
        found = {name: FoundFile(sha256=digest, size=1) for name, digest in (files or {}).items()}
        return in_canonical_order(SubmissionFile.model_validate(head), items, read, found, ())

    return make


@pytest.fixture(scope="session")
def assess_facts(submit: Callable[..., Submission]) -> Callable[..., Assessed]:
    """Assess a submission made in memory by given rules."""

    def run(rules: Ruleset, facts: list[Data] | tuple[Data, ...] = (), **keys: Any) -> Assessed:
        submission = submit(facts, **keys)
        assessment, problems = assess(rules, rules.profiles[rules.header.default_profile], submission)
        return Assessed(submission, assessment, problems)

    return run


@pytest.fixture(scope="session")
def scope_of(submit: Callable[..., Submission]) -> Callable[..., tuple[Scope, list[Problem]]]:
    """Admit facts by given rules and hold them against each other: what measuring starts from, and the problems."""

    def make(rules: Ruleset, facts: list[Data] | tuple[Data, ...] = (), **keys: Any) -> tuple[Scope, list[Problem]]:
        submission = submit(facts, **keys)
        head = submission.head
        admitted, problems = admit_facts(rules, submission)
        admitted, _, found = find_contradictions(rules, head.unit, admitted)
        return scope_of_whole(rules, admitted, head), [*problems, *found]

    return make


def filed(indicator: str, slot: str, **keys: Any) -> Data:
    """Describe one item of evidence that nothing is wrong with."""
    return {
        "title": "试例文件",
        "kind": "document",
        "number": "示发〔2020〕1号",
        "issued": "2020-06-30",
        "published": "2020-07-01",
        "signed_by": "张某",
        "source_class": "outside",
        "url": "https://www.example.gov.cn/1",
        "proves": [{"indicator": indicator, "slot": slot}],
        **keys,
    }


@pytest.fixture(scope="session", name="filed")
def filed_item() -> Callable[..., Data]:
    """Describe one item of evidence that nothing is wrong with; keys given replace its own."""
    return filed


@pytest.fixture(scope="session")
def numbers_of() -> Callable[[Assessed], Iterator[ValueShown]]:
    """Every value that an assessment shows, of whatever place."""

    def every(assessed: Assessed) -> Iterator[ValueShown]:
        yield from assessed.done.measures
        for finding in assessed.done.findings:
            yield from (value for value in (finding.value, *finding.monitored) if value is not None)
            yield from (element.value for element in finding.elements if element.value is not None)

    return every
