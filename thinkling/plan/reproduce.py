"""`thinkling plan reproduce`: published figures, computed again. Identities, forecasts, disputed ones.

An identity has to come out, exactly or to the rounding it was published with. A forecast knows the shape,
the tokens and the devices, and assumes what everything else assumes; its range has to hold what was
published and to be no wider than a factor of 1.6. A disputed figure is explained.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from thinkling.plan.assumptions import ASSUMPTIONS
from thinkling.plan.disputed import disputed
from thinkling.plan.forecasts import forecasts
from thinkling.plan.identities import identities
from thinkling.plan.rows import MAX_WIDTH, Row


@dataclass(frozen=True, slots=True)
class Reproduction:
    """All rows, group by group."""

    identities: tuple[Row, ...]
    forecasts: tuple[Row, ...]
    disputed: tuple[Row, ...]

    @property
    def has_held(self) -> bool:
        """Whether every identity comes out and every forecast holds in a narrow range."""
        return all(row.holds for row in (*self.identities, *self.forecasts))

    def as_json(self) -> dict[str, object]:
        """All of it as an object of JSON."""
        used = {name for row in self.forecasts for name in row.assumed}
        return {
            "has_held": self.has_held,
            "max_width": MAX_WIDTH,
            "identities": [row.as_json() for row in self.identities],
            "forecasts": [row.as_json() for row in self.forecasts],
            "disputed": [_without_verdict(row) for row in self.disputed],
            "assumptions": [asdict(one) for one in ASSUMPTIONS.values() if one.name in used],
        }


def reproduce() -> Reproduction:
    """Compute every row."""
    return Reproduction(identities(), forecasts(), disputed())


def _without_verdict(row: Row) -> dict[str, object]:
    """A disputed figure is neither right nor wrong: it is explained."""
    return {name: value for name, value in row.as_json().items() if name not in ("holds", "tolerance")}
