"""What the program says and returns: help without weight, questions without a verb, errors in a sentence."""

from __future__ import annotations

import os
import resource
import subprocess
import sys

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.cli.main import explain, run
from thinkling.cli.verbs import VERBS, load_verb, with_verb
from thinkling.errors import ConfigError, ThinklingError

HEAVY = {"torch", "pydantic", "rich", "numpy", "tokenizers", "jinja2", "matplotlib"}


def thinkling(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own."""
    command = [sys.executable, "-m", "thinkling", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **options)  # type: ignore[call-overload, no-any-return]


def modules_after(code: str) -> set[str]:
    listing = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    return {name.partition(".")[0] for name in listing.split()}


def test_help_takes_less_than_three_tenths_of_a_second() -> None:
    thinkling("--help")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "Verbs:" in thinkling("--help").stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Processor time, because other tests run beside this one.
    assert after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime < 0.3


def test_help_loads_neither_torch_nor_pydantic_nor_rich() -> None:
    assert not HEAVY & modules_after("from thinkling.cli.main import run; run(['--help'])")


def test_listing_models_loads_no_torch() -> None:
    assert "torch" not in modules_after("from thinkling.cli.main import run; run(['models'])")


def test_a_line_without_words_shows_the_help() -> None:
    result = thinkling()
    assert result.returncode == 0
    assert "Verbs:" in result.stdout


def test_version_is_the_package_version() -> None:
    from thinkling import __version__

    assert thinkling("--version").stdout == f"thinkling {__version__}\n"


@pytest.mark.parametrize("name", VERBS)
def test_help_of_the_program_says_the_same_as_the_verb(name: str) -> None:
    command = load_verb(name)
    assert isinstance(command, click.Command)
    assert command.get_short_help_str(limit=200) == VERBS[name].summary


@pytest.mark.parametrize("name", VERBS)
def test_help_of_each_verb_ends_with_two_commands_to_copy(name: str) -> None:
    _, _, examples = (load_verb(name).epilog or "").partition("Examples:")
    commands = [line.strip() for line in examples.splitlines() if line.strip()]
    assert len(commands) == 2
    assert all("thinkling " in command for command in commands)


def test_an_unknown_first_word_is_a_question() -> None:
    assert with_verb(["What's 12 times 14?", "--json"]) == ["ask", "What's 12 times 14?", "--json"]
    assert with_verb(["--json", "What's 12 times 14?"]) == ["ask", "--json", "What's 12 times 14?"]
    assert with_verb(["hello"]) == ["ask", "hello"]
    assert with_verb(["-"]) == ["ask", "-"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=12), max_size=5))
def test_no_word_of_a_line_is_lost_on_the_way_to_its_verb(words: list[str]) -> None:
    try:
        found = with_verb(words)
    except click.UsageError as error:
        assert words[0] in error.message
        return
    assert found == words or found == ["ask", *words]


def test_a_mistyped_verb_is_answered_with_the_right_one() -> None:
    result = thinkling("modles")
    assert result.returncode == 2
    assert "did you mean 'models'?" in result.stderr
    assert "thinkling ask modles" in result.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["hi", "--temperature", "-1"], "temperature is -1.0."),
        (["hi", "--temperature", "nan"], "temperature is nan."),
        (["hi", "--top-p", "0"], "top_p is 0.0."),
        (["hi", "--max-tokens", "0"], "max_tokens is 0."),
        (["hi", "--seed", "-5"], "seed is -5."),
        (["hi", "--think", "maybe"], "thinking is 'maybe'."),
        (["ask", "  "], "The question is empty."),
        (["ask"], "Missing argument"),
        (["models", "--jsn"], "Did you mean '--json'?"),
        (["chat", "--temperature", "hot"], "'hot' is not a valid float"),
    ],
)
def test_bad_input_gets_a_sentence_a_hint_and_exit_code_2(words: list[str], message: str) -> None:
    result = thinkling(*words, stdin=subprocess.DEVNULL)
    assert result.returncode == 2
    assert result.stdout == ""
    assert message in result.stderr
    assert "\nHint: " in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "words", [["--debug", "ask", "x", "--top-p", "7"], ["ask", "x", "--top-p", "7", "--debug"]]
)
def test_debug_before_or_after_the_verb_adds_the_traceback(words: list[str]) -> None:
    result = thinkling(*words)
    assert result.returncode == 2
    assert "Traceback" in result.stderr
    assert "Hint: " in result.stderr


def test_debug_after_two_dashes_belongs_to_the_question() -> None:
    result = thinkling("ask", "--top-p", "7", "--", "--debug")
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_a_full_disk_is_one_sentence() -> None:
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "thinkling", "models"]
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert result.returncode == 2
    assert result.stderr == (
        "Error: No space left on device.\nHint: free some space, or write to another disk.\n"
    )


def test_a_reader_that_goes_away_is_no_error_worth_words() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        command = [sys.executable, "-m", "thinkling", "models"]
        result = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, text=True, timeout=60)
    assert result.returncode == 141
    assert result.stderr == ""


def test_our_own_errors_keep_their_hint_and_foreign_ones_get_one() -> None:
    assert explain(ConfigError("It is wrong.", "mend it.")) == ("It is wrong.", "mend it.", 2)
    assert explain(FileNotFoundError(2, "No such file or directory", "a.md")) == (
        "No such file or directory: a.md.",
        "check the path.",
        2,
    )
    message, hint, exit_code = explain(KeyError("rope"))
    assert "KeyError: 'rope'" in message
    assert "--debug" in hint
    assert exit_code == 1


def test_ctrl_c_ends_a_verb_with_130(capsys: pytest.CaptureFixture[str]) -> None:
    code = (
        "import os, signal, sys, threading\n"
        "threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()\n"
        "from thinkling.cli.main import main\n"
        "main(['ask', '-'])\n"
    )
    reading, writing = os.pipe()
    result = subprocess.run(
        [sys.executable, "-c", code], stdin=reading, capture_output=True, text=True, timeout=60
    )
    os.close(reading)
    os.close(writing)
    assert result.returncode == 130
    assert "Traceback" not in result.stderr


def test_run_returns_the_exit_code_of_every_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models"]) == 0
    assert run(["--help"]) == 0
    assert run(["ask", "x", "--top-p", "7"]) == ThinklingError.exit_code
