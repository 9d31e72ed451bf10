"""Ranges, quantities and plots: the parts that every answer is made of."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkling.errors import ConfigError
from thinkling.plan.assumptions import ASSUMPTIONS, changed
from thinkling.plan.estimate import Assumption, Range, exact, spread
from thinkling.plan.plots import Bar, bars, line
from thinkling.plan.quantities import parse_count, parse_memory, written

POSITIVE = st.floats(0.01, 100)


def assumed(name: str, low: float, expected: float, high: float) -> Assumption:
    return Assumption(name, low, expected, high, "", "")


def test_deviations_are_factors_added_in_quadrature() -> None:
    one, other = assumed("a", 0.5, 1, 2), assumed("b", 0.8, 1, 1.1)
    found = spread(lambda values: 10 * values["a"] * values["b"], (one, other))
    assert found.expected == 10
    assert found.high == pytest.approx(10 * math.exp(math.hypot(math.log(2), math.log(1.1))))
    assert found.low == pytest.approx(10 / math.exp(math.hypot(math.log(2), math.log(1.25))))
    assert found.dominated_by == "a"


def test_a_divisor_moves_the_other_way() -> None:
    found = spread(lambda values: 1 / values["a"], (assumed("a", 0.5, 1, 4),))
    assert (found.low, found.high) == pytest.approx((0.25, 2))


def test_nothing_assumed_is_exact() -> None:
    found = spread(lambda values: 3.0, (changed(assumed("a", 1, 2, 3), 5.0),))
    assert found == exact(3.0)


@given(POSITIVE, POSITIVE, POSITIVE)
def test_a_range_holds_what_is_expected_and_its_inverse_too(one: float, other: float, third: float) -> None:
    low, expected, high = sorted((one, other, third))
    found = spread(lambda values: values["a"] ** 2, (assumed("a", low, expected, high),))
    assert found.holds(found.expected) or found.low == pytest.approx(found.expected)
    inverse = Range(low, expected, high).inverse(6.0)
    assert inverse.low <= inverse.expected <= inverse.high
    assert inverse.low == pytest.approx(6 / high)


def test_a_users_own_number_has_to_be_above_zero() -> None:
    with pytest.raises(ConfigError, match="goodput is 0"):
        changed(ASSUMPTIONS["goodput"], 0.0)


@pytest.mark.parametrize("name", ASSUMPTIONS)
def test_every_assumption_lies_in_its_range_and_says_where_it_is_from(name: str) -> None:
    one = ASSUMPTIONS[name]
    assert 0 < one.low < one.expected < one.high
    assert one.meaning and one.source


@pytest.mark.parametrize(
    ("text", "number"),
    [("24GB", 24e9), ("24", 24e9), ("80 GiB", 80 * 2**30), ("1.5tb", 1.5e12), ("512MB", 512e6)],
)
def test_memory_is_read_as_people_write_it(text: str, number: float) -> None:
    assert parse_memory(text) == number


@pytest.mark.parametrize(("text", "number"), [("14.8T", 14.8e12), ("800k", 8e5), ("4G", 4e9), ("30", 30)])
def test_numbers_are_read_as_people_write_them(text: str, number: float) -> None:
    assert parse_count(text) == number


@pytest.mark.parametrize("text", ["", "GB", "-1GB", "24XB", "0GB", "1e999GB x", "24 GB GB"])
def test_what_is_no_memory_is_a_sentence(text: str) -> None:
    with pytest.raises(ConfigError, match="is no amount of memory"):
        parse_memory(text)


@pytest.mark.parametrize("text", ["", "many", "1e999", "3Q", "-4"])
def test_what_is_no_number_is_a_sentence(text: str) -> None:
    with pytest.raises(ConfigError, match="is no number"):
        parse_count(text)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (671_026_419_200, "parameters", "671,026,419,200 parameters"),
        (70_272, "bytes a token", "70,272 bytes a token"),
        (673.86e9, "bytes", "673.86 GB"),
        (-1.32e12, "bytes", "-1.32 TB"),
        (2.664e6, "hours", "2.664 million hours"),
        (5.576e6, "dollars", "$5.576 million"),
        (0.0196, "seconds", "19.6 ms"),
        (0, "hours", "0 hours"),
        (3.86e24, "", "3.86e+24"),
    ],
)
def test_quantities_are_written_with_their_units(value: float, unit: str, text: str) -> None:
    assert written(value, unit) == text


@given(st.lists(st.tuples(st.text(max_size=8), POSITIVE), min_size=1, max_size=7))
def test_plots_are_xml_whatever_the_names(parts: list[tuple[str, float]]) -> None:
    visible = tuple(
        (name.encode("ascii", "replace").decode().strip("\x00") or "?", size) for name, size in parts
    )
    shown = tuple(("".join(c if c.isprintable() else "?" for c in name), size) for name, size in visible)
    drawn = bars(
        "<title> & more", [Bar("<name>", shown, Range(1, 2, 3))], lambda value: f"{value:g} <u>", ("&", 5)
    )
    assert len(list(ElementTree.fromstring(drawn).iter("rect"))) >= len(shown)


def test_a_line_has_a_dot_for_every_point() -> None:
    points = [(2.0**power, Range(power + 1, power + 2, power + 4)) for power in range(1, 6)]
    drawn = ElementTree.fromstring(line("speed", points, ("tokens", "tokens/s"), str))
    assert len(list(drawn.iter("circle"))) == 5


def test_a_product_of_ranges_is_the_range_of_the_product() -> None:
    one, other = assumed("a", 0.5, 1, 2), assumed("b", 0.8, 1, 1.1)
    both = spread(lambda values: 6 * values["a"] * values["b"], (one, other))
    apart = spread(lambda values: 2 * values["a"], (one,)).product(spread(lambda v: 3 * v["b"], (other,)))
    assert (apart.low, apart.expected, apart.high) == pytest.approx((both.low, both.expected, both.high))
    assert apart.dominated_by == both.dominated_by == "a"
