"""The commands on ledger, journal and signatures: what they write, say, refuse, and with which exit code they leave."""

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine import commands
from engine.commands import cli
from engine.commands import integrity
from engine.commands.journal import append_to_journal
from engine.journal import read_journal
from engine.ledger import read_ledger
from engine.rendering.layout import width

HEAD = """\
ruleset: lbg-2021
unit:
  {name: 示例县, kind: government, level: county, legislative_power: false, members: [{name: 司法局, roles: [司法行政]}]}
period: {from: 2020-01-01, to: 2020-12-31}
as_of: 2021-03-31
"""
GOOD = [
    "--title",
    "重大执法决定法制审核目录清单",
    "--kind",
    "document",
    "--number",
    "示政发〔2020〕5号",
    "--issued",
    "2020-03-09",
]
GOOD += ["--signed-by", "赵六", "--proves", "I-R36/catalogue", "--file", "files/目录.pdf"]


@pytest.fixture
def folder(tmp_path):
    """A submission without evidence, with one file to be entered."""
    (tmp_path / "submission.yaml").write_text(HEAD, encoding="utf-8")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "目录.pdf").write_bytes(b"%PDF-1.4")
    return tmp_path


def run(*arguments):
    """Run one command: exit code, standard output, standard error."""
    result = CliRunner().invoke(cli, [str(a) for a in arguments], standalone_mode=False)
    if result.exception is None:
        return result.return_value or 0, result.stdout, result.stderr
    if not hasattr(result.exception, "exit_code"):
        raise result.exception
    told = [str(p) for p in getattr(result.exception, "problems", ())]
    return max(result.exception.exit_code, 2), result.stdout, "\n".join(told) or result.exception.message


def add(folder, *more, by="张三"):
    return run("evidence", "add", folder, "--by", by, *GOOD, *more)


def listed(folder):
    code, out, err = run("evidence", "list", folder, "--format", "json")
    assert code == 0, err
    return {item["id"]: item for item in json.loads(out)}


def test_an_item_goes_from_the_command_line_into_the_ledger(folder):
    """What was typed is checked, hashed, numbered, chained and noted, and its verdict foretold."""
    code, out, _ = add(folder)
    ledger, _ = read_ledger((folder / "ledger.jsonl").read_bytes(), "ledger.jsonl")
    journal, _ = read_journal((folder / "journal.jsonl").read_bytes(), "journal.jsonl")
    (item,), (entry,), (note,) = ledger.items, ledger.entries, journal.entries

    assert code == 0
    assert "已登记 E-001" in out and "1处用途，形式合格1处" in out and f"末尾  1 {entry.hash}" in out
    assert (item.filled_by, entry.by, item.sha256[:8], item.file) == ("张三", "张三", "e16fa5d9", "files/目录.pdf")
    assert (note.by, note.did, note.about, note.digest) == ("张三", "evidence add", "E-001", entry.hash)
    assert "已登记 E-002" in add(folder)[1]
    assert listed(folder)["E-002"]["status"] == "accepted"


def test_a_file_is_found_from_where_the_user_stands(folder, monkeypatch):
    """A name that the shell completed and a name inside the folder are the same file."""
    monkeypatch.chdir(folder / "files")
    run("evidence", "add", folder, "--by", "张三", "--title", "甲", "--kind", "document", "--file", "目录.pdf")

    assert listed(folder)["E-001"]["file"] == "files/目录.pdf"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--kind", "documnt"], "是否想写「document」？"),
        (["--proves", "I-R36/catalouge"], "是否想写「catalogue」？"),
        (["--proves", "I-R36O/catalogue"], "INDICATOR_UNKNOWN"),
        (["--proves", "I-R36"], "--proves 要写 指标/佐证要求"),
        (["--proves", "I-R36/roster/公安居"], "UNIT_UNKNOWN"),
        (["--unit", "司法居"], "是否想写「司法局」？"),
        (["--issued", "2020.10"], "DATE_UNREADABLE"),
        (["--covers", "2020-05", "2020-03"], "DATE_ORDER"),
        (["--source-class", "outsider"], "是否想写「outside」？"),
        (["--file", "files/没有.pdf"], "FILE_MISSING"),
        (["--file", "../别处.pdf"], "FILE_OUTSIDE"),
        (["--id", "1号"], "VALUE_TYPE"),
        (["--classification", "机密★"], "E18"),
        (["--note", "联系人 13800138000"], "E22"),
        (["--note", "\x07"], "FILE_CONTROL_CHARACTER"),
        (["--by", " "], "要写名字"),
    ],
)
def test_what_may_not_be_entered_is_refused_and_nothing_is_written(folder, more, said):
    """Near-misses, secrets and persons' numbers stop at the door, with the nearest name where there is one."""
    code, out, err = add(folder, *more)

    assert (code, out) == (2, "")
    assert said in err
    assert sorted(path.name for path in folder.iterdir()) == ["files", "submission.yaml"]


