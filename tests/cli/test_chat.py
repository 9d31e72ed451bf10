"""A conversation: what is sent, what is kept, what the slash commands do, and what Ctrl-C stops."""

from __future__ import annotations

import io
import json
import os
import pty
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.scripted import scripted_talk, talk_with_two
from thinkling.cli.chat import answer_lines, take_line
from thinkling.cli.conversation import Conversation
from thinkling.cli.display import Shown
from thinkling.cli.read_ahead import ReadAhead
from thinkling.cli.slash import SLASH_COMMANDS, run_slash
from thinkling.errors import RequestError
from thinkling.records import Message

ROOT = Path(__file__).parents[2]


def test_a_question_is_sent_after_the_system_text_and_the_earlier_turns() -> None:
    llm, talk = scripted_talk()
    run_slash(talk.conversation, "/system Be brief.")
    talk.answer("one")
    talk.answer("two")
    sent = llm.asked[1][0]
    assert [message.role for message in sent] == ["system", "user", "assistant", "user"]
    assert sent[2] == Message("assistant", "2 messages", "let me count")


def test_clear_forgets_the_turns_and_keeps_the_system_text() -> None:
    llm, talk = scripted_talk()
    run_slash(talk.conversation, "/system Be brief.")
    talk.answer("one")
    run_slash(talk.conversation, "/clear")
    talk.answer("two")
    assert [message.content for message in llm.asked[1][0]] == ["Be brief.", "two"]


def test_another_model_goes_on_with_the_conversation() -> None:
    small, large, talk = talk_with_two()
    talk.answer("one")
    take_line(talk, "/model large")
    talk.answer("two")
    assert [len(messages) for messages, _ in small.asked] == [1]
    assert [len(messages) for messages, _ in large.asked] == [3]
    assert run_slash(talk.conversation, "/model") == "  folder/small\n* folder/large\n  broken"


def test_a_model_that_cannot_be_used_leaves_the_one_before(capsys: pytest.CaptureFixture[str]) -> None:
    small, _, talk = talk_with_two()
    take_line(talk, "/model broken")
    assert "the folder is empty" in capsys.readouterr().err
    assert talk.conversation.model == "folder/small"
    talk.answer("one")
    assert len(small.asked) == 1


def test_a_model_must_be_one_of_those_that_were_named() -> None:
    _, _, talk = talk_with_two()
    with pytest.raises(RequestError, match="medium is not among"):
        run_slash(talk.conversation, "/model medium")
    talk.conversation.models.append("other/large")
    with pytest.raises(RequestError, match="more than one"):
        run_slash(talk.conversation, "/model large")
    assert run_slash(talk.conversation, "/model folder/large") == "(model: folder/large)"


@pytest.mark.parametrize("word", ["on", "off", "auto"])
def test_think_and_temperature_reach_the_model(word: str) -> None:
    llm, talk = scripted_talk()
    run_slash(talk.conversation, f"/think {word}")
    run_slash(talk.conversation, "/temperature 0.25")
    talk.answer("one")
    assert llm.asked[0][1]["thinking"] == word
    assert llm.asked[0][1]["temperature"] == 0.25


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/hlep", "There is no command /hlep.*did you mean /help"),
        ("/", "There is no command /"),
        ("/think", "/think cannot be left empty"),
        ("/think maybe", "thinking is 'maybe'"),
        ("/temperature", "/temperature cannot be left empty"),
        ("/temperature hot", "/temperature cannot be hot"),
        ("/temperature -1", "temperature is -1.0"),
        ("/save", "/save needs a file name"),
        ("/save talk.txt", "does not say how to save"),
    ],
)
def test_a_wrong_slash_command_is_explained_and_changes_nothing(line: str, message: str) -> None:
    conversation = Conversation()
    with pytest.raises(RequestError, match=message):
        run_slash(conversation, line)
    assert conversation == Conversation()


def test_help_names_every_command() -> None:
    text = run_slash(Conversation(), "/help")
    assert all(name in text for name in SLASH_COMMANDS)
    known = {"/help", "/clear", "/think", "/model", "/save", "/system", "/temperature", "/exit"}
    assert known == set(SLASH_COMMANDS)


def test_save_writes_the_conversation_as_json_and_as_markdown(tmp_path: Path) -> None:
    _, talk = scripted_talk()
    talk.answer("你好")
    run_slash(talk.conversation, f"/save {tmp_path}/talk.json")
    run_slash(talk.conversation, f"/save {tmp_path}/talk.md")
    assert json.loads((tmp_path / "talk.json").read_text(encoding="utf-8")) == {
        "messages": [
            {"role": "user", "content": "你好", "reasoning": None},
            {"role": "assistant", "content": "1 messages", "reasoning": "let me count"},
        ]
    }
    assert (tmp_path / "talk.md").read_text(encoding="utf-8") == (
        "# Conversation\n\n## user\n\n你好\n\n## assistant\n\n> let me count\n\n1 messages\n"
    )


def test_save_overwrites_its_own_files_and_no_others(tmp_path: Path) -> None:
    foreign, own = tmp_path / "foreign.md", tmp_path / "own.md"
    foreign.write_text("precious")
    conversation = Conversation()
    with pytest.raises(RequestError, match="exists already"):
        conversation.save(foreign)
    assert foreign.read_text() == "precious"
    conversation.save(own)
    conversation.record("more", Shown("", "yes"))
    conversation.save(own)
    assert "more" in own.read_text()


