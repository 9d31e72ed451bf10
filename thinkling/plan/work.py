"""What a piece of work costs: pretraining, reinforcement, distillation data and students, evaluation."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from thinkling.errors import ConfigError
from thinkling.models.config import ModelConfig
from thinkling.plan.assumptions import assumptions_named
from thinkling.plan.estimate import Answer, Assumption, Figure, Input, Range, Values, exact, spread
from thinkling.plan.hardware import Device
from thinkling.plan.memory import Serving, most_conversations
from thinkling.plan.named import NamedModel
from thinkling.plan.price import ListPrice, energy_figure, rent_figure, tokens_cost
from thinkling.plan.quantities import written
from thinkling.plan.reinforce import (
    Reinforcement,
    engine_devices,
    reinforcement_assumptions,
    reinforcement_hours,
)
from thinkling.plan.roofline import decode_step, prefill_seconds, step_assumptions
from thinkling.plan.train_time import Training, training_assumptions, training_figures


@dataclass(frozen=True, slots=True)
class Generation:
    """Text to be generated: so many answers, and how they are sampled."""

    prompts: float
    """Different prompts."""
    samples: int
    """Answers to each prompt."""
    answer_length: int
    """Mean tokens of an answer, reasoning included."""
    prompt_length: int = 256
    """Mean tokens of a prompt."""
    format: str = "bf16"
    """Format of the matrices."""
    batch: int | None = None
    """Conversations at once on one engine; None: 64 for each of its devices."""
    num_devices: int = 1
    """Devices, all of which generate."""

    @property
    def answers(self) -> float:
        """Answers in all."""
        return self.prompts * self.samples

    def check(self, config: ModelConfig) -> None:
        """Raises ConfigError where it cannot be."""
        whole = (self.samples, self.answer_length, self.num_devices, 1 if self.batch is None else self.batch)
        if self.prompts <= 0 or min(whole) < 1:
            raise ConfigError(
                "Generation needs prompts, samples, tokens and devices.", "give numbers above zero"
            )
        if self.prompt_length + self.answer_length > config.context_length:
            raise ConfigError(
                f"Answers of {self.answer_length:,} tokens do not fit behind {self.prompt_length} of a "
                "prompt: "
                f"the model was made for {config.context_length:,}.",
                "give a shorter --length",
            )


def answer_pretraining(model: NamedModel, device: Device, training: Training) -> Answer:
    """Hours, days, energy and rent of training `model` on so many tokens. Raises ConfigError."""
    figures = training_figures(model.config, device, training)
    hours = next(one for one in figures if one.name == "device hours")
    return _costed(
        f"What does it take to train {model.name} on {written(training.tokens)} tokens?",
        device,
        hours,
        (*figures,),
        training_assumptions(model.config, training),
    )


def answer_reinforcement(model: NamedModel, device: Device, run: Reinforcement) -> Answer:
    """Hours, energy and rent of reinforcement learning. Raises ConfigError."""
    hours = reinforcement_hours(model.config, device, (run,))
    inputs = {one.name: one for one in hours.inputs}
    wall = hours.range.times(1 / run.num_devices)
    parts = tuple(
        Figure(f"{name} of a phase", exact(inputs[name].value), "seconds", formula)
        for name, formula in (
            ("rollout", "the sum over tokens of a decoding step for the answers still being written"),
            ("scoring", "passes x tokens x operations of a forward pass / (devices x peak x utilisation)"),
            ("update", "tokens x operations of training / (devices x peak x utilisation)"),
            ("switching", "2 x bytes moved / moving rate"),
        )
    )
    length = Figure("wall clock", wall, "hours", "device hours / devices")
    answer = _costed(
        f"What does it take to reinforce {model.name} for {run.phases:,.0f} phases of "
        f"{run.answers:,} answers?",
        device,
        hours,
        (*parts, hours, length),
        reinforcement_assumptions(model.config, device, run),
    )
    tail = inputs["of it with under a tenth alive"].value
    engine = engine_devices(model.config, device, run)
    notes = (
        f"{tail:.0%} of a rollout is its long tail: under a tenth of the answers is still being written.",
        f"An engine takes {engine} x {device.name}; {run.num_devices // engine} of them share the answers.",
    )
    return replace(answer, notes=(*notes, *answer.notes))


def generation_hours(model: NamedModel, device: Device, work: Generation) -> Figure:
    """Hours of devices to generate text, batches kept as full as the cache allows. Raises ConfigError."""
    work.check(model.config)
    config, engine = model.config, _engine(model, device, work)
    middle = work.prompt_length + work.answer_length // 2
    serving = Serving(work.format, context=middle, num_devices=engine)
    room = most_conversations(config, serving, device.memory_bytes)
    # No engine has more answers at once than its share of them, and with few of them engines are idle.
    engines = min(work.num_devices // engine, math.ceil(work.answers))
    share = work.answers / engines
    batch = min(_batch(work, engine), room, math.ceil(share))
    rounds = max(1.0, share / batch)
    serving = replace(serving, batch=batch)
    prompt = replace(serving, context=work.prompt_length, batch=1)
    assumed = _generation_assumptions(model, device, work)

    def hours(values: Values) -> float:
        step = decode_step(config, device, serving, values).seconds
        writing = engines * rounds * work.answer_length * step
        reading = work.prompts * prefill_seconds(config, device, prompt, values)
        return (writing + reading) * engine / values["goodput"] / 3600

    inputs = (
        Input("answers", work.answers),
        Input("tokens an answer", work.answer_length),
        Input("prompts", work.prompts),
        Input("tokens a prompt", work.prompt_length),
        Input("engines", engines),
        Input("conversations an engine", batch),
        Input("rounds", rounds, "of so many conversations on each engine"),
        Input("devices an engine", engine, device.name),
        *(Input(one.name, one.expected) for one in assumed),
    )
    formula = (
        "(engines x rounds x tokens an answer x seconds a step + reading prompts) "
        "x devices an engine / goodput / 3600"
    )
    return Figure("device hours of generation", spread(hours, assumed), "hours", formula, inputs)


def fuller_batch(model: NamedModel, device: Device, work: Generation) -> tuple[str, ...]:
    """What more conversations at once would save, where the cache has room for twice as many."""
    engine = _engine(model, device, work)
    middle = work.prompt_length + work.answer_length // 2
    serving = Serving(work.format, context=middle, num_devices=engine)
    room = most_conversations(model.config, serving, device.memory_bytes)
    batch = int(min(room, work.answers / (work.num_devices // engine)))
    if batch < 2 * _batch(work, engine):
        return ()
    hours = generation_hours(model, device, replace(work, batch=batch))
    return (
        f"The cache has room for {batch:,} conversations an engine: with --batch {batch} generation takes "
        f"{written(hours.value)} hours of devices.",
    )


def _engine(model: NamedModel, device: Device, work: Generation) -> int:
    length = work.answer_length
    run = Reinforcement(1, 1, length, length, work.num_devices, format=work.format)
    return engine_devices(model.config, device, run)


def _batch(work: Generation, engine: int) -> int:
    return 64 * engine if work.batch is None else work.batch


def _generation_assumptions(model: NamedModel, device: Device, work: Generation) -> tuple[Assumption, ...]:
    step = step_assumptions(model.config, device, _engine(model, device, work))
    return (*step, *assumptions_named(("goodput",)))


def answer_data(model: NamedModel, device: Device, work: Generation) -> Answer:
    """Answers that students learn from. Raises ConfigError."""
    hours = generation_hours(model, device, work)
    assumed = _generation_assumptions(model, device, work)
    question = f"What do {work.answers:,.0f} answers of {model.name} take?"
    return _costed(question, device, hours, (hours,), assumed)


def answer_distillation(
    teacher: NamedModel, student: NamedModel, device: Device, work: Generation, learned: tuple[float, float]
) -> Answer:
    """The teacher's data, and training the student on it. Raises ConfigError.

    `learned`: the share of answers that are kept, and epochs over them.
    """
    kept, epochs = learned
    if not 0 < kept <= 1:
        raise ConfigError(f"{kept:g} is no share of answers that are kept.", "give --kept between 0 and 1")
    row = work.prompt_length + work.answer_length
    if row > student.config.context_length:
        raise ConfigError(
            f"{student.name} cannot learn from rows of {row:,} tokens: it was made for "
            f"{student.config.context_length:,}.",
            "give a shorter --length, or another student",
        )
    data = generation_hours(teacher, device, work)
    tokens = work.answers * kept * row
    training = Training(tokens * epochs, row, num_devices=work.num_devices)
    learning = next(
        one for one in training_figures(student.config, device, training) if one.name == "device hours"
    )
    learning = replace(learning, name="device hours of the student")
    both = Figure(
        "device hours",
        _sum(data.range, learning.range),
        "hours",
        "device hours of generation + device hours of the student",
        (Input("generation", data.value, "hours"), Input("student", learning.value, "hours")),
    )
    size = Figure(
        "tokens kept",
        exact(tokens),
        "tokens",
        "answers x kept x (prompt + answer)",
        (Input("answers", work.answers), Input("kept", kept)),
    )
    known = (*_generation_assumptions(teacher, device, work), *training_assumptions(student.config, training))
    assumed = tuple(dict.fromkeys(known))
    question = f"What does it take to distil {teacher.name} into {student.name}?"
    answer = _costed(question, device, both, (size, data, learning, both), assumed)
    return replace(answer, notes=(*fuller_batch(teacher, device, work), *answer.notes))


def answer_evaluation(model: NamedModel, device: Device, work: Generation, price: ListPrice | None) -> Answer:
    """Problems x samples x tokens on own devices, and through a service where a price is named. Raises
    ConfigError."""
    hours = generation_hours(model, device, work)
    tokens = work.answers * work.answer_length
    figures = [
        Figure(
            "tokens written",
            exact(tokens),
            "tokens",
            "problems x samples x tokens an answer",
            (
                Input("problems", work.prompts),
                Input("samples", work.samples),
                Input("tokens an answer", work.answer_length),
            ),
        ),
        hours,
    ]
    if price is not None:
        dollars = tokens_cost(price, hit=0, miss=work.answers * work.prompt_length, output=tokens)
        inputs = (
            Input("output", tokens, "tokens"),
            Input("its price", price.output, f"dollars a million, {price.dated}"),
            Input("input", work.answers * work.prompt_length, "tokens, every sample's prompt paid"),
            Input("its price", price.miss, "dollars a million"),
        )
        formula = "output x its price + input x its price"
        figures.append(Figure(f"through {price.name}", exact(dollars), "dollars", formula, inputs))
    assumed = _generation_assumptions(model, device, work)
    question = f"What does it take to evaluate {model.name} on {work.prompts:,.0f} problems x {work.samples}?"
    answer = _costed(question, device, hours, tuple(figures), assumed)
    return replace(answer, notes=(*fuller_batch(model, device, work), *answer.notes))


def _sum(one: Range, other: Range) -> Range:
    larger = one if one.expected > other.expected else other
    return Range(
        one.low + other.low, one.expected + other.expected, one.high + other.high, larger.dominated_by
    )


def _costed(
    question: str, device: Device, hours: Figure, figures: tuple[Figure, ...], assumed: tuple[Assumption, ...]
) -> Answer:
    """An answer about hours, with energy and, where a price is known, rent."""
    energy = energy_figure(hours.range, device)
    money = (rent_figure(hours.range, device),) if device.rent is not None else ()
    cost = f", {written(money[0].value, 'dollars')} of rent" if money else ""
    low, high = written(hours.range.low), written(hours.range.high)
    decides = f"{hours.range.dominated_by} decides most"
    verdict = f"{written(hours.value)} hours of {device.name} ({low} to {high}; {decides}){cost}."
    notes = () if money else (f"No hourly price is known for {device.name}: give one with --rent.",)
    return Answer(question, verdict, (*figures, energy, *money), (), notes, assumed)