def test_what_will_be_returned_is_said_at_once(folder):
    """An item that assess would return is entered, with the code and what to do."""
    _, out, _ = run(
        "evidence", "add", folder, "--by", "张三", "--title", "某表", "--kind", "table", "--proves", "I-R36/roster"
    )

    assert "1处用途，形式合格0处" in out and "E17" in out and "请附文件，或填公开网址" in out


def test_a_number_is_given_once(folder):
    """The same number again is refused with the next free one; numbers of the submission count."""
    (folder / "submission.yaml").write_text(HEAD + "evidence: [{id: E-007, title: 甲, kind: document}]", encoding="utf-8")
    assert "ID_DUPLICATE" in add(folder, "--id", "E-007")[2]
    assert "已登记 E-008" in add(folder)[1]
    code, _, err = add(folder, "--id", "E-008")

    assert (code, "E-009" in err) == (2, True)


def test_a_withdrawn_item_proves_nothing_and_keeps_its_codes(folder):
    """It stays in every output, with who, when and why, and with whatever else is wrong with it."""
    run("evidence", "add", folder, "--by", "张三", *GOOD, "--published", "2020-01-01")
    add(folder)
    for name in ("E-001", "E-002"):
        assert run("evidence", "withdraw", folder, name, "--by", "李四", "--reason", "登错了")[0] == 0
    items = listed(folder)
    judged = json.loads(run("assess", folder, "--format", "json")[1])
    finding = next(f for f in judged["findings"] if f["indicator"] == "I-R36")
    slot = next(s for s in finding["slots"] if s["slot"] == "catalogue")
    said = [p["found"] for p in judged["problems"] if p["code"] == "WITHDRAWN"]

    assert [items[name]["codes"] for name in ("E-001", "E-002")] == [["E02", "WITHDRAWN"], ["WITHDRAWN"]]
    assert {items[name]["status"] for name in items} == {"withdrawn"}
    assert (slot["status"], slot["accepted"], slot["items"]) == ("returned", 0, ["E-001", "E-002"])
    assert all("已撤回，留痕不作证据：李四于" in found and "登错了" in found for found in said) and len(said) == 2
    for again in (["withdraw", folder, "E-001", "--reason", "x"], ["review", folder, "E-001", "--result", "accepted"]):
        assert "WITHDRAWN" in run("evidence", *again, "--by", "王五")[2]


