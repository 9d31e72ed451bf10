"""How people ask which of some numbers is the larger or smaller one, and how that is answered.

{n} lists the numbers with "or", {m} with "and", {l} with commas; {c} is the direction: "larger" of two,
"largest" of three; {w} is the number asked for, {o} another one, {t} the comparative before "than", {s} its
sign.
"""

from __future__ import annotations

from thinkling.tasks.task import CHINESE, ENGLISH

DIRECTIONS: dict[tuple[str, bool, bool], tuple[str, ...]] = {
    (ENGLISH, True, False): ("larger", "bigger", "greater", "larger", "bigger", "higher"),
    (ENGLISH, True, True): ("largest", "biggest", "greatest", "largest", "biggest", "highest"),
    (ENGLISH, False, False): ("smaller", "smaller", "lower"),
    (ENGLISH, False, True): ("smallest", "smallest", "lowest"),
    (CHINESE, True, False): ("更大", "大", "较大", "比较大"),
    (CHINESE, True, True): ("最大",),
    (CHINESE, False, False): ("更小", "小", "较小", "比较小"),
    (CHINESE, False, True): ("最小",),
}
"""By language, whether the larger one is asked for, and whether there are more than two numbers."""
THAN = {
    (ENGLISH, True): "larger",
    (ENGLISH, False): "smaller",
    (CHINESE, True): "大",
    (CHINESE, False): "小",
}

ENGLISH_QUESTIONS = (
    "Which is {c}, {n}?",
    "Which is {c}: {n}?",
    "Which is {c}, {n}?",
    "Which one is {c}, {n}?",
    "Which one is {c}: {n}?",
    "Which number is {c}, {n}?",
    "Which number is {c}: {n}?",
    "which is {c}, {n}",
    "What is {c}, {n}?",
    "What's {c}, {n}?",
    "What's {c}: {n}?",
    "What is the {c} number, {n}?",
    "What is the {c} one of {m}?",
    "What's the {c} of {m}?",
    "Which is the {c} of {m}?",
    "Which is the {c} number: {n}?",
    "Which of {m} is {c}?",
    "Which of these numbers is {c}: {m}?",
    "Which of the numbers {m} is the {c} one?",
    "Of {m}, which is {c}?",
    "Out of {m}, which one is the {c}?",
    "Between {m}, which is {c}?",
    "Is {n} {c}?",
    "Is {n} the {c} number?",
    "{n}: which is {c}?",
    "{n}, which one is {c}?",
    "{m}: which number is {c}?",
    "{n}? Which is {c}?",
    "Name the {c} of {m}.",
    "Name the {c} number: {l}.",
    "Give me the {c} of {m}.",
    "Pick the {c} number: {n}.",
    "Pick the {c} of {m}.",
    "Choose the {c} one: {l}",
    "Find the {c} of {m}.",
    "Find the {c} number among {m}.",
    "Tell me which is {c}, {n}.",
    "Tell me which number is {c}: {n}.",
    "Compare {m}. Which is {c}?",
    "Compare {m} and say which is {c}.",
    "Compare {m}: the {c} one is?",
    "Here are some numbers: {l}. Which is {c}?",
    "I have {m}. Which one is {c}?",
    "Do you know which is {c}, {n}?",
    "Can you tell me whether {n} is {c}?",
    "Say which is {c}: {n}.",
    "The {c} of {m} is?",
    "The {c} of {m} =",
    "{l} - which is {c}?",
    "My teacher asks which is {c}, {n}.",
    "A friend wrote down {m}. Which is {c}?",
)
EXTREMES = {
    True: ("What is the maximum of {m}?", "max({l})", "max({l}) = ?", "Compute max({l}).", "maximum of {m}"),
    False: ("What is the minimum of {m}?", "min({l})", "min({l}) = ?", "Compute min({l}).", "minimum of {m}"),
}
"""English questions that need no adjective, for larger and smaller."""

CHINESE_QUESTIONS = (
    "{m}哪个{c}？",
    "{m}，哪个{c}？",
    "{m}哪个{c}？",
    "{n}{c}？",
    "{m}哪个数{c}？",
    "{m}哪一个{c}？",
    "{m}，哪一个{c}？",
    "哪个{c}，{m}？",
    "哪个{c}：{n}？",
    "哪个数{c}：{l}？",
    "哪一个数{c}，{n}？",
    "{m}中哪个{c}？",
    "{m}里面哪个数{c}？",
    "在{m}中，哪个数{c}？",
    "在{m}当中，{c}的是哪个？",
    "{m}谁{c}？",
    "{l}，谁{c}？",
    "请比较{m}，哪个{c}？",
    "比较一下{m}，哪个{c}？",
    "比较{m}的大小，{c}的是哪个？",
    "{m}比一比，哪个{c}？",
    "{m}相比，哪个{c}？",
    "{m}相比，{c}的是哪个？",
    "找出{m}中{c}的数。",
    "请找出{c}的数：{l}。",
    "从{m}里选出{c}的那个数。",
    "选出{c}的：{l}",
    "说出{m}中{c}的数。",
    "告诉我{m}哪个{c}。",
    "你知道{m}哪个{c}吗？",
    "{m}，{c}的是多少？",
    "{m}中{c}的是",
    "老师问{m}哪个{c}。",
    "我有几个数：{l}。哪个{c}？",
)

ANSWERS_TO_ALL = {
    ENGLISH: ("{w}", "{w}", "{w}", "{w}.", "{w} is {c}.", "The {c} number is {w}.", "The answer is {w}."),
    CHINESE: ("{w}", "{w}", "{w}", "{w}。", "{w}{c}。", "{c}的数是{w}。", "答案是{w}。"),
}
ANSWERS_TO_TWO = {
    ENGLISH: ("{w} is {t} than {o}.", "{w} {s} {o}"),
    CHINESE: ("{w}比{o}{t}。", "{w} {s} {o}"),
}
"""Answers that name both of two numbers."""
