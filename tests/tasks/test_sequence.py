"""The list reader."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.records import Problem
from thinkling.tasks.verify.number import Refusal
from thinkling.tasks.verify.sequence import check_sequence, read_sequence

PROBLEM = Problem("sorting", "Sort 9, 3, 5.", "3,5,9", "sorting:3,5,9")


@pytest.mark.parametrize(
    "text",
    [
        *("3, 5, 9", "3,5,9", "3 5 9", "3, 5, 9.", "[3, 5, 9]", "(3 5 9)", "Sorted: 3, 5, 9", "3\n5\n9"),
        *(
            "3、5、9",
            "3，5，9。",
            "3、5和9。",
            "从小到大：3、5、9。",
            "从小到大排列是3、5、9",
            "排序结果为：3，5，9！",
        ),
        *(
            "（3、5、9）",
            "【3，5，9】",
            "3, 5 and 9",
            "3, 5, and 9.",
            "**3, 5, 9**",
            "The sorted list is 3, 5, 9.",
        ),
    ],
)
def test_commas_and_spaces_part_the_items(text: str) -> None:
    assert read_sequence(text) == (3, 5, 9)
    assert check_sequence(PROBLEM, text).is_correct


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", ":", ",,,", "[]", "three", "3; 5; 9", "3 < 5 < 9", "3 5 9 or 9 5 3", "Sort 9, 3, 5."),
        *(
            "1e3, 5",
            "3.5, 9",
            "٣, ٥, ٩",
            "３, 5",
            "3-5, 9",
            "3+0, 5, 9",
            "9" * 300,
            "1 " * 100,
            "3, 5, 9 and so on",
            "and 3, 5, 9and",
            "3、5、9等",
            "把3、5、9从小到大排列。",
            "3、5、9还是9、5、3",
            "3.5、9",
            "三、五、九",
            "3，5，9；9，5，3",
            "是9、5、3，不是",
            "It is 9, 5, 3, or is 3, 5, 9",
            "结果：9、5、3，或：3、5、9",
            "**3, 5, 9",
            "**",
            "****",
            "(",
        ),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    assert isinstance(read_sequence(text), Refusal)
    assert not check_sequence(PROBLEM, text).is_correct


@pytest.mark.parametrize("text", ["9, 5, 3", "3, 5", "3, 5, 9, 9", "3, 5, 90", "35, 9", "3, 9, 5"])
def test_other_lists_are_wrong(text: str) -> None:
    assert not check_sequence(PROBLEM, text).is_correct


def test_a_million_characters_are_refused_at_once() -> None:
    start = time.perf_counter()
    for piece in ("1 ", ", ", ":", "[", "9", "是", "、", "和", "*"):
        assert isinstance(read_sequence(piece * (1_000_000 // len(piece))), Refusal)
    assert time.perf_counter() - start < 0.5


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=420) | st.text(alphabet="0123456789-, :[]().\n、，：和是为*and", max_size=60))
def test_no_text_raises(text: str) -> None:
    found = read_sequence(text)
    assert isinstance(found, Refusal) or all(abs(item) < 10**10 for item in found)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(-99, 999), min_size=2, max_size=8),
    st.sampled_from([", ", ",", " ", "、", "，", "\n", " and ", "和"]),
    st.sampled_from(["{}", "{}.", "[{}]", "Sorted: {}", "从大到小：{}。", "结果是{}", "**{}**"]),
)
def test_every_list_survives_its_wrappings(values: list[int], between: str, wrapping: str) -> None:
    assert read_sequence(wrapping.format(between.join(map(str, values)))) == tuple(values)
