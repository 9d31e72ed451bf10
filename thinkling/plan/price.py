"""Dollars: rent or purchase, electricity, tokens against listed prices, break-even. No torch.

Listed prices are dollars a million tokens on the day that is named; they change, so every answer repeats
the date. OpenAI's and Anthropic's were read where others repeat them.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from thinkling.errors import ConfigError
from thinkling.plan.assumptions import assumptions_named
from thinkling.plan.estimate import Figure, Input, Range, Values, spread
from thinkling.plan.hardware import Device, rent_of

HOURS_A_YEAR = 8766.0
_DOLLARS_A_KWH = 0.083


@dataclass(frozen=True, slots=True)
class ListPrice:
    """What a service asks for a million tokens."""

    name: str
    hit: float | None
    """Input found in the cache; None where there is no such price."""
    miss: float
    """Other input."""
    output: float
    """Output, reasoning included."""
    dated: str
    source: str


_DEEPSEEK = "api-docs.deepseek.com, pricing"
_OPENAI = "openai.com, API pricing, as others repeat it"
_ANTHROPIC = "anthropic.com, pricing, as others repeat it"

_LISTED = (
    ListPrice("deepseek-r1", 0.14, 0.55, 2.19, "2025-01-20", _DEEPSEEK),
    ListPrice("deepseek-r1-off-peak", 0.035, 0.135, 0.55, "2025-02-26, 16:30 to 00:30 UTC", _DEEPSEEK),
    ListPrice("deepseek-v3", 0.07, 0.27, 1.10, "2025-02-08 (day unverified)", _DEEPSEEK),
    ListPrice("deepseek-v3-off-peak", 0.035, 0.135, 0.55, "2025-02-26, 16:30 to 00:30 UTC", _DEEPSEEK),
    ListPrice("deepseek-v3.2", 0.028, 0.28, 0.42, "2025-09-29", _DEEPSEEK),
    ListPrice("o1", 7.50, 15.00, 60.00, "2024-12-17", _OPENAI),
    ListPrice("o1-mini", 1.50, 3.00, 12.00, "2024-12-17", f"{_OPENAI}; hits unverified"),
    ListPrice("o3-mini", 0.55, 1.10, 4.40, "2025-01-31", _OPENAI),
    ListPrice("o3", 0.50, 2.00, 8.00, "2025-06-10", _OPENAI),
    ListPrice("gpt-5", 0.125, 1.25, 10.00, "2025-08-07", _OPENAI),
    ListPrice("gpt-4o", 1.25, 2.50, 10.00, "2024-10-01", _OPENAI),
    ListPrice("claude-3.5-sonnet", 0.30, 3.00, 15.00, "2024-10-22", _ANTHROPIC),
    ListPrice("claude-sonnet-4.5", 0.30, 3.00, 15.00, "2025-09-29", _ANTHROPIC),
)

LIST_PRICES: dict[str, ListPrice] = {one.name: one for one in _LISTED}


def list_price(name: str) -> ListPrice:
    """The listed prices of a service. Raises ConfigError, which names the nearest."""
    if name.lower() in LIST_PRICES:
        return LIST_PRICES[name.lower()]
    close = get_close_matches(name.lower(), LIST_PRICES, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    raise ConfigError(f"No price is listed for {name!r}.", f"{hint}there are {', '.join(LIST_PRICES)}")


def tokens_cost(price: ListPrice, *, hit: float, miss: float, output: float) -> float:
    """Dollars for so many tokens. Raises ConfigError for hits where there is no price for them."""
    if hit and price.hit is None:
        raise ConfigError(f"{price.name} lists no price for input in the cache.", "count it as other input")
    return (hit * (price.hit or 0.0) + miss * price.miss + output * price.output) / 1e6


def rent_figure(hours: Range, device: Device, name: str = "rent") -> Figure:
    """Dollars for hours of devices. Raises ConfigError where the device has no hourly price."""
    rent = rent_of(device)
    inputs = (
        Input("device hours", hours.expected),
        Input("rent", rent, f"dollars an hour, {device.rent_from or device.dated}"),
    )
    return Figure(name, hours.times(rent), "dollars", "device hours x rent", inputs)


def energy_figure(hours: Range, device: Device) -> Figure:
    """Kilowatt-hours of devices, with the nodes around them and the building.

    A whole computer has no node around it.
    """
    names = ["power draw", "building factor", *([] if device.is_whole else ["node power factor"])]
    assumed = assumptions_named(names)

    def energy(values: Values) -> float:
        node = values.get("node power factor", 1.0)
        return device.watts / 1000 * node * values["power draw"] * values["building factor"]

    both = hours.product(spread(energy, assumed))
    inputs = (
        Input("device hours", hours.expected),
        Input("rated power", device.watts, "watts"),
        *(Input(one.name, one.expected) for one in assumed),
    )
    formula = " x ".join(("device hours", "rated power / 1000", *(one.name for one in assumed)))
    return Figure("energy", both, "kWh", formula, inputs)


def ownership_figure(device: Device, num_devices: int, years: float = 4.0, use: float = 0.7) -> Figure:
    """Dollars that an hour of use of devices costs their owner. Raises ConfigError where no price is known.

    The node around a device costs two thirds of it, the network a fifth of the whole (Epoch AI, 2024); a
    whole computer has neither. `use` is the share of its life in which it works.
    """
    if device.price is None:
        raise ConfigError(
            f"No purchase price is known for {device.name!r}.", "give one with --buy, in dollars"
        )
    around = 1.0 if device.is_whole else 1.66 / (1 - 0.19)
    whole = device.price * num_devices * around
    energy = energy_figure(Range(1, 1, 1), device).range.times(num_devices * _DOLLARS_A_KWH)
    hours = HOURS_A_YEAR * years * use
    inputs = (
        Input("price", device.price * num_devices, f"dollars, {device.bought_from or device.dated}"),
        Input("node and network", around, "times the price"),
        Input("hours of use", hours, f"{years:g} years at {use:.0%}"),
        Input(
            "electricity",
            energy.expected,
            f"dollars an hour at ${_DOLLARS_A_KWH} a kWh (US industrial, 2024)",
        ),
    )
    amortised = whole / hours
    return Figure(
        "cost of an hour to an owner",
        Range(
            amortised + energy.low, amortised + energy.expected, amortised + energy.high, energy.dominated_by
        ),
        "dollars an hour",
        "price x node and network / hours of use + electricity (price and use taken as given)",
        inputs,
    )


def per_million(rate: Range, dollars_an_hour: float, what: str) -> Figure:
    """Dollars a million tokens, from tokens a second of all devices together."""
    inputs = (
        Input("all devices", dollars_an_hour, "dollars an hour"),
        Input("speed", rate.expected, "tokens a second"),
    )
    return Figure(
        f"a million tokens of {what}",
        rate.inverse(dollars_an_hour / 3600 * 1e6),
        "dollars",
        "dollars an hour / (3600 x tokens a second) x 1,000,000",
        inputs,
    )


def break_even(dollars_an_hour: float, price: ListPrice, input_share: float, hit_share: float) -> Figure:
    """Tokens a day above which own devices are cheaper than a service, where they work at all hours.

    `input_share` of all tokens are input, `hit_share` of which are in the cache.
    """
    a_million = tokens_cost(
        price,
        hit=1e6 * input_share * hit_share,
        miss=1e6 * input_share * (1 - hit_share),
        output=1e6 * (1 - input_share),
    )
    tokens = dollars_an_hour * 24 / a_million * 1e6
    inputs = (
        Input("all devices", dollars_an_hour, "dollars an hour"),
        Input("a million tokens", a_million, f"dollars at {price.name}, {price.dated}"),
        Input("input share", input_share),
        Input("in the cache", hit_share, "of the input"),
    )
    return Figure(
        f"break-even against {price.name}",
        Range(tokens, tokens, tokens),
        "tokens a day",
        "dollars an hour x 24 / dollars a million tokens x 1,000,000",
        inputs,
    )