def test_a_review_by_another_makes_it_checked_and_one_by_the_filler_does_not(folder):
    """形式合格 becomes 已核 only through somebody else; a rejection returns the item."""
    add(folder)
    _, out, _ = run("evidence", "review", folder, "E-001", "--by", "张 三", "--result", "accepted")
    own = listed(folder)["E-001"]
    run("evidence", "review", folder, "E-001", "--by", "李四", "--result", "accepted", "--on", "2021-02-01")
    checked = listed(folder)["E-001"]
    run("evidence", "review", folder, "E-001", "--by", "王五", "--result", "rejected", "--remark", "缺附件")
    rejected = listed(folder)["E-001"]

    assert "REVIEW_SELF" in out
    assert (own["checked"], own["warnings"], own["status"]) == (False, ["REVIEW_SELF"], "accepted")
    assert (checked["checked"], checked["reviewed_by"], checked["reviewed_on"]) == (True, "李四", "2021-02-01")
    assert (rejected["checked"], rejected["status"], rejected["codes"]) == (False, "returned", ["REVIEW_REJECTED"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["withdraw", "E-O01", "--by", "李四", "--reason", "x"], "是否想写「E-001」？"),
        (["review", "E-001", "--by", "李四", "--result", "rejected"], "不认可要写理由"),
        (["review", "E-001", "--by", "李四", "--result", "accepted", "--on", "昨天"], "DATE_UNREADABLE"),
        (["verify", "--key", "x"], "要一起写"),
        (["verify", "--head", "x"], "--head 要写末尾哈希"),
    ],
)
def test_wrong_usage_is_refused_and_nothing_is_added(folder, arguments, said):
    """A wrong number, a rejection without a reason, half a signature."""
    add(folder)
    before = (folder / "ledger.jsonl").read_bytes()
    code, _, err = run("evidence", arguments[0], folder, *arguments[1:])

    assert (code, said in err) == (2, True), err
    assert (folder / "ledger.jsonl").read_bytes() == before


@pytest.mark.parametrize("form", ["table", "md", "csv", "json"])
def test_lists_come_in_every_format(folder, form):
    """Ledger and journal, for people, spreadsheets and programs; a terminal's 80 columns hold."""
    add(folder, "--title", "关于公布示例县行政处罚裁量基准的通知" * 5)
    items, runs = (run(noun, "list", folder, "--format", form)[1] for noun in ("evidence", "journal"))

    assert "E-001" in items and "evidence add" in runs
    assert form != "table" or all(width(line) <= 80 for line in (items + runs).splitlines())


def test_verify_says_what_to_note_down_and_finds_what_was_noted(folder):
    """The head goes elsewhere; with it, what was cut off the end is found, and what was added is counted."""
    add(folder)
    noted = run("evidence", "head", folder)[1].split()
    add(folder)
    (folder / "journal.jsonl").unlink()
    content = (folder / "ledger.jsonl").read_bytes()
    code, out, _ = run("evidence", "verify", folder, "--head", noted[1])

    assert (code, "共2行2件，链完整" in out, "第1行，此后新增1行" in out, "只有对照抄下的末尾才看得出来" in out) == (
        0,
        True,
        True,
        True,
    )
    later = run("evidence", "head", folder)[1]
    (folder / "head.txt").write_text(later, encoding="utf-8")
    (folder / "ledger.jsonl").write_bytes(content[: content.index(b"\n") + 1])
    assert run("evidence", "verify", folder)[0] == 0
    code, _, err = run("evidence", "verify", folder, "--head", folder / "head.txt")
    assert (code, "LEDGER_HEAD" in err) == (3, True)


def test_the_journal_tells_of_entries_that_are_gone(folder):
    """A tail cut off the ledger alone is seen by the journal."""
    add(folder)
    add(folder)
    content = (folder / "ledger.jsonl").read_bytes()
    (folder / "ledger.jsonl").write_bytes(content[: content.index(b"\n") + 1])
    code, _, err = run("evidence", "verify", folder)

    assert (code, "运行日志第2行记着张三" in err) == (3, True)


def test_a_changed_ledger_is_named_and_neither_assessed_nor_added_to(folder):
    """Exit code 3 where it is verified, 2 where it was to be used; the first bad line is in the message."""
    add(folder)
    add(folder)
    content = (folder / "ledger.jsonl").read_bytes()
    (folder / "ledger.jsonl").write_bytes(content.replace(b"2020-03-09", b"2020-03-08", 1))

    for code, arguments in ((3, ["evidence", "verify"]), (2, ["assess"]), (2, ["evidence", "list"])):
        found = run(*arguments, folder)
        assert (found[0], "ledger.jsonl:1:1: LEDGER_CHAIN" in found[2]) == (code, True)
    assert add(folder)[0] == 2


