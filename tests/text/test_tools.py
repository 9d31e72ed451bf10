"""Calls of tools are found in DeepSeek's forms, however the text is cut, and nothing else becomes one."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from thinkling.records import Piece, ToolCall
from thinkling.text.special import TOOL_CALL_BEGIN, TOOL_CALL_END, TOOL_CALLS_BEGIN, TOOL_CALLS_END, TOOL_SEP
from thinkling.text.tools import MOST_CALLS, ToolSplitter, calls_of

Parted = tuple[tuple[ToolCall, ...], str]


def parted(*feeds: str) -> Parted:
    splitter = ToolSplitter()
    pieces: list[Piece] = [piece for text in feeds for piece in splitter.feed(text)] + splitter.flush()
    assert all(piece.name for piece in pieces if piece.kind == "tool_call" and not piece.text)
    return calls_of(pieces), "".join(piece.text for piece in pieces if piece.kind == "content")


def r1(*calls: tuple[str, str]) -> str:
    """Calls as DeepSeek-R1's template writes them."""
    parts = "\n".join(
        f"{TOOL_CALL_BEGIN}function{TOOL_SEP}{name}\n```json\n{arguments}\n```{TOOL_CALL_END}"
        for name, arguments in calls
    )
    return TOOL_CALLS_BEGIN + parts + TOOL_CALLS_END


def v31(*calls: tuple[str, str]) -> str:
    """Calls as DeepSeek-V3.1's template writes them."""
    parts = (f"{TOOL_CALL_BEGIN}{name}{TOOL_SEP}{arguments}{TOOL_CALL_END}" for name, arguments in calls)
    return f"{TOOL_CALLS_BEGIN}{''.join(parts)}{TOOL_CALLS_END}"


CALLS = (("add", '{"a": 1, "b": "``x` "}'), ("now", "{}"))
EXPECTED = tuple(ToolCall(*call) for call in CALLS)


@pytest.mark.parametrize("form", [r1, v31])
@pytest.mark.parametrize(("before", "shown"), [("", ""), ("Let me see.\n\n", "Let me see."), ("\n", "")])
def test_calls_are_read_in_both_forms(form: object, before: str, shown: str) -> None:
    assert parted(before + form(*CALLS)) == (EXPECTED, shown)  # type: ignore[operator]


MARKS = (TOOL_CALLS_BEGIN, TOOL_CALL_BEGIN, TOOL_SEP, TOOL_CALL_END, TOOL_CALLS_END)
WORDS = ("function", "add", "\n", "```json\n", "```", "{}", "text ", "<\uff5ctool", " ")
PARTS = st.sampled_from([r1(*CALLS), v31(*CALLS), *MARKS, *WORDS])


@given(st.lists(PARTS, max_size=6).map("".join), st.data())
@example(f"Hello \n{r1(*CALLS)}", None)
@tried(max_examples=300, deadline=None, derandomize=True, database=None)
def test_how_a_text_is_cut_changes_nothing(text: str, data: st.DataObject | None) -> None:
    whole = parted(text)
    assert parted(*text) == whole
    if data is not None:
        cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
        assert parted(*(text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True))) == whole


@pytest.mark.parametrize("cut", range(1, 30))
def test_a_call_that_is_cut_off_has_the_arguments_so_far_and_no_fence(cut: int) -> None:
    calls, _ = parted(r1(("add", '{"a": 1}'))[:-cut])
    if calls:
        assert calls[0].name == "add" and '{"a": 1}'.startswith(calls[0].arguments)


def test_plain_text_stays_as_it_is() -> None:
    for text in ("", " ", "Hello ", "a\n\n b ", "< and >", "function: add"):
        assert parted(text) == ((), text)


def test_there_are_no_more_calls_than_may_be_sent_back() -> None:
    many = (("now", "{}"),) * (MOST_CALLS + 3)
    for form in (r1, v31):
        calls, rest = parted(form(*many))
        assert len(calls) == MOST_CALLS and "now" in rest
        once_more, _ = parted(form(*many[:100]) + form(*many[:100]))
        assert len(once_more) == MOST_CALLS
