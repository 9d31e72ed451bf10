"""Says when reinforcement goes wrong, while there is time to stop it.

Each warning is given once in a run. The numbers are means of the last steps, some of them beside those of the
first steps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

WINDOW = 5
"""Steps in a mean."""

Means = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Sign:
    """One way to go wrong: when to speak (now, at the start), what to say, and what must be known for it."""

    is_seen: Callable[[Means, Means], bool]
    text: str
    needs: frozenset[str] = frozenset()


SIGNS = {
    "truncation": Sign(
        lambda now, first: now["truncated_share"] > 0.1,
        "{truncated_share:.0%} of the answers are cut at max_tokens and earn nothing: raise max_tokens, "
        "or the policy learns to be short instead of right.",
    ),
    "all wrong": Sign(
        lambda now, first: now["all_wrong_share"] > 0.8,
        "{all_wrong_share:.0%} of the groups hold no right answer, so nearly nothing is learned: practise "
        "easier levels, or use a curriculum.",
    ),
    "entropy": Sign(
        lambda now, first: now["entropy"] < 0.1 * first["entropy"] and now["all_right_share"] < 0.8,
        "entropy has fallen to {entropy:.3f} nats a token, a tenth of where it began, and problems are left "
        "unsolved: lower the learning rate, or raise clip_high.",
        frozenset({"entropy"}),
    ),
    "short": Sign(
        lambda now, first: (
            now["response_length"] < 0.4 * first["response_length"] and now["accuracy"] <= first["accuracy"]
        ),
        "answers have shrunk to {response_length:.0f} tokens and are not more often right: the policy has "
        "stopped reasoning. Look at the rollouts and at the reward.",
    ),
    "long": Sign(
        lambda now, first: (
            now["response_length"] > 3 * first["response_length"] and now["accuracy"] <= first["accuracy"]
        ),
        "answers have grown to {response_length:.0f} tokens and are not more often right: look at the "
        "rollouts for repetition.",
    ),
}


class CollapseWatch:
    """Reads the metrics of every step; `state` survives a resume.

    Under a curriculum problems become harder as the policy improves: lengths and accuracy then say nothing.
    """

    def __init__(self, has_curriculum: bool = False) -> None:
        self._signs = {
            name: sign for name, sign in SIGNS.items() if not (has_curriculum and name in ("short", "long"))
        }
        self._first: list[dict[str, float]] = []
        self._last: list[dict[str, float]] = []
        self._given: list[str] = []

    def warnings(self, metrics: Mapping[str, float]) -> list[str]:
        """What should be said after this step."""
        step = {name: metrics[name] for name in _READ if name in metrics}
        if len(self._first) < WINDOW:
            self._first.append(step)
        self._last = [*self._last, step][-WINDOW:]
        if len(self._last) < WINDOW:
            return []
        now, first = _means(self._last), _means(self._first)
        seen = []
        for name, sign in self._signs.items():
            is_known = sign.needs <= now.keys() & first.keys()
            if is_known and name not in self._given and sign.is_seen(now, first):
                seen.append(name)
        self._given += seen
        return [SIGNS[name].text.format(**now) for name in seen]

    def state(self) -> dict[str, list[dict[str, float]] | list[str]]:
        """What a resume needs, as JSON."""
        return {"first": self._first, "last": self._last, "given": self._given}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from `state()`."""
        self._first, self._last, self._given = state["first"], state["last"], state["given"]


_READ = ("truncated_share", "all_wrong_share", "all_right_share", "entropy", "response_length", "accuracy")


def _means(steps: list[dict[str, float]]) -> dict[str, float]:
    """Of the steps that have the metric: one that learned nothing has no entropy."""
    known = {name: [step[name] for step in steps if name in step] for name in _READ}
    return {name: fmean(values) for name, values in known.items() if values}
