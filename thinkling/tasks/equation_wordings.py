"""How people put a linear equation: in symbols around which many words may stand, or all in words.

In symbols the sides and terms change places and "3x" may be "3*x"; in words the number has no name. English
actions come in three tenses ("multiply", "multiplied", "multiplying") for the frames that need them.
"""

from __future__ import annotations

from random import Random

from thinkling.tasks.equation_steps import Equation
from thinkling.tasks.task import CHINESE, ENGLISH

NAMES = (
    ("x",) * 8 + ("y",) * 3 + ("n", "n", "a", "b", "m", "z", "t", "k", "p", "w", "c", "d", "r", "s", "u", "v")
)
"""What the unknown may be called, as often as people do."""

SYMBOLS = {
    ENGLISH: (
        "Solve for {n}: {e}",
        "Solve for {n}: {e}.",
        "Solve {e} for {n}.",
        "Solve {e}.",
        "Solve {e}",
        "Solve: {e}",
        "Solve the equation {e}.",
        "Solve the equation {e} for {n}.",
        "Solve this equation: {e}",
        "Please solve {e}.",
        "Can you solve {e}?",
        "Could you solve {e} for {n}?",
        "If {e}, what is {n}?",
        "If {e}, then what is {n}?",
        "If {e}, find {n}.",
        "If {e} then {n} = ?",
        "If {e}, how much is {n}?",
        "When {e}, what is {n}?",
        "Given {e}, find {n}.",
        "Given that {e}, what is {n}?",
        "Given {e}, what is the value of {n}?",
        "Let {e}. What is {n}?",
        "Suppose {e}. Find {n}.",
        "Suppose that {e}. What is {n}?",
        "We know that {e}. What is {n}?",
        "{e}. What is {n}?",
        "{e}. Find {n}.",
        "{e}, {n} = ?",
        "{e}, so what is {n}?",
        "{e}: what is {n}?",
        "{e}",
        "{e}?",
        "Find {n}: {e}",
        "Find {n} if {e}.",
        "Find {n} such that {e}.",
        "Find {n} where {e}.",
        "Find the value of {n} if {e}.",
        "Find the solution of {e}.",
        "What is {n} if {e}?",
        "What's {n} if {e}?",
        "What is {n} when {e}?",
        "What is {n} in {e}?",
        "What's {n} in the equation {e}?",
        "What value of {n} makes {e} true?",
        "What must {n} be so that {e}?",
        "What number is {n} if {e}?",
        "What is the solution of {e}?",
        "For which {n} is {e}?",
        "For what value of {n} is {e} true?",
        "Which {n} solves {e}?",
        "Determine {n}: {e}",
        "Determine the value of {n} when {e}.",
        "Work out {n} if {e}.",
        "Calculate {n} from {e}.",
        "Compute {n}: {e}.",
        "Tell me {n} if {e}.",
        "How much is {n} if {e}?",
        "I need {n}, and I know that {e}.",
        "My homework says {e}. What is {n}?",
        "solve {e} for {n} pls",
        "{e}, what's {n}",
        "{n} if {e}?",
        "{n} = ? {e}",
        "{e}; {n}?",
        "{e}, solve for {n}",
        "{e} so {n} is?",
        "I have to solve {e}. What is {n}?",
        "We have to solve {e}. What do we get for {n}?",
        "The equation is {e}. What is {n}?",
        "The equation {e} is given. Find {n}.",
        "The teacher wrote {e} on the board. What is {n}?",
        "On the board it says {e}. How much is {n}?",
        "It is known that {e}. Determine {n}.",
        "Assume that {e}. What is the value of {n}?",
        "Assuming {e}, what is {n}?",
        "Knowing that {e}, find {n}.",
        "Since {e}, what must {n} be?",
        "What does {n} stand for in {e}?",
        "What does {n} equal if {e}?",
        "What does {n} have to be for {e} to be true?",
        "Which value of {n} solves {e}?",
        "Which number must I put in for {n} so that {e}?",
        "For what number {n} does {e} hold?",
        "Find the number {n} with {e}.",
        "Find out what {n} is: {e}",
        "Give me the value of {n} when {e}.",
        "Give the solution of {e}.",
        "Name the {n} for which {e}.",
        "Get {n} from {e}.",
        "Isolate {n}: {e}",
        "Tell me what {n} is when {e}.",
        "Tell me the solution of the equation {e}.",
        "Can you find {n} if {e}?",
        "Could you tell me what {n} is if {e}?",
        "Would you please solve {e}?",
        "Do you know what {n} is if {e}?",
        "I would like to know {n}. I know that {e}.",
        "I am looking for {n}, where {e}.",
        "I want to find {n} from {e}.",
        "Help me find {n}: {e}",
        "Help me with this equation: {e}",
        "Here is my equation: {e}. What comes out for {n}?",
        "How big is {n} when {e}?",
        "{e} is true. What is {n}?",
        "{e} holds for which {n}?",
    ),
    CHINESE: (
        *("解方程：{e}", "解方程{e}。", "解方程 {e}", "请解方程{e}。", "求解：{e}", "求解{e}。"),
        *("求解方程{e}。", "求{n}：{e}", "求{n}的值：{e}", "如果{e}，{n}是多少？"),
        *("如果{e}，那么{n}等于多少？", "如果{e}，求{n}。", "若{e}，求{n}。", "若{e}，则{n}等于几？"),
        *("已知{e}，求{n}。", "已知{e}，{n}是多少？", "已知{e}，求{n}的值。", "设{e}，{n}等于多少？"),
        *("当{e}时，{n}是多少？", "{e}，{n}等于多少？", "{e}，{n}是几？", "{e}，求{n}。", "{e}，{n}=？"),
        *("方程{e}的解是多少？", "方程{e}的解是什么？", "{e}的解是多少？", "{n}取什么值时，{e}？"),
        *("{n}等于多少时{e}？", "算出{n}：{e}", "算一算{n}是多少：{e}", "找出满足{e}的{n}。"),
        *("告诉我{e}里的{n}是多少。", "帮我解一下{e}。", "{e}", "方程{e}里，{n}是多少？"),
        *("在{e}中，{n}等于几？", "要使{e}，{n}应该是多少？", "{n}是几的时候，{e}？"),
        *("老师出了一道题：{e}，求{n}。", "黑板上写着{e}，{n}是多少？", "假设{e}，{n}是几？"),
        *("题目是{e}，解出{n}。", "解一解：{e}", "请算出{e}中的{n}。", "{e}成立时，{n}是多少？"),
        *("由{e}求{n}。", "从{e}解出{n}。", "我想知道{n}是多少，已知{e}。", "{n}=？已知{e}"),
        *("{n}是什么数才能让{e}成立？", "满足{e}的{n}是多少？"),
    ),
}

