"""The text files of a model folder: reads `tokenizer_config.json` for the tokenizer and the template."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thinkling.errors import ModelError

TOKENIZER_FILE = "tokenizer.json"
CONFIG_FILE = "tokenizer_config.json"
SPECIAL_TOKENS_FILE = "special_tokens_map.json"
TEMPLATE_FILE = "chat_template.jinja"


@dataclass(frozen=True, slots=True)
class TokenizerConfig:
    """What `tokenizer_config.json` says; a token that it does not name is None."""

    bos_token: str | None
    eos_token: str | None
    pad_token: str | None
    adds_bos: bool
    chat_template: str | None


def read_text(path: Path) -> str:
    """The text of a file of a model folder. Raises ModelError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ModelError(
            f"{path.name} is missing in {path.parent}.",
            "point to a complete Hugging Face model folder, or download the model again",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(
            f"{path} cannot be read: {error}.", "check the file, or download it again"
        ) from error


def write_json(path: Path, fields: dict[str, Any]) -> None:
    """Write a JSON object the way model folders hold it."""
    path.write_text(json.dumps(fields, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def read_tokenizer_config(folder: Path) -> TokenizerConfig:
    """Read `tokenizer_config.json`. Raises ModelError where it is missing or malformed."""
    path = folder / CONFIG_FILE
    try:
        fields = json.loads(read_text(path))
    except (json.JSONDecodeError, RecursionError) as error:
        raise ModelError(f"{path} is not valid JSON: {error}.", "download the file again") from error
    if not isinstance(fields, dict):
        raise ModelError(f"{path} holds no JSON object.", "download the file again")
    return TokenizerConfig(
        bos_token=_token_name(fields, "bos_token", path),
        eos_token=_token_name(fields, "eos_token", path),
        pad_token=_token_name(fields, "pad_token", path),
        adds_bos=fields.get("add_bos_token") is True,
        chat_template=_chat_template(fields, path),
    )


def _token_name(fields: dict[str, Any], key: str, path: Path) -> str | None:
    """A token is written as its string, or as an object with its string under `content`."""
    value = fields.get(key)
    if isinstance(value, dict):
        value = value.get("content")
    if value is None or isinstance(value, str):
        return value
    raise ModelError(f"{key} in {path} is {value!r}, not a token.", "write the token's string")


def _chat_template(fields: dict[str, Any], path: Path) -> str | None:
    """A template is written as one string, or as a list of named ones, of which "default" is meant."""
    value = fields.get("chat_template")
    if isinstance(value, list):
        named = {entry.get("name"): entry.get("template") for entry in value if isinstance(entry, dict)}
        value = named.get("default")
    if value is None or isinstance(value, str):
        return value
    raise ModelError(f"chat_template in {path} is no text.", f"put the template into {TEMPLATE_FILE}")