def test_an_entered_file_that_was_exchanged_is_found(folder):
    """The ledger holds and the file does not: said apart; a withdrawn item's file is past."""
    add(folder)
    (folder / "files" / "目录.pdf").write_bytes(b"%PDF-1.5")
    code, out, err = run("evidence", "verify", folder)

    assert (code, "链完整" in out, "E19 E-001" in err) == (3, True, True)
    run("evidence", "withdraw", folder, "E-001", "--by", "李四", "--reason", "换了文件")
    assert run("evidence", "verify", folder)[0] == 0


def test_a_torn_tail_is_mended_and_noted(folder):
    """After the mending the ledger verifies, the cut bytes are beside it, and the journal says so."""
    add(folder)
    whole = (folder / "ledger.jsonl").read_bytes()
    (folder / "ledger.jsonl").write_bytes(whole + b'{"at":"2024-03')
    code, _, err = run("evidence", "verify", folder)
    assert (code, "LEDGER_TORN" in err, "--mend" in err) == (3, True, True)
    code, out, _ = run("evidence", "verify", folder, "--mend", "--by", "王五")

    assert (code, "切下14字节" in out, "链完整" in out) == (0, True, True)
    assert (folder / "ledger.jsonl.torn").read_bytes() == b'{"at":"2024-03'
    assert (folder / "ledger.jsonl").read_bytes() == whole
    assert "evidence verify --mend  ledger.jsonl.torn" in run("journal", "list", folder)[1]


def test_a_journal_is_verified_and_mended_alike(folder):
    """Changed, torn, cut: found, mended, found with a head."""
    assert append_to_journal(folder, "张三", "assess --record", "2021-03-31.json", "a" * 64) == []
    assert append_to_journal(folder, "李四", "assess --record", "2021-04-30.json", "b" * 64) == []
    path, whole = folder / "journal.jsonl", (folder / "journal.jsonl").read_bytes()
    code, out, _ = run("journal", "verify", folder)
    head = out.split("末尾  2 ")[1].split()[0]
    assert (code, "共2行，链完整" in out) == (0, True)
    path.write_bytes(whole[: whole.index(b"\n") + 1])
    assert (run("journal", "verify", folder)[0], run("journal", "verify", folder, "--head", head)[0]) == (0, 3)
    path.write_bytes(whole[:-9])
    assert run("journal", "verify", folder)[0] == 3
    assert append_to_journal(folder, "王五", "x", "y", "c" * 64)[0].code == "LEDGER_TORN"
    assert run("journal", "verify", folder, "--mend")[0] == 0
    path.write_bytes(whole.replace("李四".encode(), "李五".encode()))
    code, _, err = run("journal", "list", folder)
    assert (code, "journal.jsonl:2:1: LEDGER_CHAIN" in err) == (3, True)


def test_a_broken_journal_stops_an_entry_before_it_is_made(folder):
    """Nothing is entered that could not be noted."""
    (folder / "journal.jsonl").write_bytes(b"[]\n")

    assert add(folder)[0] == 2
    assert not (folder / "ledger.jsonl").exists()


