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
from typing import TYPE_CHECKING, Any

from thinkling.errors import RequestError
from thinkling.weights.allocator import give_back_freed_memory
from thinkling.weights.folder import model_folder

if TYPE_CHECKING:
    from thinkling.llm import LLM


@dataclass(slots=True)
class _Place:
    """A model that is in memory, or on its way there."""

    needed: int
    """Bytes, as estimated before it is loaded."""
    num_users: int = 0
    llm: LLM | None = None
    failure: Exception | None = None
    last_used: float = 0.0

    @property
    def num_bytes(self) -> int:
        """What it takes, or will take."""
        return self.needed if self.llm is None else self.llm.num_bytes


class Models:
    """Models by name, of which those that were used last are in memory. May be shared between threads.

    An `LLM` itself is for one thread at a time; whoever shares one sees to that.
    """

    def __init__(
        self,
        folders: Mapping[str, str | Path | None],
        memory_gb: float | None = None,
        is_compiled: bool = False,
        **keywords: Any,
    ) -> None:
        """`folders` as for `LLM`; `keywords` go to every `LLM`, and `is_compiled` has it `compile`.

        `memory_gb` None keeps all that were used. Nothing is loaded yet. Raises RequestError where nothing is
        named or the limit cannot be meant.
        """
        if not folders:
            raise RequestError("no model is named.", "give at least one name and its folder")
        if memory_gb is not None and not 0 < memory_gb < float("inf"):
            raise RequestError(f"memory_gb is {memory_gb}.", "use a number of gigabytes above zero")
        self.folders, self.memory_gb, self.is_compiled = dict(folders), memory_gb, is_compiled
        self.keywords = keywords
        self._limit = None if memory_gb is None else int(memory_gb * 1e9)
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
        if name not in self.folders:
            nearest = get_close_matches(name, self.folders, n=1)
            hint = f"did you mean {nearest[0]!r}? " if nearest else ""
            raise RequestError(
                f"there is no model {name!r}.", f"{hint}the models are {', '.join(self.folders)}"
            )
        # Outside of the lock: a name on the hub is downloaded now, and others go on.
        needed = 0 if self._limit is None else self._estimate(name)
        place, is_first = self._entered(name, needed, time.monotonic() + patience_s)
        try:
            yield self._ready(name, place, is_first)
        finally:
            with self._changed:
                place.num_users -= 1
                place.last_used = time.monotonic()
                self._changed.notify_all()

    def _entered(self, name: str, needed: int, end: float) -> tuple[_Place, bool]:
        """The model's place, which its user holds, and whether this user is the first and has to load it."""
        with self._changed:
            while name not in self._places and not self._has_room(needed):
                if time.monotonic() >= end or needed > (self._limit or 0):
                    raise self._no_room(name, needed)
                self._changed.wait(end - time.monotonic())
            is_first = name not in self._places
            place = self._places.setdefault(name, _Place(needed))
            place.num_users += 1
            place.last_used = time.monotonic()
            return place, is_first

    def _ready(self, name: str, place: _Place, is_first: bool) -> LLM:
        """Load the model, or wait until the one who came first has loaded it."""
        if is_first:
            self._load(name, place)
        with self._changed:
            while place.llm is None and place.failure is None:
                self._changed.wait()
        if place.failure is not None:
            raise place.failure
        assert place.llm is not None
        return place.llm

    def _load(self, name: str, place: _Place) -> None:
        try:
            from thinkling.llm import LLM  # torch comes with the first model, and not with a list of them

            llm = LLM(self.folders[name], **self.keywords)
            place.llm = llm.compile() if self.is_compiled else llm
        except Exception as error:
            place.failure = error
        finally:
            with self._changed:
                if place.llm is None:
                    # After an interrupt, too: whoever waits is told, and the next one tries again.
                    place.failure = place.failure or RequestError(f"{name!r} was not loaded.", "try again")
                    del self._places[name]
                else:
                    self._has_room(0)  # it may have turned out larger
                self._changed.notify_all()

    def _has_room(self, needed: int) -> bool:
        """Whether so many bytes are left; models that stand in the way and are not used leave."""
        if self._limit is None:
            return True
        room = self._limit - sum(place.num_bytes for place in self._places.values())
        idle = [name for name, place in self._places.items() if not place.num_users]
        if room + sum(self._places[name].num_bytes for name in idle) < needed:
            return False
        for name in sorted(idle, key=lambda name: self._places[name].last_used):
            if room >= needed:
                break
            room += self._places.pop(name).num_bytes
        gc.collect()  # the weights go now, not some time later
        give_back_freed_memory()
        return True

    def _estimate(self, name: str) -> int:
        place = self._places.get(name)
        if place is not None:
            return place.num_bytes
        from thinkling.weights import settings
        from thinkling.weights.read import run_bytes

        folder = model_folder(self.folders[name])
        device = settings.device_named(self.keywords.get("device", "auto"))
        asked, dtype = self.keywords.get("quantization"), self.keywords.get("dtype", "auto")
        settings.refuse_quantization(asked, device)
        precision = settings.dtype_named(dtype, device, folder)
        kind = settings.chosen_quantization(asked, folder, precision, device)
        return run_bytes(folder, None if kind is not None and dtype == "auto" else precision, kind)

    def _no_room(self, name: str, needed: int) -> RequestError:
        used = [one for one, place in self._places.items() if place.num_users]
        limit = self._limit or 0
        why, hint = f"{', '.join(used)} in use", "wait until an answer is finished, or raise the limit"
        if needed > limit:
            why, hint = "not even with no other model in memory", "raise the limit, or quantize"
        return RequestError(
            f"{name!r} needs {needed / 1e9:.1f} GB and does not fit into memory_gb={limit / 1e9:g}: {why}.",
            hint,
        )
