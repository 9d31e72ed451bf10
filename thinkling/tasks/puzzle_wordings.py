"""How puzzles ask for a place in an order, and of whom or what: data for the task "puzzles", nothing else.

{p} is the place ("the tallest"), {n} a noun; a frame joins a scene {c}, the statements {s}, the question {q}.
"""

from __future__ import annotations

from thinkling.tasks.phrase import Phrases
from thinkling.tasks.task import CHINESE, ENGLISH

NOUNS = {
    ENGLISH: ("box", "ball", "car", "book", "cup", "bag", "boat", "stone"),
    CHINESE: ("盒子", "球", "箱子", "瓶子", "杯子", "包", "气球", "石头"),
}
COLOURS = {
    ENGLISH: ("red", "blue", "green", "white", "black", "yellow", "brown"),
    CHINESE: ("红", "蓝", "绿", "白", "黑", "黄", "棕"),
}

WHO = {
    ENGLISH: Phrases(
        (
            "Who is {p}?",
            "Who is {p}?",
            "Who is {p} [of them|of all|of them all|among them]?",
            "Which [one|of them] is {p}?",
            "[Name|Tell me|Say|Find out|Find] who is {p}.",
            "[Can|Could] you [tell me|say|find out] who is {p}?",
            "[So|Then|Now], who is {p}?",
            "Do you know who is {p}?",
            "I [want|would like] to know who is {p}.",
            "Of [these|all of them|the whole group], who is {p}?",
        )
    ),
    CHINESE: Phrases(
        (
            "谁{p}？",
            "[请问|那么|你说|其中|他们当中]谁{p}？",
            "{p}的是谁？",
            "{p}的[人|那个]是谁？",
            "[说出|请找出]谁{p}。",
            "[想一想|你知道|请告诉我]，谁{p}？",
        )
    ),
}
WHICH = {
    ENGLISH: Phrases(
        (
            "Which {n} is {p}?",
            "Which {n} is {p}?",
            "Which [one|of them] is {p}?",
            "Which {n} is {p} [of them|of all|of them all]?",
            "[Name|Tell me|Say|Find out|Find] which {n} is {p}.",
            "[Can|Could] you [tell me|say|find out] which {n} is {p}?",
            "[So|Then|Now], which {n} is {p}?",
            "What colour is the {n} that is {p}?",
        )
    ),
    CHINESE: Phrases(
        (
            "哪个{n}{p}？",
            "[请问|那么|你说|其中]哪个{n}{p}？",
            "{p}的{n}是哪个？",
            "{p}的{n}是什么颜色？",
            "[说出|请找出]哪个{n}{p}。",
            "[想一想|你知道|请告诉我]，哪个{n}{p}？",
        )
    ),
}
FRAMES = {
    ENGLISH: Phrases(
        (
            "{s} {q}",
            "{s} {q}",
            "{s} {q}",
            "{q} {s}",
            "{c} {s} {q}",
            "{c} {s} {q}",
            "[We know this|These are the facts|Here is what we know|This is given|A puzzle]: {s} {q}",
            "{c} {q} {s}",
            "{s} [From this|My question|The question]: {q}",
        )
    ),
    CHINESE: Phrases(
        (
            "{s}{q}",
            "{s}{q}",
            "{s}{q}",
            "{q}{s}",
            "{c}{s}{q}",
            "{c}{s}{q}",
            "[已知|条件是|我们知道|谜题]：{s}{q}",
            "{s}[根据这些|由此|这样看来]，{q}",
        )
    ),
}
