"""What is seen of a reply does not depend on how it was cut into pieces, and cannot control a terminal."""

from __future__ import annotations

import io
import itertools
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.cli.display import Display, ShowThinking, folded, printable
from thinkling.records import Piece

REPLY = [
    Piece("reasoning", "12 * 14\nis 120 + 48"),
    Piece("content", "The answer "),
    Piece("content", "is 168."),
]


def shown(pieces: list[Piece], thinking: ShowThinking = "show", has_color: bool = False) -> str:
    seconds = iter([10.0, 11.25, 99.0])
    out = io.StringIO()
    Display(out, thinking, has_color, lambda text: len(text.split()), lambda: next(seconds)).show(pieces)
    return out.getvalue()


def without_color(text: str) -> str:
    return re.sub(r"\x1b\[[0-9]*[mK]|\r", "", text)


def test_thinking_stands_behind_a_bar_where_there_is_no_color() -> None:
    assert shown(REPLY) == "| 12 * 14\n| is 120 + 48\n\nThe answer is 168.\n"


def test_thinking_is_dimmed_on_a_terminal() -> None:
    assert shown(REPLY, has_color=True) == ("\x1b[2m12 * 14\nis 120 + 48\x1b[0m\n\nThe answer is 168.\n")


def test_hidden_thinking_leaves_the_answer_alone() -> None:
    assert shown(REPLY, "hide") == "The answer is 168.\n"


def test_folded_thinking_is_one_line_with_time_and_tokens() -> None:
    assert shown(REPLY, "fold") == "thought for 1.2 s, 7 tokens\nThe answer is 168.\n"
    on_terminal = shown(REPLY, "fold", has_color=True)
    assert without_color(on_terminal).endswith("thought for 1.2 s, 7 tokens\nThe answer is 168.\n")
    assert "120" not in on_terminal


def test_one_token_is_singular_and_an_unknown_count_is_left_out() -> None:
    assert folded(0.04, 1) == "thought for 0.0 s, 1 token"
    assert folded(2.0, None) == "thought for 2.0 s"


def test_a_reply_without_thinking_shows_only_the_answer() -> None:
    assert shown([Piece("content", "\n\nHello."), Piece("content", "\n")], "fold") == "Hello.\n"


def test_a_stopped_reply_keeps_what_was_written() -> None:
    seen: list[str] = []
    display = Display(io.StringIO())

    def is_stopped() -> bool:
        seen.append("asked")
        return len(seen) >= 2

    result = display.show(iter(REPLY), is_stopped)
    assert result.is_stopped
    assert result.reasoning == "12 * 14\nis 120 + 48"
    assert result.content == "The answer "


@settings(max_examples=60, deadline=None)
@given(st.text("ab\n", max_size=12), st.text("cd\n", max_size=8), st.data())
def test_the_cut_into_pieces_cannot_be_seen(reasoning: str, content: str, data: st.DataObject) -> None:
    pieces: list[Piece] = []
    for kind, text in (("reasoning", reasoning), ("content", content)):
        cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=3)))
        bounds = [0, *cuts, len(text)]
        pieces += [
            Piece(kind, text[a:b])  # type: ignore[arg-type]
            for a, b in itertools.pairwise(bounds)
            if text[a:b]
        ]
    whole = [Piece("reasoning", reasoning)] if reasoning else []
    whole += [Piece("content", content)] if content else []
    for thinking in ("show", "hide"):
        assert shown(pieces, thinking) == shown(whole, thinking)  # type: ignore[arg-type]
        colored = without_color(shown(pieces, thinking, has_color=True))  # type: ignore[arg-type]
        assert colored == without_color(shown(whole, thinking, has_color=True))  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_no_control_character_of_a_model_reaches_the_terminal(text: str) -> None:
    clean = printable(text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", clean)
    assert printable(clean) == clean


def test_other_text_is_shown_as_it_is() -> None:
    text = "naïve 你好 🙂\tx²\n"
    assert printable(text) == text
