"""The TOML door: what a wrong recipe is answered with, and that what is written can be read again."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, model_validator

from thinkling.config import MAX_TOML_BYTES, Record, apply_overrides, load_toml, nearest, to_toml
from thinkling.errors import ConfigError
from thinkling.models.config import MLA, Dense, ModelConfig


class Ladder(Record):
    kind: Literal["ladder"] = "ladder"
    num_steps: Annotated[int, Field(ge=1)]
    """Rungs, counted from the ground."""


class Rope(Record):
    kind: Literal["rope"] = "rope"
    length: float = 1.0
    """Length in metres."""


class Expedition(Record):
    climb: Annotated[Ladder | Rope, Field(discriminator="kind")] = Rope()
    names: tuple[str, ...] = ()
    """Who comes along."""
    weather: Literal["sun", "rain"] = "sun"
    spare: Rope | None = None
    is_guided: bool = False
    stops: tuple[Rope, ...] = ()
    legs: dict[str, Rope] = Field(default_factory=dict)
    shares: dict[str, float] = Field(default_factory=dict)
    first: int = 0
    last: int = 10

    @model_validator(mode="after")
    def _in_order(self) -> Expedition:
        if self.first > self.last:
            raise ValueError(f"first {self.first} is after last {self.last}")
        return self


def _load(tmp_path: Path, text: str, *overrides: str) -> Expedition:
    path = tmp_path / "trip.toml"
    path.write_text(text, encoding="utf-8")
    return load_toml(path, Expedition, overrides)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("wether = 'sun'", ["unknown key 'wether'", "did you mean 'weather'"]),
        ("[climb]\nkind = 'ladder'\nnum_stpes = 3", ["'climb.num_stpes'", "'num_steps'"]),
        ("[spare]\nlenght = 3", ["'spare.lenght'", "'length'"]),
        ("[[stops]]\nlenght = 3", ["'stops.0.lenght'", "'length'"]),
        ("zzz = 1", ["unknown key 'zzz'", "known here: climb, first"]),
        ("weather = 'snow'", ["'weather' is \"snow\"", "'sun' or 'rain'"]),
        ("is_guided = 1", ["'is_guided' is 1", "true or false"]),
        ("names = 'Ada'", ["'names' is \"Ada\"", "a list", "Who comes along"]),
        ("first = '3'", ["'first' is \"3\"", "a whole number"]),
        ("first = 2.5", ["a whole number"]),
        ("[spare]\nlength = nan", ["'spare.length'", "a finite number", "Length in metres"]),
        ("[climb]\nkind = 'ladder'", ["'climb.num_steps' is missing", "Rungs"]),
        ("[climb]\nkind = 'ladder'\nnum_steps = 0", ["'climb.num_steps' is 0", "a number greater than"]),
        ("[climb]\nkind = 'lift'", ["'climb'", "one of the kinds 'ladder', 'rope'"]),
        ("[climb]\nlength = 3.0", ["'climb'", "names its kind"]),
        ("climb = 3", ["'climb' is 3", "a table"]),
        ("first = 11", ["first 11 is after last 10"]),
        ("first = ", ["not valid TOML", "end of document"]),
        ("first = 1\nfirst = 2", ["not valid TOML"]),
    ],
)
def test_each_mistake_is_named_with_file_key_and_what_was_expected(
    tmp_path: Path, text: str, parts: list[str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        _load(tmp_path, text)
    answer = str(caught.value)
    assert "trip.toml" in answer
    for part in parts:
        assert part in answer
    assert "\n" not in answer


def test_overrides_win_over_the_file_and_bare_words_are_text(tmp_path: Path) -> None:
    trip = _load(
        tmp_path, "first = 1", "first=7", "weather=rain", "spare.length=2.5", 'names=["Ada", "Lise"]'
    )
    assert (trip.first, trip.weather, trip.spare, trip.names) == (
        7,
        "rain",
        Rope(length=2.5),
        ("Ada", "Lise"),
    )


def test_a_wrong_override_is_blamed_on_the_command_line_and_not_on_the_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--set spare.lenght=2: unknown key 'spare.lenght'"):
        _load(tmp_path, "", "spare.lenght=2")


@pytest.mark.parametrize("override", ["first", "=3", ".=3", "a..b=1", "first.deeper=3", ""])
def test_an_override_that_is_no_key_and_value_is_refused(tmp_path: Path, override: str) -> None:
    with pytest.raises(ConfigError, match="--set"):
        _load(tmp_path, "first = 1", override)


def test_an_override_cannot_smuggle_in_a_second_key() -> None:
    table: dict[str, object] = {}
    apply_overrides(table, ["a=1\nb=2"])
    assert table == {"a": "1\nb=2"}


def test_unreadable_files_are_one_clear_sentence(tmp_path: Path) -> None:
    binary, large, deep = tmp_path / "binary.toml", tmp_path / "large.toml", tmp_path / "deep.toml"
    binary.write_bytes(b"a = '\xff'")
    large.write_bytes(b"#" * (MAX_TOML_BYTES + 1))
    deep.write_text("a = " + "[" * 100_000)
    for path, reason in [
        (tmp_path / "none.toml", "No such file"),
        (tmp_path, "directory"),
        (binary, "UTF-8"),
        (large, "larger than"),
        (deep, "deeply"),
    ]:
        with pytest.raises(ConfigError, match=reason):
            load_toml(path, Expedition)


def test_nearest_finds_a_slip_and_not_a_stranger() -> None:
    assert nearest("num_setps", ["num_steps", "names"]) == "num_steps"
    assert nearest("xyzzy", ["num_steps", "names"]) is None


def test_a_model_configuration_survives_being_written_and_read(tmp_path: Path) -> None:
    attention = MLA(num_heads=4, kv_rank=32, nope_width=16, rope_width=8, value_width=16)
    model = ModelConfig(vocab_size=512, width=64, num_layers=2, attention=attention, ffn=Dense(width=128))
    path = tmp_path / "model.toml"
    path.write_text(to_toml(model), encoding="utf-8")
    assert load_toml(path, ModelConfig) == model
    assert "# Rows of the embedding and of the head (V)." in path.read_text(encoding="utf-8")


finite = st.floats(allow_nan=False, allow_infinity=False)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=60, deadline=None)
@given(names=st.lists(text, max_size=3), length=finite, first=st.integers(-(2**62), 10))
def test_every_record_written_reads_back_equal(names: list[str], length: float, first: int) -> None:
    trip = Expedition(
        names=tuple(names), spare=Rope(length=length), stops=(Rope(length=length),), first=first
    )
    table = tomllib.loads(to_toml(trip))
    assert Expedition.model_validate(table) == trip
