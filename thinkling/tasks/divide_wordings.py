"""How people ask for a quotient, alone or with a remainder: data for the task "divide", nothing else.

{a} is the dividend and {b} the divisor.
"""

from __future__ import annotations

from thinkling.tasks.phrase import Phrases
from thinkling.tasks.task import CHINESE, ENGLISH

EXACT = {
    ENGLISH: Phrases(
        (
            "[What's|What is] {a} [divided by|over|/|÷] {b}?",
            "[What's|What is|How much is] {a}/{b}?",
            "[How much is|How many is] {a} divided by {b}?",
            "{a} divided by {b}[?| is?| equals?| makes what?|]",
            "{a} / {b}[| = ?|?| =]",
            "{a}/{b}[|=?|?|=]",
            "{a} ÷ {b}[| = ?|?| =]",
            "{a}÷{b}[|=?|?]",
            "[Divide|Please divide|Now divide] {a} by {b}.",
            "[Can|Could|Would] you divide {a} by {b}?",
            "[Compute|Calculate|Evaluate|Work out|Find|Solve] {a} [/|÷|divided by] {b}.",
            "[Compute|Calculate|Work out|Solve] {a}/{b}.",
            "[What is|What's|Find|Give me|Tell me] the quotient of {a} and {b}.",
            "What [quotient|result|number] do you get [when|if] you divide {a} by {b}?",
            "What do [you|I|we] get [when|if] {a} is divided by {b}?",
            "If {a} is divided by {b}, what is the [result|quotient|answer]?",
            "[I need|I want|Tell me|Give me] {a} divided by {b}.",
            "How many times does {b} [go|fit] into {a}?",
            "How [often|many times] is {b} contained in {a}?",
            "How many {b}s [are there in|make|are in] {a}?",
            "[Split|Share|Cut|Part] {a} into {b} equal parts. How [big|large] is [each|one|a part]?",
            "{a} [shared|split] [equally|evenly] among {b}: how much [is that each|does each get]?",
            "[Share|Split|Distribute] {a} [equally|evenly] among {b}.",
            "{a} is [shared|split|divided|to be shared] [equally|evenly] among {b}. How much for each?",
            "{b} times what [is|makes|gives|equals] {a}?",
            "[What|Which] number times {b} [is|makes|gives] {a}?",
            "By what must {b} be multiplied to [give|get|make] {a}?",
            "{b} * ? = {a}",
            "[Dividing|When dividing] {a} by {b}, what comes out?",
            "The dividend is {a} and the divisor is {b}. What is the quotient?",
            "Do you know [what {a} divided by {b} is|how much {a} / {b} is]?",
            "Take {a} and divide it by {b}. What [do you get|comes out|is the result]?",
            "A division: {a} by {b}. What is the result?",
        )
    ),
    CHINESE: Phrases(
        (
            "{a}除以{b}[是多少|等于多少|等于几|得多少|得几|的结果是多少]？",
            "{a}除以{b}[等于|=|得]？",
            "{a}÷{b}[=？|等于多少？|等于几？|得几？||=]",
            "{a} ÷ {b}[ = ？|是多少？|]",
            "{a}/{b}[等于多少？|是多少？|=？]",
            "[计算|请计算|算一下|算算|求|请算出]{a}[÷|除以|/]{b}[。|的值。|的结果。]",
            "{b}除{a}[得多少|等于几]？",
            "把{a}平均分成{b}份，[每份|一份]是[多少|几]？",
            "{a}平均分给{b}[个人|人]，每人[得多少|几个|分到多少]？",
            "{a}里面有[几|多少]个{b}？",
            "{a}是{b}的[几|多少]倍？",
            "{b}乘以[几|多少][等于|得]{a}？",
            "{b}乘[多少|几][是|得]{a}？",
            "{b}×？={a}",
            "[什么数|哪个数]乘以{b}[等于|得]{a}？",
            "求{a}和{b}的商。",
            "{a}与{b}的商是多少？",
            "被除数是{a}，除数是{b}，商是多少？",
            "[如果|要是]用{a}除以{b}，[结果|商|得数]是多少？",
            "[请问|告诉我]{a}除以{b}的商[是几|是多少|]。",
            "[帮我|请]算{a}除以{b}。",
            "{a}的{b}分之一是多少？",
        )
    ),
}
WITH_REMAINDER = {
    ENGLISH: Phrases(
        (
            "[What is|What's|How much is] {a} [divided by|/|÷] {b} with [a |the |]remainder?",
            "[Find|Give|Tell me|Compute] the quotient and [the |]remainder of {a} [/|divided by|÷] {b}.",
            "What are the quotient and [the |]remainder of {a} [/|divided by|÷] {b}?",
            "[Find|Give me] the quotient and [the |]remainder [when|if] {a} is divided by {b}.",
            "[Divide|Please divide|Now divide] {a} by {b} with [a |]remainder.",
            "Divide {a} by {b}. [Give|State|Name|Write] quotient and remainder.",
            "Divide {a} by {b} and [give|state|tell me] the quotient and the remainder.",
            "[Can|Could] you divide {a} by {b} with remainder?",
            "[Compute|Calculate|Work out|Solve] {a} [/|÷|divided by] {b} with [a |]remainder.",
            "{a} [/|÷|divided by] {b}, quotient and remainder[?|.|]",
            "{a} [/|÷|divided by] {b} with remainder[?|.|]",
            "{a} / {b} = ? r ?",
            "{a}/{b} = ? remainder ?",
            "{a} by {b} with [a |]remainder[?|]",
            "How many times does {b} [go|fit] into {a}, and what [is left|remains|is left over]?",
            "How often is {b} contained in {a}, and how much [is left|remains|is left over]?",
            "How many whole {b}s are in {a}, and what remains?",
            "[Share|Split] {a} [equally|evenly] among {b}: how many each, and how many are left[| over]?",
            "{a} [shared|split] among {b}: how much each, and what is left over?",
            "{a} things are put into boxes of {b}. How many full boxes, and how many are left over?",
            "[When|If] {a} is divided by {b}, what are [the |]quotient and [the |]remainder?",
            "What quotient and [what |]remainder do [you|I|we] get from {a} [/|divided by] {b}?",
            "[Do|Try] the division {a} / {b} [with remainder|and state the remainder as well].",
            "The dividend is {a} and the divisor is {b}. [What are|Find] quotient and remainder.",
            "Integer division of {a} by {b}: quotient and remainder?",
            "[Give|Tell] me {a} divided by {b} as quotient and remainder.",
            "[I need|I want] the quotient and [the |]remainder of {a} by {b}.",
            "Write {a} as a multiple of {b} plus a remainder: [which|what] quotient, [which|what] remainder?",
            "What does {a} divided by {b} give, and what remains?",
            "Long division: {a} by {b}[, with remainder|. Quotient and remainder?]",
            "Whole-number division: {a} / {b}, with the remainder.",
            "Take {b} from {a} as often as you can. How often, and what is left?",
        )
    ),
    CHINESE: Phrases(
        (
            "{a}[除以|÷]{b}，商和余数[是多少|各是多少|分别是多少|是几]？",
            "{a}[除以|÷]{b}的商和余数[是多少|分别是几|各是几]？",
            "[求|计算|请计算|算出]{a}[除以|÷]{b}的商和余数。",
            "{a}[除以|÷]{b}等于几余几？",
            "{a}[除以|÷]{b}[得几余几|商几余几|是几余几]？",
            "{a}÷{b}=？……？",
            "{a} ÷ {b} = ？余？",
            "[带余数|有余数]的除法：{a}÷{b}[=？||。]",
            "[请|]用带余除法[算|计算]{a}÷{b}。",
            "{a}里面[最多|]有几个{b}，还[剩|余]多少？",
            "{a}平均分给{b}个人，每人几个，还剩几个？",
            "把{a}平均分成{b}份，每份多少，[还剩|余]多少？",
            "每{b}个装一盒，{a}个能装几盒，还剩几个？",
            "被除数是{a}，除数是{b}，[求商和余数|商和余数各是多少]。",
            "{b}除{a}，商几余几？",
            "[如果|要是]{a}除以{b}，商是多少，余数是多少？",
            "[请问|告诉我]{a}除以{b}的商与余数。",
            "[帮我|请]算一算{a}除以{b}，写出商和余数。",
        )
    ),
}
ANSWERS = {
    ENGLISH: Phrases(("{q}", "{q}", "{q}", "{a} / {b} = {q}", "The answer is {q}.", "It is {q}.")),
    CHINESE: Phrases(("{q}", "{q}", "{q}", "{a}÷{b}={q}", "答案是{q}。", "商是{q}。")),
}
ANSWERS_WITH_REMAINDER = {
    ENGLISH: Phrases(
        (
            "{q} r {r}",
            "{q} remainder {r}",
            "{q} remainder {r}",
            "{a} / {b} = {q} remainder {r}",
            "The answer is {q} remainder {r}.",
            "The quotient is {q} and the remainder is {r}.",
        )
    ),
    CHINESE: Phrases(
        ("{q}余{r}", "{q}余{r}", "商{q}余{r}", "{a}÷{b}={q}……{r}", "答案是{q}余{r}。", "商是{q}，余数是{r}。")
    ),
}
