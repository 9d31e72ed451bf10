"""How puzzles tell who comes before whom, and what they call a place in the order: data for "puzzles".

{a} comes before {b} in the order. A superlative names the first of the order, its opposite the last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from thinkling.tasks.phrase import Phrases
from thinkling.tasks.task import CHINESE, ENGLISH


@dataclass(frozen=True, slots=True)
class Relation:
    """One way to order: statements of a pair, names for each place, and scenes to begin with.

    Places are "first", "last", "middle" (of an odd number), "second" and "second last" (of at least four).
    """

    statements: Phrases
    titles: dict[str, tuple[str, ...]]
    scenes: tuple[str, ...]


def _compared(adjective: str, more: str, most: str, less: str, least: str, scene: str) -> Relation:
    """Adjectives: "taller than", "not as tall as"."""
    return Relation(
        Phrases(
            (
                f"{{a}} is {more} than {{b}}",
                f"{{a}} is {more} than {{b}}",
                f"{{b}} is {less} than {{a}}",
                f"{{b}} is {less} than {{a}}",
                f"compared with {{b}}, {{a}} is {more}",
                f"compared with {{a}}, {{b}} is {less}",
                f"{{b}} is not as {adjective} as {{a}}",
                f"next to {{b}}, {{a}} is the {more} one",
            )
        ),
        {
            "first": (f"the {most}", f"the {most}", most),
            "last": (f"the {least}", f"the {least}", least),
            "middle": ("in the middle",),
            "second": (f"the second {most}", f"second {most}"),
            "second last": (f"the second {least}", f"second {least}"),
        },
        (scene,),
    )


def _compared_in_chinese(more: str, less: str, noun: str, they: str = "他们") -> Relation:
    return Relation(
        Phrases(
            (
                f"{{a}}比{{b}}{more}",
                f"{{a}}比{{b}}{more}",
                f"{{b}}比{{a}}{less}",
                f"{{b}}比{{a}}{less}",
                f"{{b}}没有{{a}}{more}",
                f"{{b}}不如{{a}}{more}",
                f"和{{b}}相比，{{a}}更{more}",
                f"和{{a}}相比，{{b}}更{less}",
            )
        ),
        {
            "first": (f"最{more}",),
            "last": (f"最{less}",),
            "middle": ("在中间", "排在中间"),
            "second": (f"第二{more}",),
            "second last": (f"第二{less}",),
        },
        (f"{they}比{noun}。",),
    )


_ARRIVED = Relation(
    Phrases(
        (
            "{a} [came|arrived|finished|was here] before {b}",
            "{b} [came|arrived|finished|was here] after {a}",
            "{a} [came|arrived|finished] earlier than {b}",
            "{b} [came|arrived|finished] later than {a}",
            "{a} was [ahead of|in front of] {b}",
            "{b} was behind {a}",
        )
    ),
    {
        "first": ("first", "the first", "the earliest"),
        "last": ("last", "the last", "the latest"),
        "middle": ("in the middle",),
        "second": ("second", "the second"),
        "second last": ("second last", "the last but one"),
    },
    ("They ran a race.", "They went to school.", "They walked home."),
)
_ROW = Relation(
    Phrases(
        (
            "{a} is [to the |]left of {b}",
            "{b} is [to the |]right of {a}",
            "{a} [stands|is placed|is found] to the left of {b}",
            "{b} [stands|is placed|is found] to the right of {a}",
            "to the right of {a} is {b}",
            "to the left of {b} is {a}",
        )
    ),
    {
        "first": ("leftmost", "the leftmost", "furthest left", "at the left end"),
        "last": ("rightmost", "the rightmost", "furthest right", "at the right end"),
        "middle": ("in the middle",),
        "second": ("second from the left",),
        "second last": ("second from the right",),
    },
    ("They are in a row.", "There is a row."),
)
_ARRIVED_CHINESE = Relation(
    Phrases(
        (
            "{a}比{b}先到",
            "{b}比{a}后到",
            "{a}在{b}之前到",
            "{b}在{a}之后到",
            "{a}排在{b}前面",
            "{b}排在{a}后面",
            "{a}到得比{b}早",
            "{b}到得比{a}晚",
        )
    ),
    {
        "first": ("第一个到", "最先到", "最早到"),
        "last": ("最后一个到", "最后到", "最晚到"),
        "middle": ("在中间", "排在中间"),
        "second": ("第二个到",),
        "second last": ("倒数第二个到",),
    },
    ("他们先后到学校。", "他们一起赛跑。"),
)
_ROW_CHINESE = Relation(
    Phrases(
        (
            "{a}在{b}的左边",
            "{b}在{a}的右边",
            "{a}在{b}左边",
            "{b}在{a}右边",
            "{a}的右边是{b}",
            "{b}的左边是{a}",
        )
    ),
    {
        "first": ("在最左边", "排在最左边"),
        "last": ("在最右边", "排在最右边"),
        "middle": ("在中间", "排在正中间"),
        "second": ("在左起第二个",),
        "second last": ("在右起第二个",),
    },
    ("他们排成一行。", "有这样一行。"),
)

PERSONS: dict[str, tuple[Relation, ...]] = {
    ENGLISH: (
        _compared("tall", "taller", "tallest", "shorter", "shortest", "They compare how tall they are."),
        _compared("old", "older", "oldest", "younger", "youngest", "They compare their ages."),
        _compared("fast", "faster", "fastest", "slower", "slowest", "They run."),
        _compared("strong", "stronger", "strongest", "weaker", "weakest", "They test their strength."),
        _compared("heavy", "heavier", "heaviest", "lighter", "lightest", "They step on a scale."),
        _compared("rich", "richer", "richest", "poorer", "poorest", "They count their money."),
        _ARRIVED,
        _ROW,
    ),
    CHINESE: (
        _compared_in_chinese("高", "矮", "身高"),
        _compared_in_chinese("大", "小", "年龄"),
        _compared_in_chinese("快", "慢", "速度"),
        _compared_in_chinese("重", "轻", "体重"),
        _ARRIVED_CHINESE,
        _ROW_CHINESE,
    ),
}
THINGS: dict[str, tuple[Relation, ...]] = {
    ENGLISH: (
        _compared("heavy", "heavier", "heaviest", "lighter", "lightest", "Some things lie on a table."),
        _compared("big", "bigger", "biggest", "smaller", "smallest", "Some things lie on a table."),
        _compared("long", "longer", "longest", "shorter", "shortest", "Some things are measured."),
        _compared("new", "newer", "newest", "older", "oldest", "Some things stand in a shop."),
        _ROW,
    ),
    CHINESE: (
        _compared_in_chinese("重", "轻", "重量", "它们"),
        _compared_in_chinese("大", "小", "大小", "它们"),
        _compared_in_chinese("长", "短", "长短", "它们"),
        replace(_ROW_CHINESE, scenes=("它们排成一行。", "有这样一行。")),
    ),
}