def test_a_plain_ledger_is_converted_once(folder):
    """The old file is kept, the items are the same, and entries can be added."""
    plain = '{"id": "E-001", "title": "甲", "kind": "document", "issued": 2020}\n\n{"id": "E-002", "title": "乙", "kind": "table"}\n'
    (folder / "ledger.jsonl").write_text(plain, encoding="utf-8")
    before = listed(folder)
    for command in (["verify", folder], ["head", folder], ["withdraw", folder, "E-001", "--by", "x", "--reason", "x"]):
        code, _, err = run("evidence", *command)
        assert (code, "LEDGER_PLAIN" in err, "evidence chain" in err) == (2, True, True)
    code, out, _ = run("evidence", "chain", folder, "--by", "张三")

    assert (code, "2件" in out, (folder / "ledger.plain.jsonl").read_text(encoding="utf-8")) == (0, True, plain)
    assert {n: i | {"place": 0} for n, i in listed(folder).items()} == {n: i | {"place": 0} for n, i in before.items()}
    assert "已经是链式的" in run("evidence", "chain", folder, "--by", "张三")[1]
    assert "已登记 E-003" in add(folder)[1]
    with (folder / "ledger.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "E-004", "title": "手写", "kind": "table"}\n')
    assert "LEDGER_MIXED" in run("evidence", "verify", folder)[2]
    code, _, err = run("evidence", "chain", folder, "--by", "张三")
    assert (code, "请先移到别处存好" in err) == (2, True)
    (folder / "ledger.plain.jsonl").rename(folder / "old.jsonl")
    assert "4件" in run("evidence", "chain", folder, "--by", "张三")[1]
    assert run("evidence", "verify", folder)[0] == 0


# --- signatures -------------------------------------------------------------------------------------------------------


@pytest.fixture
def keys(tmp_path):
    """A key pair made by the command."""
    home = tmp_path / "keys"
    home.mkdir()
    code, out, err = run("sign", "--new-key", home / "key.pem")
    assert (code, "公钥指纹" in out) == (0, True), err
    return home / "key.pem", home / "key.pub.pem"


def test_a_private_key_is_its_owner_s_alone_and_is_never_written_over(keys):
    """Mode 0600; a name that is taken is refused."""
    content = keys[0].read_bytes()

    assert sys.platform == "win32" or stat.S_IMODE(keys[0].stat().st_mode) == 0o600
    assert run("sign", "--new-key", keys[0])[0] == 2
    assert keys[0].read_bytes() == content


def test_what_was_signed_verifies_and_nothing_else_does(folder, keys):
    """0 for the true three; 3 for a change; 2 for what is not there or is no key."""
    add(folder)
    target = folder / "ledger.jsonl"
    code, out, _ = run("sign", target, "--key", keys[0])
    assert (code, f"{target}.sig" in out, (folder / "ledger.jsonl.sig").stat().st_size) == (0, True, 64)
    code, out, _ = run("verify", target, "--key", keys[1])
    assert (code, "签名相符" in out, "公钥指纹" in out) == (0, True, True)
    assert "签名相符" in run("evidence", "verify", folder, "--signature", f"{target}.sig", "--key", keys[1])[1]
    run("sign", "--new-key", folder / "other.pem")
    (folder / "empty").write_bytes(b"")
    expected = {
        (target, folder / "other.pub.pem", None): (3, "SIGNATURE_DIFFERS"),
        (folder / "submission.yaml", keys[1], folder / "ledger.jsonl.sig"): (3, "SIGNATURE_DIFFERS"),
        (target, keys[1], folder / "empty"): (3, "SIGNATURE_DIFFERS"),
        (target, folder / "empty", None): (2, "KEY_UNREADABLE"),
        (target, folder / "没有.pem", None): (2, "FILE_MISSING"),
        (target, folder, None): (2, "FILE_MISSING"),
        (target, keys[0], None): (2, "KEY_TYPE"),
        (target, keys[1], folder / "没有.sig"): (2, "FILE_MISSING"),
        (folder / "submission.yaml", keys[1], None): (2, "FILE_MISSING"),
        (folder / "没有", keys[1], None): (2, "FILE_MISSING"),
    }
    for (file, key, signature), (code, said) in expected.items():
        found = run("verify", file, "--key", key, *(["--signature", signature] if signature else []))
        assert (found[0], said in found[2], found[1]) == (code, True, ""), (file, key, found)
    add(folder)
    assert run("verify", target, "--key", keys[1])[0] == 3
    assert run("evidence", "verify", folder, "--signature", f"{target}.sig", "--key", keys[1])[0] == 3


def test_a_signed_head_outlives_what_is_added(folder, keys):
    """The head is signed once; the ledger grows; the signed head is still found in it, and only there."""
    add(folder)
    run("evidence", "head", folder, "-o", folder / "head.txt")
    run("sign", folder / "head.txt", "--key", keys[0])
    add(folder)
    check = [
        "evidence",
        "verify",
        folder,
        "--head",
        folder / "head.txt",
        "--signature",
        folder / "head.txt.sig",
        "--key",
        keys[1],
    ]
    code, out, _ = run(*check)

    assert (code, "此后新增1行" in out, "签名相符" in out) == (0, True, True)
    (folder / "head.txt").write_text(run("evidence", "head", folder)[1], encoding="utf-8")
    assert run(*check)[0] == 3


def test_another_signature_is_not_written_over(folder, keys):
    """Signing again gives the same bytes; somebody else's signature stays until it is moved."""
    run("sign", "--new-key", folder / "other.pem")
    for _ in range(2):
        assert run("sign", folder / "submission.yaml", "--key", keys[0])[0] == 0
    code, _, err = run("sign", folder / "submission.yaml", "--key", folder / "other.pem")

    assert (code, "--signature" in err) == (2, True)
    more = ["--signature", folder / "second.sig"]
    assert run("sign", folder / "submission.yaml", "--key", folder / "other.pem", *more)[0] == 0


@pytest.mark.parametrize(
    "arguments", [[], ["submission.yaml"], ["--key", "x"], ["submission.yaml", "--key", "x", "--new-key", "y"]]
)
def test_signing_asks_for_a_file_and_a_key_or_for_a_new_key(arguments):
    """Half of what is needed is wrong usage."""
    assert run("sign", *arguments)[0] == 2


def test_without_cryptography_the_command_says_how_to_get_it(folder, monkeypatch):
    """No traceback, no yes: what to install."""
    monkeypatch.setattr(integrity, "signatures", None)
    (folder / "submission.yaml.sig").write_bytes(bytes(64))
    for arguments in (
        ["sign", "--new-key", folder / "k.pem"],
        ["verify", folder / "submission.yaml", "--key", folder / "k.pem"],
    ):
        code, _, err = run(*arguments)
        assert (code, "SIGNATURE_LIBRARY" in err, "pip install 'fazhi[sign]'" in err) == (2, True, True)


def test_cryptography_is_only_loaded_to_sign(folder):
    """Entering and listing run where it is not installed."""
    code = (
        "import sys; sys.modules['cryptography'] = None\n"
        "from engine.commands import run\n"
        f"print([run(['evidence', 'head', {str(folder)!r}]), run(['verify', {str(folder / 'submission.yaml')!r}, '--key', 'x'])])"
    )
    add(folder)
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, check=False)

    assert done.stdout.decode().splitlines()[-1] == "[0, 2]"
    assert "SIGNATURE_LIBRARY" in done.stderr.decode()


