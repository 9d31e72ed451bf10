"""How people put a linear equation: in symbols around which many words may stand, or all in words.

In symbols the sides and terms change places and "3x" may be "3*x"; in words the number has no name. English
actions come in three tenses ("multiply", "multiplied", "multiplying") for the frames that need them.
"""

from __future__ import annotations

from random import Random

from thinkling.tasks.equation_steps import Equation
from thinkling.tasks.task import CHINESE, ENGLISH

    (1, "We began with a number, {s}, and arrived at {r}."),
    (1, "A pupil took a number, {s}, and found {r}."),
    (1, "Dad picked a number, {s}, and it came to {r}."),
    (2, "By taking a number and {s}, you get {r}."),
    (2, "Beginning with a number and {s}, we end up with {r}."),
    (2, "Picking a number and {s} leads to {r}."),
)
_ENDS = (
    *(" What is the number?", " What is the number?", " What's the number?", " Which number is it?"),
    *(" What number is it?", " Find the number.", " What is it?", " What was the number?"),
    *(" Can you find the number?", " Which number was it?", " Tell me the number.", " The number is?"),
    *(" So what is the number?", " Do you know the number?", " What number am I looking for?"),
    *(" Work out the number.", " What must the number be?", " How big is the number?", " Name the number."),
    *(" Help me find the number.", " I want to know the number.", " what's the number"),
)
_NOUNS: dict[str, tuple[str, ...]] = {
    "plus+": (
        "A number plus {0} {v} {1}",
        "The sum of a number and {0} {v} {1}",
        "{0} more than a number {v} {1}",
        "If {0} is added to a number, the result is {1}",
        "A number increased by {0} {v} {1}",
    ),
    "plus-": (
        "A number minus {0} {v} {1}",
        "{0} less than a number {v} {1}",
        "If {0} is taken from a number, {1} is left",
        "A number decreased by {0} {v} {1}",
    ),
    "from": (
        "{0} minus a number {v} {1}",
        "{0} less some number {v} {1}",
        "If a number is taken from {0}, {1} is left",
    ),
    "times": (
        "{0} times a number {v} {1}",
        "A number times {0} {v} {1}",
        "The product of {0} and a number {v} {1}",
        "{0} times some number {v} {1}",
    ),
    "over": (
        "A number divided by {0} {v} {1}",
        "A number over {0} {v} {1}",
        "If a number is divided by {0}, the result is {1}",
    ),
    "linear+": (
        "{0} times a number plus {1} {v} {2}",
        "{1} more than {0} times a number {v} {2}",
        "If {0} times a number is increased by {1}, the result is {2}",
    ),
    "linear-": (
        "{0} times a number minus {1} {v} {2}",
        "{1} less than {0} times a number {v} {2}",
        "If {1} is taken from {0} times a number, {2} is left",
    ),
    "group+": ("{0} times the sum of a number and {1} {v} {2}",),
    "group-": ("{0} times the difference of a number and {1} {v} {2}",),
    "both+": ("{0} times a number plus {1} {v} {2} times the number plus {3}",),
    "both-": ("{0} times a number minus {1} {v} {2} times the number plus {3}",),
}
_NOUN_VERBS = ("is", "is", "equals", "makes", "gives", "is equal to", "is the same as", "comes to")

_CHINESE_ACTIONS = {
    "*": ("乘以{k}", "乘{k}"),
    "/": ("除以{k}",),
    "+": ("加上{k}", "加{k}"),
    "-": ("减去{k}", "减{k}"),
}
_CHINESE_THENS = ("，再", "再", "，然后")
_CHINESE_FRAMES = (
    *("一个数{s}{v}{r}", "一个数{s}，{v}{r}", "某数{s}{v}{r}", "有一个数，{s}，{v}{r}"),
    *("把一个数{s}，{v}{r}", "我想了一个数，{s}，{v}{r}", "我心里想一个数，把它{s}，{v}{r}"),
    *("小明想了一个数，{s}，{v}{r}", "如果一个数{s}{v}{r}", "想一个数，{s}，{v}{r}"),
    *("老师想了一个数，{s}，{v}{r}", "拿一个数，{s}，{v}{r}", "将某个数{s}，{v}{r}"),
    *("盒子里藏着一个数，把它{s}，{v}{r}", "有个数{s}{v}{r}", "一个未知数{s}，{v}{r}"),
)
_CHINESE_NOUNS = {
    "from": ("{0}减去一个数{v}{1}", "用{0}减一个数，{v}{1}"),
    "linear+": ("一个数的{0}倍加上{1}{v}{2}", "一个数的{0}倍多{1}是{2}"),
    "linear-": ("一个数的{0}倍减去{1}{v}{2}", "一个数的{0}倍少{1}是{2}"),
    "times": ("一个数的{0}倍{v}{1}",),
    "group+": ("一个数与{1}的和的{0}倍{v}{2}",),
    "group-": ("一个数与{1}的差的{0}倍{v}{2}",),
    "both+": ("一个数的{0}倍加{1}{e}它的{2}倍加{3}", "某数的{0}倍加上{1}{e}这个数的{2}倍加上{3}"),
    "both-": ("一个数的{0}倍减{1}{e}它的{2}倍加{3}", "某数的{0}倍减去{1}{e}这个数的{2}倍加上{3}"),
}
_CHINESE_VERBS = ("得到", "等于", "结果是", "得")
_CHINESE_ENDS = (
    *("，这个数是多少？", "，这个数是几？", "。这个数是多少？", "，求这个数。", "，那么这个数等于多少？"),
    *("。请问这个数是多少？", "，你知道这个数吗？", "，找出这个数。", "，问这个数是多少？", "，它是几？"),
    *("。这个数是什么？", "。求这个数是多少。", "，这个数等于几？", "。你能求出这个数吗？"),
    "，请算出这个数。",
)


