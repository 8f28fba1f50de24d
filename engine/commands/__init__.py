"""The command line: a lazy group that loads one command by name, and the one door for errors.

The only reader of clock, working directory and environment; the only writer. Exit codes: 0 done, 1 gaps or failed rule
tests where that was asked for, 2 wrong usage or refused input, 3 a record that differs or was altered, 70 a bug of ours.
"""

import gc
import gettext
import importlib
import os
import sys
from pathlib import Path

import click

from engine import __version__

OK, FOUND, REFUSED, DIFFERS, BUG = 0, 1, 2, 3, 70
OPTIONS = "[选项]"
QUIET = "不报进度和已写的文件；错误照报"

_COMMANDS = {
    "assess": "自评试算：首屏、逐项结论、得分区间",
    "gaps": "只看差距清单",
    "explain": "一个指标（或口径）怎么算出来的：从条文到文件第几行",
    "checkpoints": "检查点台账：地方细分的检查点逐个看，哪一年该到",
    "campaign": "全县一次填报：进度、并表试算、提示卡、通报、销号",
    "plan": "先补什么：几天内有据得分最多，或最省力到一条线",
    "whatif": "假如：换一个数、一件材料算不算，前后对照，什么也不写",
    "simulate": "模拟第三方评估：三种评估人大概给多少；抽单位、抽案卷供演练",
    "calibrate": "用往次第三方评估的真实结果校准评估人的假设",
    "sweep": "成批试算：一行一个单位的事实表进，结论和分数表出，中断了接着算",
    "replay": "复核：照记录再算一遍，看是不是一样",
    "compare": "比较两次试算：变了多少，各由什么带来",
    "report": "出报告：自评报告、差距清单、整改台账、周报等，和自行复算表",
    "template": "出填报工作簿（Excel），一个单位一份",
    "import": "收回填好的工作簿，写成填报文件夹",
    "rules": "看规则、测规则、比较两版、冻结修订、导出规则的JSON Schema",
    "evidence": "佐证台账：登记、撤回、复核、查看、核对",
    "journal": "运行日志：谁在什么时候做了什么，核对有没有被动过",
    "sign": "给文件签名，新建密钥",
    "verify": "核对文件的签名",
    "doctor": "看看这台机器上能用什么",
}
# Commands whose names are words of Python.
_MODULES = {"import": "import_"}


class LazyGroup(click.Group):
    """Loads a command's module when the command is called, so that each costs only what it needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands in the order of work."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load one command."""
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"engine.commands.{_MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        _with_quiet(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without loading them."""
        with formatter.section("命令"):
            formatter.write_dl(list(_COMMANDS.items()))


def _with_quiet(command: click.Command) -> None:
    """Let a command, and every one below it, be told to be quiet."""
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        _with_quiet(below)
    if not isinstance(command, click.Group) and not any("--quiet" in option.opts for option in command.params):
        command.params.append(click.Option(["-q", "--quiet"], is_flag=True, expose_value=False, callback=_hush, help=QUIET))


def _hush(context: click.Context, _option: click.Parameter, value: bool) -> None:
    if value:
        context.find_root().meta["quiet"] = True


def tell(message: str, *, end: str = "\n") -> None:
    """Say on standard error what is neither result nor mistake: progress, what was written; nothing where told not to."""
    context = click.get_current_context(silent=True)
    if context is None or not context.find_root().meta.get("quiet"):
        click.echo(message + end, err=True, nl=False)


@click.group(
    cls=LazyGroup,
    options_metavar=OPTIONS,
    subcommand_metavar="命令 [参数]",
    help="法治政府建设示范指标自评规则引擎：填报进来，差距清单和试算区间出去。只作内部试算，不得外引。",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, "-V", "--version", message="fazhi %(version)s", help="版本。")
def cli() -> None:
    """Hold the commands together."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with the exit code; the only place that catches everything."""
    _speak_chinese()
    # What others installed beside us has no say in how inputs are read, and looking for it costs time.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    # Next to nothing of a run is garbage: looking for it at the usual rate, and again before leaving, takes a fifth of it.
    gc.set_threshold(200_000, 20, 20)
    code = run(arguments)
    gc.freeze()
    sys.exit(code)


def run(arguments: list[str] | None = None) -> int:
    """Run one command and say how it ended."""
    try:
        result = cli.main(arguments, prog_name="fazhi", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("已中断", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        # Click's own plain errors end with 1, which here means that something was found; ours say what they end with.
        return error.exit_code if type(error).__module__.startswith("engine.") else max(error.exit_code, REFUSED)
    except BrokenPipeError:
        # The reader of a pipe went away: nothing more to say, and nothing to flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        click.echo(f"读写不了：{error.filename or ''} {error.strerror or error}", err=True)
        return REFUSED
    except Exception as error:  # noqa: BLE001 - the one door: a bug is reported, never shown as a traceback
        click.echo(_bug_report(error), err=True)
        return BUG
    return result if isinstance(result, int) else OK


def _bug_report(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace is not None else "?"
    return (
        f"程序出错（不是填报的错）：{type(error).__name__} {error}，在 {where}\n"
        f"    fazhi {__version__}，Python {sys.version.split()[0]}。请连同命令和输入的摘要反馈；结果没有写出。"
    )


def _speak_chinese() -> None:
    """Let click speak Chinese whatever the locale: its messages come through gettext."""
    gettext.bindtextdomain("messages", str(Path(__file__).parent.parent / "locale"))
    os.environ["LANGUAGE"] = "zh_CN"
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
