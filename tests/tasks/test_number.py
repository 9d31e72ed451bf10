"""The number reader: what it takes, what it refuses, and that no text makes it raise or stall."""

from __future__ import annotations

import re
import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.records import Problem
from thinkling.tasks.verify.number import MAX_DIGITS, Refusal, check_number, read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("168", 168),
        ("168.", 168),
        (" 168\n", 168),
        ("1,234", 1234),
        ("12,345,678", 12345678),
        ("-5", -5),
        ("\u22125", -5),
        ("168.0", 168),
        ("2.5", Fraction(5, 2)),
        ("12 * 14 = 168", 168),
        ("12*14 = 120 + 48 = 168.", 168),
        ("The answer is simple: 12 * 14 = 168", 168),
        ("It is 168, so the answer is 168.", 168),
        ("The answer is 168.", 168),
        ("12 times 14 is 168.", 168),
        ("**168**", 168),
        ("12 × 14 = **168**.", 168),
        ("$168$", 168),
        ("\\boxed{168}", 168),
        ("There are 3 r's in strawberry.", 3),
        ("007", 7),
        ("168, as asked.", 168),
    ],
)
def test_a_single_number_is_read(text: str, value: Fraction) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", "   ", "\n", ".", "-", "=", "none", "**", "12*14 ="),
        *(
            "168 or 169",
            "168 169",
            "168, 169",
            "The answer is 168 or 169.",
            "1 2 3 168",
            "1,23",
            "1.2.3",
            "it is 169, it is 168",
            "a = 169, b = 168",
            "= 169 = 168",
        ),
        *(
            "What's 12 times 14?",
            "What's 2+2?",
            "What is 3 + 3 - 3?",
            "12 x 14",
            "6 * 28",
            "12*14",
            "((12*14))",
        ),
        *("1e999", "1e3", "0x10", "x168", "168x", "abc168def", "168%", "3r", "1_000", "168/1", "1/0"),
        *("9" * 400, "9" * 19, "1." + "0" * 30, "9**9**9", "99**98**97", "2**3**4", "1**68**", "16**8**"),
        *("١٦٨", "１６８", "16²", "½", "Ⅷ", "一百"),
        *("= - 5", "--5", "+-5", "~168", "<168", "168!=169", "168 > 4", "169 >= 168"),
    ],
)
def test_anything_else_is_refused_with_a_reason(text: str) -> None:
    found = read_number(text)
    assert isinstance(found, Refusal) and found.reason


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("168。", 168),
        ("答案是168。", 168),
        ("答案：168", 168),
        ("答案为**168**。", 168),
        ("12乘14等于168。", 168),
        ("12 × 14 ＝ 168", 168),
        ("12乘以14的积是168！", 168),
        ("2加3得5", 5),
        ("一共3个。", 3),
        ("strawberry里有3个r。", 3),
        ("总共是3 个", 3),
        ("合计5元", 5),
        ("小明用了3天（不休息）。", 3),
        ("还剩12只", 12),
        ("他去了4次", 4),
        ("因为12*14=120+48=168，所以答案是168。", 168),
        ("12乘以14等于120加48等于168", 168),
        ("答案是“168”。", 168),
        ("答案是负5", -5),
        ("结果是－5", -5),
        ("￥25", 25),
        ("25元", 25),
        ("气温是25℃", 25),
        ("12,345个", 12345),
        ("2.5公里", Fraction(5, 2)),
        ("5km", 5),
        ("5 kg.", 5),
        ("It costs $5.", 5),
    ],
)
def test_a_number_said_in_chinese_or_with_a_unit_is_read(text: str, value: Fraction) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        *(
            "12乘14等于多少？",
            "12乘14是多少",
            "2加3得几",
            "计算12乘14。",
            "12乘14",
            "把12和14相乘",
            "12×14＝？",
        ),
        *(
            "一个苹果3元，多少钱？",
            "每袋有3个，有几个？",
            "是168吗？",
            "A box holds 12 eggs. How many eggs are there?",
        ),
        *(
            "168或169",
            "是168，也是169",
            "是168还是169",
            "168、169",
            "168，169",
            "答案是168；答案是169。",
            "1，234",
        ),
        *("3。5", "3到5", "3元5角", "3点5", "3分之1"),
        *(
            "不是168",
            "答案不是168",
            "不等于168",
            "没有168个",
            "约168",
            "大约是168",
            "大于168",
            "至少168个",
            "第168个",
        ),
        *("not 168", "It is not 168.", "It isn't 168", "about 168", "more than 168"),
        *("168多", "3个半", "3成", "10来个", "168左右", "168以上", "168或者更多"),
        *("三", "一百六十八", "168万", "3千", "一百168", "十一共3", "1６8", "百分之3"),
        *("168！＝169", "168≠169", "a ≠ 168", "12加", "加3", "168乘", "5kmx", "5kg5"),
    ],
)
def test_chinese_questions_denials_and_vague_numbers_are_refused(text: str) -> None:
    found = read_number(text)
    assert isinstance(found, Refusal) and found.reason


