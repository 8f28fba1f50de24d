"""Assess the folder 填报 beside this file, write the reports into 报告, and open the page in the browser.

What run.bat, run.sh and fazhi.desktop start. Needs Python 3.11 or newer and nothing else: what fazhi stands on lies in lib/,
one folder per platform, put there by ``pack.py``. Nothing is fetched, nothing is compiled, nothing outside is changed.
"""

import platform
import sys
import webbrowser
from datetime import datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
SUBMISSION, REPORTS = HERE / "填报", HERE / "报告"
PAGE = REPORTS / "自评试算.html"
NEEDED = (3, 11)
# Each: the words of the command line, and the file that it writes.
WRITTEN = (
    (("assess", "--format", "html"), PAGE),
    (("assess", "--format", "xlsx"), REPORTS / "自评试算.xlsx"),
    (("report", "gaps"), REPORTS / "差距清单.docx"),
    (("report", "rectification"), REPORTS / "整改台账.xlsx"),
    (("report", "interview"), REPORTS / "迎评应知应会卡.docx"),
)


def library_name() -> str:
    """The folder under lib/ that holds what was packed for this machine.

    Windows says AMD64 where Linux says x86_64; both are one platform of packages each.
    """
    system = {"win32": "win", "darwin": "macos"}.get(sys.platform, "linux")
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    return f"{system}-{machine}-{sys.version_info[0]}.{sys.version_info[1]}"


def main() -> int:
    """Do everything, say what is wrong in plain words, and say how it ended."""
    if sys.version_info < NEEDED:
        print(f"要 Python 3.11 以上，这台机器上的是 {platform.python_version()}。")
        print("请管理员装一个，或把带 Python 的文件夹放在这里，名叫 python。")
        return 2
    library = HERE / "lib" / library_name()
    sys.path[:0] = [str(HERE), *([str(library)] if library.is_dir() else [])]
    try:
        from engine.commands import run  # noqa: PLC0415 - found only once the folders above are known
    except ModuleNotFoundError as error:
        packed = "、".join(sorted(path.name for path in HERE.glob("lib/*"))) or "没有"
        print(f"缺程序包 {error.name}：这台机器要 lib/{library_name()}，这里有的是：{packed}。")
        print("请在联网的机器上为这个平台再打一次包（make kit），拷过来。")
        return 2
    if not SUBMISSION.is_dir():
        print(f"没有文件夹「{SUBMISSION}」。请把填报放进去（submission.yaml 和佐证材料）。")
        return 2
    print("正在试算，稍等。\n", flush=True)
    submission, workbooks = SUBMISSION, workbooks_in(SUBMISSION)
    if workbooks:
        # Never over what is there: each time into a folder of its own.
        submission = REPORTS / f"收回的填报-{datetime.now():%Y-%m-%d-%H%M%S}"  # noqa: DTZ005 - the user's own clock
        REPORTS.mkdir(exist_ok=True)
        if code := run(["import", *map(str, workbooks), "-o", str(submission), "--quiet"]):
            print("\n工作簿没有收成。请照上面的提示改好，再双击一次。")
            return code
    if code := run(["assess", str(submission)]):
        print("\n没有算成。请照上面的提示改好填报，再双击一次。")
        return code
    REPORTS.mkdir(exist_ok=True)
    for words, file in WRITTEN:
        first, *rest = words
        # A report has its kind before the submission, assess its options behind it.
        arguments = [first, *rest, str(submission)] if first == "report" else [first, str(submission), *rest]
        if code := run([*arguments, "-o", str(file), "--quiet"]):
            print(f"\n「{file.name}」没有写成。如果它正开着，请先关掉，再双击一次。")
            return code
    print(f"\n报告都在「{REPORTS}」里。网页打不开的，请双击：\n{PAGE}", flush=True)
    if "--no-open" not in sys.argv:
        webbrowser.open(PAGE.as_uri())
    return 0


def workbooks_in(folder: Path) -> list[Path]:
    """The filled workbooks, where they stand instead of a submission.yaml; not what an open program keeps beside them."""
    if (folder / "submission.yaml").exists():
        return []
    found = (path for path in folder.iterdir() if path.suffix.lower() in (".xlsx", ".ods"))
    return sorted(path for path in found if not path.name.startswith(("~", ".")))


def wait() -> None:
    """Keep the window open until somebody has read it."""
    if sys.stdin is not None and sys.stdin.isatty() and "--no-open" not in sys.argv:
        input("\n按回车键关闭。")


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    ended = main()
    wait()
    sys.exit(ended)
