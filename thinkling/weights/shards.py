"""Which files hold the weights of a model folder. No torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from thinkling.errors import ModelError, WeightsError

SINGLE = "model.safetensors"
INDEX = "model.safetensors.index.json"
LARGEST_JSON = 64 * 2**20


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file of limited size. Raises ModelError naming the file."""
    if not path.is_file():
        raise ModelError(f"{path} does not exist.", "point to a complete Hugging Face model folder")
    if path.stat().st_size > LARGEST_JSON:
        raise ModelError(f"{path} is larger than {LARGEST_JSON >> 20} MB.", "check that it is the right file")
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ModelError(
            f"{path} is not valid JSON ({error}).", "download or save the folder again"
        ) from None
    if not isinstance(value, dict):
        raise ModelError(f"{path} does not hold a JSON object.", "download or save the folder again")
    return value


def shard_paths(folder: Path) -> list[Path]:
    """The weight files of a folder. Raises WeightsError naming a shard that is listed but missing."""
    if (folder / INDEX).is_file():
        listed = read_json(folder / INDEX).get("weight_map")
        if not isinstance(listed, dict) or not listed:
            raise WeightsError(f"{folder / INDEX} lists no shards.", "download or save the folder again")
        names = sorted({str(name) for name in listed.values()})
        if any("/" in name or "\\" in name or name.startswith(".") for name in names):
            raise WeightsError(f"{folder / INDEX} points outside the folder.", "do not use this folder")
        paths = [folder / name for name in names]
    else:
        paths = [folder / SINGLE]
    for path in paths:
        if not path.is_file():
            raise WeightsError(
                f"the weight file {path} is missing.", "finish the download, or save the model again"
            )
    return paths
