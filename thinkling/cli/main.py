"""`thinkling`: finds the verb, runs it, and turns every error into a sentence, a hint and an exit code.

Exit codes: 0 done; 1 a fault of ours; 2 a mistake that the message explains; 130 Ctrl-C; 141 the reader of a
pipe went away.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

import click

from thinkling import __version__
from thinkling.cli.verbs import Program

_INTERRUPTED = 130
_PIPE_CLOSED = 141

_OS_HINTS = {
    errno.ENOENT: "check the path.",
    errno.ENOSPC: "free some space, or write to another disk.",
    errno.EACCES: "check who may read and write there.",
    errno.EROFS: "write to another place: this one is read-only.",
    errno.EISDIR: "name a file, not a folder.",
    errno.ENOTDIR: "name a folder, not a file.",
}


@click.group(
    cls=Program,
    invoke_without_command=True,
    subcommand_metavar="QUESTION | VERB [ARGUMENTS]...",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog='Examples:\n\n  thinkling "What\'s 12 times 14?"\n\n  thinkling chat',
)
@click.version_option(__version__, message="thinkling %(version)s")
@click.option("--debug", is_flag=True, help="Show the whole traceback of an error (anywhere on the line).")
@click.pass_context
def program(context: click.Context, debug: bool) -> None:
    """A language model that thinks before it answers, and everything it took to make it."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The console command. Ends the process with the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    options = words[: words.index("--")] if "--" in words else words
    is_debug = "--debug" in options
    rest = words[len(options) :]
    sys.exit(run([word for word in options if word != "--debug"] + rest, is_debug=is_debug))


def run(words: list[str], *, is_debug: bool = False) -> int:
    """Run one command line and return its exit code; errors are written to standard error."""
    try:
        with program.make_context("thinkling", words) as context:
            program.invoke(context)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except BrokenPipeError:
        _abandon_stdout()
        return _PIPE_CLOSED
    except (KeyboardInterrupt, click.Abort):
        print(file=sys.stderr)
        return _INTERRUPTED
    # The outermost boundary: whatever went wrong is told to the person, and none of it is swallowed.
    except Exception as error:
        if is_debug:
            traceback.print_exc()
        return _tell(error)
    return 0


def _tell(error: Exception) -> int:
    message, hint, exit_code = explain(error)
    if isinstance(error, OSError):
        _abandon_stdout()
    with contextlib.suppress(OSError):
        print(f"Error: {message}\nHint: {hint}", file=sys.stderr)
    return exit_code


def explain(error: Exception) -> tuple[str, str, int]:
    """What to say of an error: the sentence, the hint, the exit code."""
    from thinkling.errors import ThinklingError

    if isinstance(error, ThinklingError):
        return error.message, error.hint, error.exit_code
    if isinstance(error, click.UsageError):
        path = error.ctx.command_path if error.ctx else "thinkling"
        return error.format_message(), f"{path} --help shows what can be said.", 2
    if isinstance(error, click.ClickException):
        return error.format_message(), "thinkling --help shows what can be said.", 2
    if isinstance(error, OSError) and error.strerror:
        place = f": {error.filename}" if error.filename else ""
        hint = _OS_HINTS.get(error.errno or 0, "add --debug to see where it happened.")
        return f"{error.strerror}{place}.", hint, 2
    if isinstance(error, MemoryError):
        return "There is not enough memory.", "take a smaller model or a shorter context.", 2
    said = f"{type(error).__name__}: {error}".rstrip(": ")
    return f"Something went wrong inside thinkling ({said}).", "add --debug to see where it happened.", 1


def _abandon_stdout() -> None:
    """Keep Python's flush at exit from failing once more on a pipe or a disk that is gone."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
