"""thinkling: the DeepSeek-R1 system, readable end to end.

The public names load on first use, so `import thinkling` costs nothing: torch comes with the first `LLM`.
A reader starts at `docs/tour.md`; a person who wants the model whole at `thinkling.models.transformer`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thinkling.errors import ThinklingError as ThinklingError
    from thinkling.llm import LLM as LLM
    from thinkling.records import Completion as Completion
    from thinkling.records import Message as Message
    from thinkling.records import Piece as Piece
    from thinkling.records import Reply as Reply
    from thinkling.records import SamplingParams as SamplingParams
    from thinkling.remote import Remote as Remote
    from thinkling.several import Models as Models

__version__ = "0.1.0"

__all__ = [
    "LLM",
    "Completion",
    "Message",
    "Models",
    "Piece",
    "Remote",
    "Reply",
    "SamplingParams",
    "ThinklingError",
    "__version__",
]

_HOMES = {
    "LLM": "thinkling.llm",
    "Completion": "thinkling.records",
    "Message": "thinkling.records",
    "Models": "thinkling.several",
    "Piece": "thinkling.records",
    "Remote": "thinkling.remote",
    "Reply": "thinkling.records",
    "SamplingParams": "thinkling.records",
    "ThinklingError": "thinkling.errors",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'thinkling' has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
