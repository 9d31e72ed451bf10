"""The model that comes with the package: where its folder is and what shape it has. No torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import thinkling

if TYPE_CHECKING:
    from thinkling.models.config import ModelConfig

ASSETS = Path(thinkling.__file__).parent / "assets"


def has_bundled_model(folder: Path = ASSETS) -> bool:
    """Whether the folder has a configuration, a tokenizer and weights."""
    is_described = all((folder / name).is_file() for name in ("config.json", "tokenizer.json"))
    return is_described and any(folder.glob("*.safetensors"))


def bundled_config(folder: Path = ASSETS) -> ModelConfig | None:
    """The shape of the bundled model, None if there is none. Raises ModelError for a damaged config.json."""
    from thinkling.errors import ModelError
    from thinkling.models.families import family_named

    path = folder / "config.json"
    if not path.is_file():
        return None
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return family_named(str(raw["model_type"])).read_config(raw)
    except (ValueError, KeyError, TypeError):
        raise ModelError(f"{path} does not describe a model.", "install the package again") from None