def test_a_mistake_does_not_end_the_talk(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _, talk = scripted_talk()
    for line in ("/hlep", "too long", f"/save {tmp_path}/missing/talk.md", "one"):
        take_line(talk, line)
    out, err = capsys.readouterr()
    assert "did you mean /help?" in err
    assert "/clear starts afresh" in err
    assert "No such file or directory" in err
    assert "1 messages" in out


def test_a_question_that_was_refused_is_not_kept() -> None:
    _, talk = scripted_talk()
    take_line(talk, "too long")
    assert talk.conversation.messages == []


def test_a_stopped_answer_is_kept_only_if_it_had_begun() -> None:
    conversation = Conversation()
    conversation.record("one", Shown("hm", "", is_stopped=True))
    assert conversation.messages == []
    conversation.record("one", Shown("hm", "It is", is_stopped=True))
    assert [message.content for message in conversation.messages] == ["one", "It is"]


def test_folding_counts_the_tokens_of_the_thinking(capsys: pytest.CaptureFixture[str]) -> None:
    _, talk = scripted_talk(is_folded=True)
    talk.answer("one")
    assert capsys.readouterr().out == "thought for 0.0 s, 3 tokens\n1 messages\n"


def answered(text: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setattr(sys, "stdin", None if text is None else io.StringIO(text))
    _, talk = scripted_talk()
    answer_lines(talk)
    return capsys.readouterr().out


@pytest.mark.parametrize("text", [None, "", "\n  \n"])
def test_without_input_one_example_is_answered(
    text: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answered(text, monkeypatch, capsys) == ("> What's 12 times 14?\n| let me count\n\n1 messages\n")


def test_each_piped_line_is_a_turn_of_one_conversation(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = answered("one\n\ntwo\n/clear\nthree\n/exit\nfour\n", monkeypatch, capsys)
    said = [line for line in out.splitlines() if line and not line.startswith("|")]
    assert said == [
        "> one",
        "1 messages",
        "> two",
        "3 messages",
        "> /clear",
        "(forgotten)",
        "> three",
        "1 messages",
        "> /exit",
        "(bye)",
    ]


class Terminal:
    """A chat with the scripted model in a process whose terminal we hold."""

    def __init__(self) -> None:
        code = (
            "from tests.cli.scripted import scripted_talk\n"
            "from thinkling.cli.chat import talk_with_person\n"
            "llm, talk = scripted_talk(0.5)\n"
            "talk_with_person(talk)\n"
            "print('aborted', llm.num_aborted, 'kept', len(talk.conversation.messages))\n"
        )
        self.screen, terminal = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            cwd=ROOT,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm"},
        )
        os.close(terminal)
        self.text = ""

    def wait_for(self, text: str) -> None:
        """Read until `text` appears after everything that was waited for before."""
        end = time.monotonic() + 20
        while text not in self.text:
            assert time.monotonic() < end, f"{text!r} did not appear in {self.text!r}"
            if select.select([self.screen], [], [], 0.1)[0]:
                self.text += os.read(self.screen, 4096).decode(errors="replace")
        self.text = self.text.partition(text)[2]

    def type(self, text: str) -> None:
        os.write(self.screen, text.encode())

    def interrupt(self) -> None:
        # At the prompt Python notices a signal only once it waits for keys, a moment after the prompt is out.
        time.sleep(0.3)
        self.process.send_signal(signal.SIGINT)


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


def test_ctrl_c_stops_the_answer_and_twice_at_the_prompt_leaves(terminal: Terminal) -> None:
    terminal.wait_for("> ")
    terminal.type("one\n")
    terminal.wait_for("let me count")
    terminal.interrupt()
    terminal.wait_for("(stopped)")
    terminal.wait_for("> ")
    terminal.type("two\n")
    terminal.wait_for("messages")
    terminal.wait_for("> ")
    terminal.interrupt()
    terminal.wait_for("(Ctrl-C once more leaves)")
    terminal.wait_for("> ")
    terminal.interrupt()
    terminal.wait_for("aborted 1 kept")
    assert terminal.process.wait(10) == 0


def test_ctrl_d_leaves(terminal: Terminal) -> None:
    terminal.wait_for("> ")
    terminal.type("\x04")
    terminal.wait_for("aborted 0 kept 0")
    assert terminal.process.wait(10) == 0


class SlowReader:
    """A model that cannot be stopped in the middle of a step; it counts who is with it."""

    def __init__(self) -> None:
        self.num_inside = self.most_inside = self.num_calls = 0
        self.may_leave = threading.Event()

    def read_ahead(self, messages: list[Message], is_stopped: Callable[[], bool]) -> int:
        self.num_calls += 1
        self.num_inside += 1
        self.most_inside = max(self.most_inside, self.num_inside)
        while not (is_stopped() and self.may_leave.is_set()):
            time.sleep(0.005)
        self.num_inside -= 1
        return 0


def test_a_model_is_never_read_by_two_even_if_the_wait_is_interrupted() -> None:
    slow = SlowReader()
    ahead = ReadAhead(slow)  # type: ignore[arg-type]
    ahead.start([Message("user", "Hi")])
    threading.Timer(0.15, lambda: signal.raise_signal(signal.SIGINT)).start()
    threading.Timer(0.5, slow.may_leave.set).start()
    with pytest.raises(KeyboardInterrupt):
        ahead.stop()
    assert slow.num_inside == 0 and slow.num_calls == 1
    ahead.start([Message("user", "Hi")])
    ahead.stop()
    ahead.stop()
    assert slow.num_inside == 0 and slow.num_calls == 2 and slow.most_inside == 1


def test_reading_ahead_that_fails_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    class Broken:
        def read_ahead(self, messages: list[Message], is_stopped: Callable[[], bool]) -> int:
            raise RequestError("no.", "no")

    ahead = ReadAhead(Broken())  # type: ignore[arg-type]
    ahead.start([Message("user", "Hi")])
    ahead.stop()
    assert capfd.readouterr() == ("", "")