def test_integrity_differs_leaves_with_3_and_says_so(folder, capsys):
    """Through the one door: exit code 3, on standard error, without a word of having refused input."""
    add(folder)
    (folder / "ledger.jsonl").write_bytes(b"x" + (folder / "ledger.jsonl").read_bytes())

    assert commands.run(["evidence", "verify", str(folder)]) == 3
    out, err = capsys.readouterr()
    assert (out, "核对不符" in err, "Traceback" in err) == ("", True, False)
    assert os.path.relpath(folder / "ledger.jsonl") in err or str(folder / "ledger.jsonl") in err


def test_a_sample_converted_is_judged_the_same(tmp_path):
    """Converting a real ledger changes no verdict and no digest of the submission."""
    sample = Path(__file__).parents[2] / "evidence_samples" / "demo-county"
    shutil.copytree(sample, tmp_path / "demo")
    assert run("evidence", "chain", tmp_path / "demo", "--by", "张三")[0] == 0
    before, after = (json.loads(run("assess", path, "--format", "json")[1]) for path in (sample, tmp_path / "demo"))

    assert before["submission"]["digest"] == after["submission"]["digest"]
    assert (before["score"], before["evidence"], before["conclusions"]) == (
        after["score"],
        after["evidence"],
        after["conclusions"],
    )