def in_symbols(equation: Equation, name: str, random: Random) -> str:
    """The equation as people write it: spaces or none, "3x" or "3*x", terms and sides in any order."""
    form, numbers = equation
    glue = random.choice(("", "", "", "*", " * "))
    minus, plus, over = random.choice(((" - ", " + ", " / "), (" - ", " + ", "/"), ("-", "+", "/")))
    left, right = "", str(numbers[-1])

    def term(factor: int) -> str:
        return name if factor == 1 else f"{factor}{glue}{name}"

    def shifted(first: str, number: int) -> str:
        if number < 0:
            return f"{first}{minus}{-number}"
        return f"{first}{plus}{number}" if random.random() < 0.75 else f"{number}{plus}{first}"

    if form == "plus":
        left = shifted(name, numbers[0])
    elif form == "from":
        left = f"{numbers[0]}{minus}{name}"
    elif form == "times":
        left = term(numbers[0])
    elif form == "over":
        left = f"{name}{over}{numbers[0]}"
    elif form == "group":
        left = f"{numbers[0]}{glue}({shifted(name, numbers[1])})"
    else:
        left = shifted(term(numbers[0]), numbers[1])
        right = shifted(term(numbers[2]), numbers[3]) if form == "both" else right
    if random.random() < (0.5 if form == "both" else 0.15):
        left, right = right, left
    return f"{left} = {right}" if minus == " - " else f"{left}={right}"


def can_be_words(equation: Equation) -> bool:
    """Whether the equation sounds natural as a riddle: "1 times the number" does not."""
    return equation[0] != "both" or equation[1][2] > 1


def in_words(equation: Equation, random: Random, language: str) -> str:
    """The equation as a riddle about a number, with the question at its end."""
    form, numbers = equation
    signed = {"plus": 0, "linear": 1, "group": 1, "both": 1}.get(form)
    kind = form if signed is None else f"{form}{'+' if numbers[signed] > 0 else '-'}"
    sizes = [abs(number) for number in numbers]
    if language == CHINESE:
        return _chinese_riddle(kind, sizes, random)
    if form == "both" or random.random() < 0.4:
        text = random.choice(_NOUNS[kind]).format(*sizes, v=random.choice(_NOUN_VERBS)) + "."
    else:
        tense, frame = random.choice(_FRAMES)
        thens = (*_THENS, ", ") if "{s} and" in frame else _THENS
        text = frame.format(s=random.choice(thens).join(_told(kind, sizes, tense, random)), r=sizes[-1])
    return text + random.choice(_ENDS)


def _actions(kind: str, sizes: list[int]) -> list[tuple[str, int]]:
    """What is done to the number, in order: a sign or word, and the other number."""
    form, sign = (kind[:-1], kind[-1]) if kind[-1] in "+-" else (kind, "")
    if form == "linear":
        return [("*", sizes[0]), (sign, sizes[1])]
    if form == "group":
        return [(sign, sizes[1]), ("*", sizes[0])]
    return [(sign or {"times": "*", "over": "/"}.get(form, form), sizes[0])]


def _told(kind: str, sizes: list[int], tense: int, random: Random) -> list[str]:
    parts = []
    for index, (sign, number) in enumerate(_actions(kind, sizes)):
        verb = random.choice(_VERBS[sign])
        parts.append(f"{verb[tense]} {verb[3].format(k=number, o='the result' if index else 'it')}")
    return parts


def _chinese_riddle(kind: str, sizes: list[int], random: Random) -> str:
    verb = random.choice(_CHINESE_VERBS)
    nouns = _CHINESE_NOUNS.get(kind, ())
    if nouns and (kind[:4] in ("both", "from") or random.random() < 0.4):
        text = random.choice(nouns).format(*sizes, v=verb, e=random.choice(("等于", "就是", "正好是")))
    else:
        actions = _actions(kind, sizes)
        told = [random.choice(_CHINESE_ACTIONS[sign]).format(k=number) for sign, number in actions]
        told_all = random.choice(_CHINESE_THENS).join(told)
        text = random.choice(_CHINESE_FRAMES).format(s=told_all, v=verb, r=sizes[-1])
    return text + random.choice(_CHINESE_ENDS)
