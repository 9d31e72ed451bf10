"""Tokens through listed services, and an hour of a device rented and owned."""

from __future__ import annotations

from thinkling.plan.estimate import Answer, Figure, Input, count, exact
from thinkling.plan.hardware import Device
from thinkling.plan.price import LIST_PRICES, ListPrice, energy_figure, ownership_figure, tokens_cost
from thinkling.plan.quantities import written


def answer_tokens(hit: float, miss: float, output: float) -> Answer:
    """What so many tokens cost at every listed price. Raises ConfigError."""
    figures = tuple(_bill(price, hit, miss, output) for price in LIST_PRICES.values())
    ranked = sorted(figures, key=lambda one: one.value)
    dearest = ranked[-1]
    verdict = (
        f"From {written(ranked[0].value, 'dollars')} at {ranked[0].name} to "
        f"{written(dearest.value, 'dollars')} at "
        f"{dearest.name}, list prices of their day."
    )
    question = f"What do {written(hit + miss)} tokens of input and {written(output)} of output cost?"
    notes = tuple(f"{price.name}: {price.dated}, {price.source}" for price in LIST_PRICES.values())
    return Answer(question, verdict, figures, (), notes)


def _bill(price: ListPrice, hit: float, miss: float, output: float) -> Figure:
    if price.hit is None:
        hit, miss = 0.0, hit + miss
    dollars = tokens_cost(price, hit=hit, miss=miss, output=output)
    inputs = (
        Input("hit", hit, "tokens"),
        Input("price of a hit", price.hit or 0.0, "dollars a million"),
        Input("miss", miss, "tokens"),
        Input("price of a miss", price.miss, "dollars a million"),
        Input("output", output, "tokens"),
        Input("price of output", price.output, "dollars a million"),
    )
    formula = "hit x its price + miss x its price + output x its price"
    return Figure(price.name, exact(dollars), "dollars", formula, inputs)


def answer_device(device: Device, num_devices: int, life: tuple[float, float]) -> Answer:
    """What an hour costs to rent and to own. `life`: years, and the share of them in use. Raises
    ConfigError."""
    owned = ownership_figure(device, num_devices, *life)
    energy = energy_figure(exact(num_devices), device)
    figures = [owned, energy]
    verdict = f"An hour of {num_devices} x {device.name} costs its owner {written(owned.value, 'dollars')}"
    if device.rent is None:
        verdict += "; no hourly price is known."
    else:
        rented = device.rent * num_devices
        inputs = (
            Input("rent", device.rent, f"dollars, {device.rent_from or device.dated}"),
            Input("devices", num_devices),
        )
        figures.insert(0, count("an hour rented", rented, "dollars", "rent x devices", inputs))
        cheaper = "less" if owned.value < rented else "more"
        verdict += f", {cheaper} than the rent of {written(rented, 'dollars')}."
    return Answer(
        f"What does an hour of {num_devices} x {device.name} cost?",
        verdict,
        tuple(figures),
        notes=(f"{device.source}; {device.prices_from}. Energy is that of one hour.",),
    )
