"""Published figures: identities come out, forecasts hold them in a narrow range, everything has a source."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest

from thinkling.plan.assumptions import ASSUMPTIONS
from thinkling.plan.forecasts import R1_ZERO, RUNS, PretrainingRun
from thinkling.plan.quantities import written
from thinkling.plan.reinforce import Reinforcement
from thinkling.plan.reproduce import reproduce
from thinkling.plan.rows import Row

FOUND = reproduce()
EVERY = (*FOUND.identities, *FOUND.forecasts, *FOUND.disputed)


@pytest.mark.parametrize("row", FOUND.identities, ids=lambda row: row.name)
def test_every_identity_comes_out(row: Row) -> None:
    assert row.is_exact and row.holds, (row.published, row.computed)
    assert abs(row.error) < 0.02


@pytest.mark.parametrize("row", FOUND.forecasts, ids=lambda row: row.name)
def test_every_forecast_holds_what_was_published_in_a_range_under_a_factor_of_1_6(row: Row) -> None:
    assert row.computed.low < row.computed.expected < row.computed.high
    assert row.computed.low <= row.published <= row.computed.high
    assert row.computed.width <= 1.6
    assert row.computed.dominated_by in row.assumed


@pytest.mark.parametrize("row", EVERY, ids=lambda row: row.name)
def test_every_row_says_where_it_is_from(row: Row) -> None:
    assert row.source and row.formula and row.unit


@pytest.mark.parametrize("row", FOUND.disputed, ids=lambda row: row.name)
def test_every_disputed_figure_is_explained(row: Row) -> None:
    assert len(row.explanation) > 40


def test_the_figures_that_have_to_be_there_are() -> None:
    exact = {row.published for row in FOUND.identities}
    assert {671_026_419_200, 37_552_297_472, 70_272, 2788e3, 5.576e6, 55, 147e3, 294e3, 87_072, 545} <= exact
    forecast = {row.published for row in FOUND.forecasts}
    assert {2.664e6, 30.84e6, 1_720_320, 512 * 198} <= forecast
    assert {93, 648, 36.7e9} <= {row.published for row in FOUND.disputed}


def test_no_forecast_has_a_number_of_its_own() -> None:
    """A run is described by what was published of it, and all rows share one table of assumptions."""
    described = {"model", "device", "tokens", "context", "hours", "source", "is_fp8", "what"}
    assert {field.name for field in fields(PretrainingRun)} == described
    assert len({run.context for run in RUNS}) <= 2
    for row in FOUND.forecasts:
        given = {one.name: one.value for one in row.inputs if one.name in ASSUMPTIONS}
        assert set(row.assumed) == set(given)
        assert all(value == ASSUMPTIONS[name].expected for name, value in given.items())


def test_r1_zero_is_described_by_its_paper() -> None:
    assert sum(run.phases for run in R1_ZERO) * 16 == 10_400
    assert {run.answers for run in R1_ZERO} == {32 * 16 * 16}
    assert [run.max_length for run in R1_ZERO] == [32_768, 65_536]
    own = {"phases", "mean_length", "max_length"}
    first, second = R1_ZERO
    same = [field.name for field in fields(Reinforcement) if field.name not in own]
    assert all(getattr(first, name) == getattr(second, name) for name in same)


def test_a_row_that_misses_does_not_hold() -> None:
    row = FOUND.forecasts[0]
    assert not replace(row, published=row.computed.high * 1.01).holds
    wide = replace(row.computed, low=row.computed.expected / 2)
    assert not replace(row, computed=wide).holds
    assert not replace(FOUND.identities[0], published=671e9).holds


def test_misses_are_told() -> None:
    missed = [row for row in FOUND.disputed if row.explanation.startswith("Missed")]
    assert len(missed) == 5
    assert not any(row.computed.holds(row.published) for row in missed)


def test_the_json_has_three_groups_and_the_assumptions_that_were_used() -> None:
    found = json.loads(json.dumps(FOUND.as_json()))
    assert found["has_held"] is True and found["max_width"] == 1.6
    for group in ("identities", "forecasts"):
        for row in found[group]:
            assert row["holds"] is True and row["source"] and row["formula"]
    assert all("holds" not in row for row in found["disputed"])
    used = {one["name"] for one in found["assumptions"]}
    assert {"training utilisation", "goodput", "expert layer latency over devices"} <= used
    assert all(one["source"] and one["meaning"] for one in found["assumptions"])


def test_the_page_of_the_plan_shows_what_is_computed() -> None:
    page = (Path(__file__).parents[2] / "docs" / "plan.md").read_text(encoding="utf-8")
    shown = page.partition("<!-- forecasts -->\n")[2].partition("<!-- -->")[0].splitlines()[2:]
    assert len(shown) == len(FOUND.forecasts)
    for line, row in zip(shown, FOUND.forecasts, strict=True):
        bounds = f"{written(row.computed.low)} to {written(row.computed.high)}"
        numbers = (written(row.published), written(row.computed.expected), f"{row.error:+.1%}", bounds)
        assert line == f"| {row.name} | {' | '.join(numbers)} | {row.computed.width:.2f} |"
