"""Where chat templates run: they come with a model's folder, so they are strangers' programs.

Jinja's immutable sandbox keeps them from Python's insides, and `MAX_CHARACTERS` from filling the memory. It
does not bound their time: load models from places that you would run a program from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NoReturn

import jinja2
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

from thinkling.errors import ModelError, RequestError

MAX_CHARACTERS = 16_000_000
"""Longest conversation, and longest rendering: more than the longest context window holds."""


def compile_template(source: str) -> jinja2.Template:
    """Compile a chat template. Raises ModelError where it is not one."""
    try:
        return _environment().from_string(source)
    except (jinja2.TemplateError, RecursionError) as error:
        raise ModelError(
            f"The chat template cannot be compiled: {error}.", "mend it, or use another model folder"
        ) from error


def run_template(template: jinja2.Template, variables: dict[str, Any]) -> str:
    """Render. Raises RequestError where the template refuses the messages or writes without end."""
    try:
        return _joined_within_limit(template.generate(variables))
    except jinja2.TemplateError as error:
        raise RequestError(
            f"The chat template refused the conversation: {error}.", "check the roles and their order"
        ) from error
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError) as error:
        raise RequestError(
            f"The chat template failed on the conversation: {error}.", "use the template that fits the model"
        ) from error


def _joined_within_limit(parts: Iterable[str]) -> str:
    kept: list[str] = []
    length = 0
    for part in parts:
        length += len(part)
        if length > MAX_CHARACTERS:
            raise RequestError(
                f"The chat template wrote more than {MAX_CHARACTERS:,} characters.",
                "shorten the conversation",
            )
        kept.append(part)
    return "".join(kept)


def _environment() -> ImmutableSandboxedEnvironment:
    """The names and settings that transformers gives to chat templates."""
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols]
    )
    environment.filters["tojson"] = _to_json
    environment.globals["raise_exception"] = _raise_exception
    environment.globals["strftime_now"] = _strftime_now
    return environment


def _raise_exception(message: str) -> NoReturn:
    raise jinja2.TemplateError(message)


def _strftime_now(pattern: str) -> str:
    return datetime.now().strftime(pattern)


def _to_json(
    value: Any, indent: int | None = None, ensure_ascii: bool = False, sort_keys: bool = False
) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, sort_keys=sort_keys)
