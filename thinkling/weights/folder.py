"""The folder of a model as a person names it: a path, the hub's name, or what comes along. No torch."""

from __future__ import annotations

from pathlib import Path

from thinkling.errors import ModelError
from thinkling.weights.hub import cached_folder, hub_name, pull

BUNDLED = Path(__file__).parent.parent / "assets"


def model_folder(model: str | Path | None) -> Path:
    """The folder of a model; None is the one that comes with the package. Raises ModelError.

    `owner/name` is a model of the Hugging Face hub: the local copy, or it is downloaded.
    """
    if model is None:
        if not (BUNDLED / "config.json").is_file():
            raise ModelError(
                "this copy of thinkling comes without its bundled model.",
                "name a model folder, or make one: thinkling train recipes/first_light",
            )
        return BUNDLED
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder
    refuse_missing_folder(folder)
    name = hub_name(str(model))
    assert name is not None
    return cached_folder(name) or pull(name).folder


def refuse_missing_folder(model: str | Path) -> None:
    """Raises ModelError for what is neither a folder nor a name on the hub."""
    folder = Path(model).expanduser()
    # A path that begins where we are was meant as a path.
    if not folder.is_dir() and (hub_name(str(model)) is None or Path(folder.parts[0]).is_dir()):
        raise ModelError(
            f"there is no model folder at {folder}.",
            "check the path, or name a model of the Hugging Face hub: OWNER/NAME",
        )
