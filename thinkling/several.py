"""More than one model: each is loaded when it is first used, and leaves when memory is short.

from thinkling import Models
models = Models({"small": "./small", "large": "./large"}, memory_gb=8)
with models.use("small") as llm:
    print(llm.chat([{"role": "user", "content": "What's 12 times 14?"}]).content)
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from thinkling.errors import RequestError
from thinkling.llm import LLM
from thinkling.models.quantize import QUANTIZERS
from thinkling.plan.count import count_params
from thinkling.weights import settings
from thinkling.weights.read import read_config


@dataclass(slots=True)
class _Place:
    """A model that is in memory, or on its way there."""

    num_users: int = 0
    num_bytes: int = 0
    """As estimated, until it is loaded."""
    llm: LLM | None = None
    last_used: float = 0.0


class Models:
    """Models by name, of which those that were used last are in memory. May be shared between threads.

    An `LLM` itself is for one thread at a time; whoever shares one sees to that.
    """

    def __init__(
        self, folders: Mapping[str, str | Path | None], memory_gb: float | None = None, **keywords: Any
    ) -> None:
        """`folders` as for `LLM`; `keywords` go to every `LLM`. `memory_gb` None keeps all that were used.

        Nothing is loaded yet. Raises RequestError where nothing is named or the limit cannot be meant.
        """
        if not folders:
            raise RequestError("no model is named.", "give at least one name and its folder")
        if memory_gb is not None and not memory_gb > 0:
            raise RequestError(f"memory_gb is {memory_gb}.", "use a number of gigabytes above zero")
        self.folders = dict(folders)
        self._limit = None if memory_gb is None else int(memory_gb * 1e9)
        self._keywords = keywords
        self._places: dict[str, _Place] = {}
        self._changed = threading.Condition()

    @property
    def loaded(self) -> list[str]:
        """Names of the models in memory, the one that was used last at the end."""
        with self._changed:
            ready = [name for name, place in self._places.items() if place.llm is not None]
            return sorted(ready, key=lambda name: self._places[name].last_used)

    @contextmanager
    def use(self, name: str, patience_s: float = 0.0) -> Iterator[LLM]:
        """The model, which stays in memory inside of this block.

        Others that nobody uses leave first where that is needed, the longest unused before the others.
        Raises RequestError for a name that was not given, and where for `patience_s` seconds those that are
        in use left no room; ModelError where the folder cannot be used.
        """
        llm = self._taken(name, patience_s)
        try:
            yield llm
        finally:
            with self._changed:
                place = self._places[name]
                place.num_users -= 1
                place.last_used = time.monotonic()
                self._changed.notify_all()

    def _taken(self, name: str, patience_s: float) -> LLM:
        if name not in self.folders:
            nearest = get_close_matches(name, self.folders, n=1)
            hint = f"did you mean {nearest[0]!r}? " if nearest else ""
            raise RequestError(
                f"there is no model {name!r}.", f"{hint}the models are {', '.join(self.folders)}"
            )
        end = time.monotonic() + patience_s
        with self._changed:
            while not self._has_place(name):
                if not self._changed.wait(end - time.monotonic()) and time.monotonic() >= end:
                    raise self._no_room(name)
            place = self._places[name]
            place.num_users += 1
            is_mine = place.num_users == 1 and place.llm is None
            while not is_mine and place.llm is None:  # another thread loads it
                self._changed.wait()
                if self._places.get(name) is not place:
                    raise RequestError(f"the model {name!r} could not be loaded.", "see its first error")
        if is_mine:
            self._load(name, place)
        assert place.llm is not None
        return place.llm

    def _load(self, name: str, place: _Place) -> None:
        try:
            place.llm = LLM(self.folders[name], **self._keywords)
            place.num_bytes = place.llm.num_bytes
        finally:
            with self._changed:
                if place.llm is None:
                    del self._places[name]
                self._changed.notify_all()

    def _has_place(self, name: str) -> bool:
        """Whether the model is in memory or may come; those that stand in its way leave."""
        if name in self._places:
            return True
        needed = self._estimate(name)
        if self._limit is not None:
            if needed > self._limit:
                raise self._no_room(name)
            room = self._limit - sum(self._bytes(place) for place in self._places.values())
            idle = [one for one, place in self._places.items() if not place.num_users]
            if room + sum(self._bytes(self._places[one]) for one in idle) < needed:
                return False
            for one in sorted(idle, key=lambda one: self._places[one].last_used):
                if room >= needed:
                    break
                room += self._bytes(self._places.pop(one))
            gc.collect()  # the weights go now, not some time later
        self._places[name] = _Place(num_bytes=needed)
        return True

    def _bytes(self, place: _Place) -> int:
        return place.num_bytes if place.llm is None else place.llm.num_bytes

    def _estimate(self, name: str) -> int:
        folder = settings.model_folder(self.folders[name])
        config = read_config(folder)
        device = settings.device_named(self._keywords.get("device", "auto"))
        precision = settings.dtype_named(self._keywords.get("dtype", "auto"), device, folder)
        asked = self._keywords.get("quantization")
        settings.refuse_quantization(asked, device)
        kind = settings.chosen_quantization(asked, folder, precision, device)
        count = count_params(config)
        num_weights = count.total + count.mtp
        if kind is None:
            return num_weights * precision.itemsize
        num_bytes = max(1, QUANTIZERS[kind].bits // 8)
        return num_weights * num_bytes + config.vocab_size * config.width  # the embedding is in bf16

    def _no_room(self, name: str) -> RequestError:
        used = [one for one, place in self._places.items() if place.num_users]
        why = f"{', '.join(used)} in use" if used else "even with no other model in memory"
        needed, limit = self._estimate(name) / 1e9, (self._limit or 0) / 1e9
        return RequestError(
            f"{name!r} needs {needed:.1f} GB and does not fit into memory_gb={limit:g}: {why}.",
            "raise the limit, quantize, or wait until an answer is finished",
        )
