"""The reference chainer and durable-rules conclude the same from the same; what kills durable-rules is refused before."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from engine import chaining
from engine.chaining import Firing
from engine.chaining import Pattern
from engine.chaining import Rule
from engine.chaining import Token
from engine.chaining import limits_broken

ROOT = Path(__file__).parents[2]
HEADS = [
    *[("finding", f"I-{n}", outcome) for n in range(4) for outcome in ("MET", "NOT_MET")],
    *[("member_finding", f"I-{n}", "NOT_MET") for n in range(3)],
    *[("incident", f"k{n}", "") for n in range(3)],
    *[("concluded", f"c{n}", "") for n in range(4)],
]
UNITS = ["", "公安局", "城管局", "住建局"]


def rete():
    return pytest.importorskip("engine.rete", reason="durable-rules does not install here (Python 3.13, or no compiler)")


def random_program(seed: int) -> tuple[list[Rule], set[Token]]:
    chance = random.Random(seed)
    rules = []
    for n in range(chance.randint(1, 9)):
        heads = chance.sample(HEADS, chance.randint(1, 4))
        patterns = tuple(Pattern(*head, bound=head[0] != "finding" and chance.random() < 0.5) for head in heads)
        rules.append(Rule(f"R{n}", patterns, chance.choice(["", f"c{chance.randint(0, 3)}"])))
    tokens = set()
    for _ in range(chance.randint(0, 16)):
        head = chance.choice(HEADS)
        tokens.add(Token(*head, "" if head[0] == "finding" else chance.choice(UNITS)))
    return rules, tokens


def test_both_chainers_agree_on_2000_random_programs():
    """The same conclusions and the same premises, whatever the rules and facts."""
    second = rete()
    fired = chained = 0
    for seed in range(2000):
        rules, tokens = random_program(seed)
        first = chaining.chain(rules, tokens)
        assert first == second.chain(rules, tokens), seed
        fired += len(first)
        chained += any(premise.kind == "concluded" for firing in first for premise in firing.premises)

    assert fired > 1500
    assert chained > 200


def test_order_never_matters():
    """Rules and tokens are sets."""
    for seed in range(200):
        rules, tokens = random_program(seed)
        shuffled = random.Random(seed).sample(rules, len(rules))

        assert chaining.chain(rules, sorted(tokens)) == chaining.chain(shuffled, sorted(tokens, reverse=True))


def test_a_chain_names_its_premises():
    """A conclusion is a premise of the next rule, and each firing names what it rests on."""
    rules = [
        Rule("cause", (Pattern("tally", "short3"),), "staffing"),
        Rule("cap", (Pattern("concluded", "staffing"), Pattern("finding", "I-R36", "NOT_MET"))),
    ]
    tally, finding = Token("tally", "short3"), Token("finding", "I-R36", "NOT_MET")
    staffing = Token("concluded", "staffing")

    assert chaining.chain(rules, [tally, finding]) == (
        Firing("cap", "", (staffing, finding)),
        Firing("cause", "", (tally,)),
    )


def test_a_bound_unit_must_be_the_same_unit():
    """Two premises about one unit never join two units, and a token without a unit binds none."""
    rule = Rule("r", (Pattern("member_finding", "I-1", "NOT_MET", True), Pattern("incident", "k", "", True)), "at_risk")
    tokens = [Token("member_finding", "I-1", "NOT_MET", u) for u in ("甲局", "乙局", "")] + [
        Token("incident", "k", "", "乙局")
    ]

    assert [firing.unit for firing in chaining.chain([rule], tokens)] == ["乙局"]


def test_self_feeding_rules_stop():
    """A rule that concludes its own premise ends by itself (B10)."""
    rule = Rule("r", (Pattern("concluded", "a"),), "a")

    assert len(chaining.chain([rule], [Token("concluded", "a")])) == 1


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([Rule("r", ())], "没有前提"),
        ([Rule("r", (Pattern("k", "a"), Pattern("k", "a")))], "写了两次"),
        ([Rule("r", (Pattern("k", "甲"),))], "英文名"),
        ([Rule("r", (Pattern("", "a"),))], "英文名"),
        ([Rule("r", (Pattern("k", "a"),)), Rule("r", (Pattern("k", "b"),))], "重名"),
        ([Rule("r", tuple(Pattern("k", f"n{n}") for n in range(17)))], "前提，最多12"),
        ([Rule(f"r{n}", (Pattern("k", "a"), Pattern("k", f"b{n}"))) for n in range(256)], "开头的条款有256"),
        ([Rule(f"r{n}", (Pattern("k", f"n{n}"),)) for n in range(513)], "名字有513"),
        ([Rule(f"r{n}", (Pattern("k", f"n{n % 300}"),)) for n in range(4097)], "最多1000"),
    ],
)
def test_what_durable_rules_cannot_carry_is_refused(rules, said):
    """Limits are checked before anything is loaded: patterns, rules per first pattern, names per kind, rules (B5, B8, B26)."""
    assert any(said in text for text in limits_broken(rules))


# Each of these kills, hangs or misleads durable-rules when it is driven without guard (research/engines.md §1.3). The guard must
# turn each into a refusal or a right answer, in a process of its own so that a crash would be seen.
KILLERS = {
    "B1 a join by anything but equality": "rules=[Rule('r',(P('e','a'),P('x','v>1')))]; tokens=[T('e','a'),T('x','v>1')]",
    "B2 a session in which nothing fires": "rules=[Rule('r',(P('e','a'),P('e','b')))]; tokens=[T('e','a')]",
    "B3 many sessions one after the other": "rules=[Rule('r',(P('e','a'),))]; tokens=[T('e','a')]; repeat=400",
    "B4 arithmetic in a condition": "rules=[Rule('r',(P('e','1/0'),))]; tokens=[T('e','1/0')]",
    "B5 256 rules with one first pattern": "rules=[Rule(f'r{n}',(P('e','a'),P('e',f'b{n}'))) for n in range(256)]; tokens=[T('e','a')]",
    "B6 nothing to assert": "rules=[Rule('r',(P('e','a'),))]; tokens=[]",
    "B7 more than a thousand sessions": "rules=[Rule('r',(P('e','a'),))]; tokens=[T('e','a')]; repeat=1100",
    "B8 513 names under one kind": "rules=[Rule(f'r{n}',(P('e',f'n{n}'),)) for n in range(513)]; tokens=[T('e','n1')]",
    "B9 a rule without a premise": "rules=[Rule('r',())]; tokens=[T('e','a')]",
    "B10 a rule that feeds itself": "rules=[Rule('r',(P('concluded','a'),),'a')]; tokens=[T('concluded','a')]",
}


@pytest.mark.parametrize("name", KILLERS)
def test_killers_are_refused_or_answered(name):
    """In a process of its own, each killer ends within a minute with a refusal or the reference chainer's answer."""
    rete()
    program = f"""
from engine import chaining, rete
from engine.chaining import Rule, Pattern as P, Token as T
repeat = 1
{KILLERS[name]}
for _ in range(repeat):
    try:
        assert rete.chain(rules, tokens) == chaining.chain(rules, tokens)
    except rete.RefusedError:
        pass
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=60, check=False, capture_output=True)

    assert (done.returncode, done.stderr.decode()) == (0, "")


def test_20000_sessions_leak_nothing():
    """Sessions and rulesets are freed: 20,000 of them add less than 5 MB."""
    rete()
    program = """
import resource
from engine import rete
from engine.chaining import Rule, Pattern as P, Token as T
rules = [Rule(f'r{n}', (P('e', f'a{n}'), P('e', 'b')), f'c{n}') for n in range(8)]
tokens = [T('e', f'a{n}') for n in range(6)] + [T('e', 'b')]
for _ in range(1000): rete.chain(rules, tokens)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for _ in range(20000): rete.chain(rules, tokens)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=300, check=True, capture_output=True)

    assert int(done.stdout) < 5 * 1024