_VERBS = {
    "*": (("multiply", "multiplied", "multiplying", "{o} by {k}"),),
    "/": (("divide", "divided", "dividing", "{o} by {k}"),),
    "+": (("add", "added", "adding", "{k}"), ("add", "added", "adding", "{k} to {o}")),
    "-": (
        ("subtract", "subtracted", "subtracting", "{k}"),
        ("subtract", "subtracted", "subtracting", "{k} from {o}"),
        ("take away", "took away", "taking away", "{k}"),
    ),
    "from": (("subtract", "subtracted", "subtracting", "{o} from {k}"),),
}
_THENS = (", then ", " and then ", " and ")
_FRAMES: tuple[tuple[int, str], ...] = (
    (0, "I think of a number, {s} and get {r}."),
    (0, "I think of a number. If I {s}, I get {r}."),
    (0, "Take a number and {s}. You get {r}."),
    (0, "Take a number, {s}, and the result is {r}."),
    (0, "If you take a number and {s}, you get {r}."),
    (0, "There is a number. When you {s}, it becomes {r}."),
    (0, "When I take a number and {s}, the result is {r}."),
    (0, "I pick a secret number. When I {s} I have {r}."),
    (1, "I thought of a number, {s} and got {r}."),
    (1, "She took a number, {s}, and the result was {r}."),
    (1, "He chose a number. He {s} and got {r}."),
    (1, "Somebody took a number, {s}, and ended up with {r}."),
    (1, "My friend thought of a number. My friend {s} and got {r}."),
    (2, "After {s}, a number becomes {r}."),
    (2, "Starting with a number and {s}, I get {r}."),
    (2, "Taking a number and {s} gives {r}."),
    (0, "I have a number in mind. When I {s}, I get {r}."),
    (0, "Begin with a number and {s}. That makes {r}."),
    (0, "Think of a number. Now {s}. The result is {r}."),
    (0, "You take some number and {s}, which gives {r}."),
    (0, "A number is hidden in a box. If you {s}, {r} comes out."),
    (0, "Guess my number: if you {s}, you have {r}."),
    (0, "i take a number, {s} and end up with {r}."),
    (1, "Yesterday I picked a number, {s}, and got {r}."),
    (1, "My sister chose a number. She {s} and got {r}."),
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
