"""The checker of shape names finds names that lie, and only those."""

from __future__ import annotations

import sys
import types

import pytest
import torch

import thinkling.models
from tests.architecture.shapes import LEGEND, checked_shapes, complaints


def function_of_models(source: str) -> types.FunctionType:
    """A function that says it lives in `thinkling.models`."""
    names = {"__name__": "thinkling.models.example", "torch": torch}
    exec(compile(source, "example", "exec"), names)
    function = names["example"]
    assert isinstance(function, types.FunctionType)
    return function


def test_every_letter_of_the_legend_is_explained_by_the_models_package() -> None:
    text = thinkling.models.__doc__ or ""
    for letter, meaning in LEGEND.items():
        assert meaning.split()[0] in text and f"{letter} " in text, f"{letter} {meaning}"


def test_names_that_tell_the_truth_pass() -> None:
    def unused() -> None: ...

    example = function_of_models(
        "def example():\n"
        "    q_THW = torch.zeros(5, 2, 4)\n"
        "    k_TKW = torch.zeros(5, 1, 4)\n"
        "    MAX_T = 7\n"
        "    name_XYZ = 'no tensor'\n"
        "    plain = torch.zeros(3)\n"
        "    return q_THW.sum() + k_TKW.sum() + plain.sum()\n"
    )
    with checked_shapes() as wrong:
        example()
    assert wrong == []


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("q_THW = torch.zeros(5, 2)", "q_THW has 2 axes"),
        ("a_TD, b_TD = torch.zeros(5, 2), torch.zeros(6, 2)", "T is 5 in a_TD and 6 in b_TD"),
        ("a_TD, b_DF = torch.zeros(5, 2), torch.zeros(3, 2)", "D is 2 in a_TD and 3 in b_DF"),
        ("square_TT = torch.zeros(5, 4)", "T is 5 in square_TT and 4 in square_TT"),
        ("x_TXY = torch.zeros(1, 2, 3)", "not in the legend: X, Y"),
        ("r_PG, r_O = torch.zeros(2, 3), torch.zeros(5)", "O is 5, not P * G = 2 * 3"),
    ],
)
def test_names_that_lie_are_found(line: str, complaint: str) -> None:
    example = function_of_models(f"def example():\n    {line}\n")
    with pytest.raises(AssertionError) as error, checked_shapes():
        example()
    assert complaint in str(error.value)
    assert "thinkling.models.example.example" in str(error.value)


def test_a_letter_may_change_its_size_between_calls() -> None:
    example = function_of_models("def example(size):\n    x_T = torch.zeros(size)\n    return x_T.sum()\n")
    with checked_shapes():
        example(3)
        example(4)


def test_other_packages_may_name_as_they_like() -> None:
    with checked_shapes():
        exec(
            compile("q_THW = torch.zeros(2)", "elsewhere", "exec"), {"torch": torch, "__name__": "elsewhere"}
        )


def test_an_error_inside_is_not_hidden_and_the_watching_ends() -> None:
    with pytest.raises(ZeroDivisionError), checked_shapes():
        _ = 1 / 0
    assert sys.getprofile() is None


def test_tensors_of_no_axis_need_no_suffix() -> None:
    assert complaints({"loss": torch.tensor(1.0), "loss_T": torch.tensor([1.0])}) == []