@pytest.mark.parametrize(
    "piece",
    [
        "是",
        "不",
        "一共",
        "，",
        "负",
        "9个",
        "加 ",
        "9是",
        "得到",
        "9",
        "1 ",
        "=",
        "is ",
        "**1",
        "(",
        "1,",
        "-",
        "\u0661",
        "1+",
        " ",
    ],
)
def test_a_million_characters_are_refused_at_once(piece: str) -> None:
    start = time.perf_counter()
    assert isinstance(read_number(piece * (1_000_000 // len(piece))), Refusal)
    assert time.perf_counter() - start < 0.5


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=420)
    | st.text(alphabet="0123456789+-*/=.,()eE is\n", max_size=420)
    | st.text(alphabet="0129是等于得为共一不负约加乘个元半多少，。：！（）＝－ ", max_size=420)
)
def test_no_text_raises_and_values_stay_small(text: str) -> None:
    found = read_number(text)
    assert isinstance(found, Refusal) or abs(found) < 10**MAX_DIGITS


@settings(max_examples=200, deadline=None)
@given(
    st.integers(-(10**12), 10**12),
    st.sampled_from(["{}", "{}.", "The answer is {}.", "7 * 9 = {}", "**{}**"])
    | st.sampled_from(
        ["{}。", "答案是{}。", "答案：{}", "7乘9等于{}。", "一共{}个。", "7×9＝**{}**", "得{}元"]
    ),
)
def test_every_number_survives_its_wrappings(value: int, wrapping: str) -> None:
    assert read_number(wrapping.format(value)) == value
    assert read_number(wrapping.format(f"{value:,}")) == value


@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, 10**9),
    st.sampled_from(["", "答案是", "等于", "共", "得", "：", "（", "is "]),
    st.text(alphabet="0123456789.,，、。个是=和 或元", min_size=1, max_size=12),
)
def test_what_is_read_is_always_the_last_number_written(value: int, before: str, after: str) -> None:
    found = read_number(f"{before}{value}{after}")
    if isinstance(found, Refusal):
        return
    parts = re.split("[^0-9.]+", f"{value}{after}".replace(",", ""))
    assert found == Fraction([part.strip(".") for part in parts if part.strip(".")][-1])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(0, 10**6), min_size=2, max_size=5),
    st.sampled_from([" ", ", ", " or ", " and ", "\n", "、", "，", "或", "和", "还是", "；"]),
)
def test_two_candidates_are_never_an_answer(values: list[int], between: str) -> None:
    assert isinstance(read_number(between.join(map(str, values))), Refusal)
    assert isinstance(read_number("The answer is " + " or ".join(map(str, values))), Refusal)
    assert isinstance(read_number("答案是" + "或".join(map(str, values)) + "。"), Refusal)


def test_a_substring_of_the_answer_is_wrong() -> None:
    problem = Problem("multiply", "What's 12 times 14?", "168", "multiply:12x14")
    for answer in ("1680", "16", "68", "1168", "168.5", "-168", "16 8"):
        assert not check_number(problem, answer).is_correct
    assert check_number(problem, "168").reward == 1.0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(
            ("minus 168", -168),
            ("It is negative 5.", -5),
            ("7 minus 3 is 4", 4),
            ("168 m²", 168),
            ("168 cm³.", 168),
        ),
        *(
            ("45min", 45),
            ("168g", 168),
            ("\\(168\\)", 168),
            ("168 is the product.", 168),
            ("168 is the answer", 168),
        ),
    ],
)
def test_natural_forms_are_read(text: str, value: int) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        *(
            "168 thousand",
            "168 and a half",
            "half of 168",
            "half 168",
            "168 or more",
            "over 168",
            "168 squared",
        ),
        *(
            "up to 168",
            "close to 168",
            "twice 168",
            "168²",
            "168 is not the answer",
            "168 is",
            "168 is wrong",
        ),
    ],
)
def test_words_that_make_another_value_of_a_number_are_seen(text: str) -> None:
    assert isinstance(read_number(text), Refusal)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("It all adds up to 168.", 168), ("The answer above is 168", 168), ("Each half is 12", 12)),
        ("The number of cookies left over is 5", 5),
    ],
)
def test_words_that_compare_spoil_only_the_number_behind_them(text: str, value: int) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize(
    "text", ["minus **168**", "168 isn't the answer", "I don't think 168 is the answer", "14 dozens"]
)
def test_a_denial_is_seen_on_both_sides(text: str) -> None:
    assert isinstance(read_number(text), Refusal)
