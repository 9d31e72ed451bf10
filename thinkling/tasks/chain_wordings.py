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
            (
                "[Here is|I have|I choose] a number: {a}. [Now|Then|First] {s}. "
                "What [is it now|do you get|number is that]?"
            ),
            (
                "We [begin|start] [at|with|from] {a}. [Next|Then|After that], {s}. "
                "What [is the result|do we have|comes out]?"
            ),
            "[Let's start|Let us start|Let's begin] with {a}. Then {s}. What [is the answer|do we get]?",
            "You have {a} and you {s}. What do you have [then|now|in the end]?",
            "I write down {a}, then I {s}. What do I have [now|in the end|then]?",
            (
                "Suppose [you|we|I] [take|start with|begin with] {a} and [then |]{s}. "
                "What [is the result|comes out|is it then]?"
            ),
            "Imagine the number {a}. [Now|First|Then] {s}. What [is it now|have you got|does that make]?",
            (
                "My friend thinks of {a}. [I tell him to|I tell her to|I ask her to] {s}. "
                "What [number|result] is that?"
            ),
            "With {a} in mind, {s}. What [do you get|is the result|number is it now]?",
            (
                "A [robot|computer|machine] gets the number {a}. Its orders are: {s}. "
                "What [does it give back|comes out]?"
            ),
            "Follow [these steps|the steps|my steps] from {a}: {s}. What do you [reach|get|end with]?",
            "take {a} then {s}, [what do i get|whats the answer|what is that]",
            "start with {a}, {s}, what [comes out|do you get|is it now]",
            (
                "Please start [with|from|at] {a} and {s}. "
                "[Tell me the result.|What is the answer?|What do you get?]"
            ),
            (
                "Could you [start with|take|begin with] {a} and [then |]{s}? "
                "[What do you get?|What comes out?|Tell me the result.]"
            ),
            "What is the [final |last |]number if [I|we|you] begin at {a} and {s}?",
            "What [result|number] do you [reach|get|end up with] [when|if] you take {a}, then {s}?",
            "On my calculator I [type|enter] {a}, then I {s}. What does it show?",
            "[In order|One by one|In turn]: take {a}, {s}. What [is the result|do you have at the end]?",
            "{a} is the start. [Now|Then|First] {s}. What is the [result|answer|final number]?",
            "The game [starts|begins] [with|at] {a}: {s}. What [is the last number|is the result|do I get]?",
            "Think of {a}, then {s}. What number [are you thinking of now|do you have|comes out]?",
            "[A math trick|A trick|A puzzle]: take {a}, {s}. What [do you get|comes out]?",
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
            "[假设|如果]手里有{a}，先{s}，[最后有多少|现在是多少]？",
            "我[想好|写下]一个数{a}，先{s}，[最后得多少|结果是几]？",
            "机器[收到|拿到]数字{a}，[依次|按顺序]{s}，[最后输出多少|结果是多少]？",
            "[请|你]从{a}开始，[按顺序|一步一步]{s}，[告诉我结果|说出最后的数]。",
            "{a}，先{s}，最后[等于|是|得][多少|几]？",
            "在计算器上[输入|按]{a}，先{s}，[最后显示多少|结果是多少]？",
            "游戏[从|由]{a}开始：先{s}，[最后的数是几|结果是多少]？",
            "[起点|开始的数|第一个数]是{a}，先{s}，[最后是几|最后得多少]？",
            "朋友[想了|说了]一个数{a}，我让他先{s}，[他得到多少|结果是几]？",
            "把{a}[放进机器|输入电脑]，先{s}，[出来的数是几|最后得多少]？",
        )
    ),
}
