"""How people write a chain of operations: data for the task "chains", nothing else.

A chain in signs or words goes into the questions of `arithmetic_wordings`; one that goes in turn may be told
as a row of orders: {a} is the first number, {s} the orders, each with its number {n}.
"""

from __future__ import annotations

from thinkling.tasks.phrase import Phrases
from thinkling.tasks.task import CHINESE, ENGLISH

_COMPACT = {sign: sign for sign in "+-*/()"}
_SPACED = {**{sign: f" {sign} " for sign in "+-*/"}, "(": "(", ")": ")"}
_PRINTED = {**_SPACED, "*": " × ", "/": " ÷ "}
_PRINTED_COMPACT = {**_COMPACT, "*": "×", "/": "÷"}
_CHINESE_BRACKETS = {**_PRINTED_COMPACT, "(": "（", ")": "）"}

SIGNS = {
    ENGLISH: (
        *(_COMPACT, _COMPACT, _SPACED, _SPACED, _SPACED, _PRINTED, _PRINTED_COMPACT),
        {**_SPACED, "*": " x "},
        {**_SPACED, "+": " plus ", "-": " minus ", "*": " times ", "/": " divided by "},
        {**_SPACED, "+": " plus ", "-": " minus ", "*": " times ", "/": " divided by "},
        {**_SPACED, "+": " plus ", "-": " minus ", "*": " multiplied by ", "/": " over "},
    ),
    CHINESE: (
        *(_COMPACT, _SPACED, _PRINTED, _PRINTED_COMPACT, _CHINESE_BRACKETS, _CHINESE_BRACKETS),
        {**_CHINESE_BRACKETS, "+": "加", "-": "减", "*": "乘", "/": "除以"},
        {**_CHINESE_BRACKETS, "+": "加", "-": "减", "*": "乘以", "/": "除以"},
        {**_CHINESE_BRACKETS, "+": "加上", "-": "减去", "*": "乘以", "/": "除以"},
    ),
}
"""What is written for each sign and bracket."""

ORDERS = {
    ENGLISH: {
        "+": Phrases(("add {n}", "add {n}", "add {n} to [it|that|the result]")),
        "-": Phrases(("subtract {n}", "subtract {n} from [it|that|the result]", "take away {n}")),
        "*": Phrases(("multiply by {n}", "multiply [it|that|the result] by {n}")),
        "/": Phrases(("divide by {n}", "divide [it|that|the result] by {n}")),
    },
    CHINESE: {
        "+": Phrases(("加{n}", "加上{n}")),
        "-": Phrases(("减{n}", "减去{n}")),
        "*": Phrases(("乘{n}", "乘以{n}")),
        "/": Phrases(("除以{n}",)),
    },
}
"""One order, to be followed with what came out so far."""
BETWEEN_ORDERS = {
    ENGLISH: (", ", ", then ", ", then ", ", and then ", " and then "),
    CHINESE: ("，再", "，再", "，然后", "，接着"),
}
BEFORE_LAST = {
    ENGLISH: (", then ", ", then ", ", and then ", " and then ", " and ", ", finally "),
    CHINESE: (*BETWEEN_ORDERS[CHINESE], "，最后"),
}
IN_TURN = {
    ENGLISH: Phrases(
        (
            "[Start with|Begin with|Take|Start from|Begin at] {a}, {s}. What [do you get|is the result]?",
            "[Start with|Begin with|Take] {a}. [Now |Then |First ]{s}. [What is it now|What comes out]?",
            "[Start with|Begin with|Take] {a} and {s}. [What is the result|How much is it|What do you have]?",
            "If [you|I|we] [start with|begin with|take] {a}, then {s}, [what comes out|what is the result]?",
            "My number is {a}. [Now|First] {s}. [Which|What] number [is it now|results]?",
            "I think of {a}. Then I {s}. [Which|What] number do I [get|have]?",
            "[Starting with|Beginning with|Starting from] {a}, {s}. What [do you get|is the result]?",
            "[Starting with|Beginning with] {a}: {s}. [Result|Answer]?",
            "Step by step: start with {a}, {s}. What [do you get|is the answer|comes out]?",
            "One step after the other: take {a}, {s}. [What is that|How much is that|What do I get]?",
            "Where do [you|I] [end up|arrive] if [you|I] start with {a}, then {s}?",
            "What do [you|I] get if [you|I] start with {a} and {s}?",
            "What [becomes of|happens to] {a} if [you|I|we] {s}?",
            "The number {a}: [first |]{s}. [Which|What] number is that?",
            "A number game: take {a}, {s}. What is the [end|final] number?",
            "[Put|Write|Type] {a}, then {s}. What [comes out|is the result] in the end?",
            "[Do this|Do these steps in order]: start with {a}, {s}. [Result?|What is it?]",
            "From {a} go on like this: {s}. [Tell me the result.|What is the outcome?|Where are we?]",
        )
    ),
    CHINESE: Phrases(
        (
            "[从|由]{a}开始，先{s}，[得多少|结果是多少|等于多少]？",
            "[先取|取|拿|先写下]{a}，先{s}，[得多少|等于几|结果是多少]？",
            "从{a}算起，一步一步{s}，[得多少|等于多少|结果是多少|是几]？",
            "{a}先{s}，[得多少|等于多少|结果是几]？",
            "[把|将]{a}先{s}，[得多少|等于多少|结果是多少]？",
            "[我想了一个数|我有一个数|一个数是]{a}，先{s}，[现在是多少|得几|是多少]？",
            "[如果|要是]从{a}开始，先{s}，[最后|结果]是多少？",
            "从{a}起，[依次|一步一步]{s}，[得多少|最后得几]？",
            "[一步步算|按顺序一步一步算]：从{a}开始，{s}[。|，结果是？]",
            "数字{a}，先{s}，[变成多少|变成几]？",
            "[先写|先想]{a}，[把它|将它]{s}，[最后得多少|结果是多少]？",
            "用{a}先{s}，[得|等于|是]多少？",
            "[告诉我|请算出]：{a}先{s}，[是多少|得多少]。",
            "数字游戏：从{a}开始，先{s}，[最后是几|结果是多少]？",
            "{a}先{s}，一步一步算，[得多少|结果是几]？",
        )
    ),
}
