"""Every recipe of the repository can be read, and says what its comments and the paper say."""

from __future__ import annotations

from pathlib import Path

import pytest

from thinkling.train.recipe import read_recipe

RECIPES = Path(__file__).resolve().parents[2] / "recipes"
FOLDERS = sorted({path.parent for path in RECIPES.rglob("*.toml")})


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(RECIPES)))
def test_every_recipe_can_be_read_and_stands_in_order(folder: Path) -> None:
    recipe = read_recipe(folder)
    assert [stage.name for stage in recipe.stages] == sorted(path.stem for path in folder.glob("*.toml"))


def test_r1_zero_has_the_published_settings() -> None:
    """Nature 645 (Methods): learning rate 3e-6, KL 0.001, 16 answers, 8,192 answers a round in 16 updates."""
    first, second = (one.settings.model_dump() for one in read_recipe(RECIPES / "full" / "r1_zero").stages)
    assert sum(one["steps"] * one["updates_per_batch"] for one in (first, second)) == 10_400
    assert first["steps"] * first["updates_per_batch"] == pytest.approx(8_200, abs=16)
    assert (first["max_tokens"], second["max_tokens"]) == (32_768, 65_536)
    own = ("steps", "start", "max_tokens", "tokens_per_pass")
    assert {k: v for k, v in first.items() if k not in own} == {
        k: v for k, v in second.items() if k not in own
    }
    settings = first
    assert settings["problems"] * settings["answers"] == 8192
    assert settings["refresh_reference_every"] * settings["updates_per_batch"] == 400
    assert settings["optimizer"]["lr"] == 3e-6 and settings["kl_weight"] == 0.001
    assert settings["template"] == "r1_zero" and settings["temperature"] == 1.0
    assert settings["normalization"] == "answer"
