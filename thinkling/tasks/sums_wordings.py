"""How people ask for a sum or a difference: data for the task "sums", nothing else.

{terms} lists the terms with "and"; {a} and {b} are the two terms of a difference. Expressions go into the
questions of `arithmetic_wordings`.
"""

from __future__ import annotations

from thinkling.tasks.phrase import Phrases
from thinkling.tasks.task import CHINESE, ENGLISH

SIGNS = {
    ENGLISH: (("+", "-"), ("+", "-"), (" + ", " - "), (" + ", " - "), (" plus ", " minus ")),
    CHINESE: (
        *(("+", "-"), (" + ", " - "), ("加", "减"), ("加", "减"), ("加上", "减去"), ("加", "减去")),
        (" 加 ", " 减 "),
    ),
}
LISTED = {
    ENGLISH: ((", ", " and "), (", ", " and "), (", ", ", and "), (" and ", " and ")),
    CHINESE: (("、", "和"), ("、", "、"), ("，", "和"), ("、", "与"), (", ", ", ")),
}
"""What stands between terms, and before the last one."""

SUMS = {
    ENGLISH: Phrases(
        (
            "Add {terms}[.| together.]",
            "[Please|Now|Just|Let's] add {terms}[.| together.]",
            "[Add up|Sum up|Sum|Total] {terms}.",
            "[What is|What's|what is] the [sum|total] of {terms}?",
            "[Find|Compute|Calculate|Work out|Determine] the [sum|total] of {terms}.",
            "[Give me|Tell me|I need|Write down|State] the [sum|total] of {terms}.",
            "[Do you know|Can you find|Can you tell me] the [sum|total] of {terms}?",
            "What do you get [if|when] you add {terms}[| together| up]?",
            "[What is|What's] the result [if|when] {terms} are added?",
            "If [I|we|you] add {terms}, [what|how much] is that?",
            "How much [is|are] {terms} [together|in total|altogether|all together]?",
            "How much do {terms} make[| together| in total]?",
            "What do {terms} [add up to|come to|sum to|make together]?",
            "[Can|Could|Would] you add {terms}[?| for me?|, please?]",
            "{terms}: [what is the sum|what is the total|how much together|what do they add up to]?",
            "{terms}, added[ together|]: [how much|what] is that?",
            "The [sum|total] of {terms} is [what|how much|which number]?",
            "[Sum|Total] of {terms}[?|]",
            "[The numbers are|I have|Here are|Take] {terms}. [What is their sum|How much in total]?",
            "[The numbers are|I have|Here are|Take] {terms}. [Add them|Add them up|Sum them|Find the total].",
            "Which number is the [sum|total] of {terms}?",
        )
    ),
    CHINESE: Phrases(
        (
            "{terms}的[和|总和][是多少|等于多少|是几|是什么]？",
            "[求|计算|算出|算一下|告诉我|说出]{terms}的[和|总和]。",
            "请[求|计算|算出|告诉我]{terms}的[和|总和]。",
            "[把|将]{terms}[加起来|相加|加在一起|合起来]，[等于|是|得|一共是|结果是]多少？",
            "{terms}[加起来|相加|加在一起|合起来][是|等于|得|一共是]多少？",
            "{terms}相加的[结果|和]是多少？",
            "请[把|将]{terms}[相加|加起来|加在一起]。",
            "如果[把|将]{terms}[加起来|相加]，[会得到|得|一共是]多少？",
            "[有|给你|已知]{terms}，[一共|总共|加起来]是多少？",
            "[总和|和]是多少：{terms}[？|]",
            "[做|来做|做一道]加法：{terms}[。|]",
            "{terms}[一共|总共]是多少？",
            "[你知道|能告诉我|你能算出]{terms}的和[吗|是多少吗]？",
            "我[想知道|要|需要]{terms}的[和|总和]。",
            "哪个数等于{terms}的和？",
            "{terms}这些数的[和|总和]是多少？",
            "[帮我|麻烦你|请你][把|将]{terms}[加起来|相加]。",
        )
    ),
}
DIFFERENCES = {
    ENGLISH: Phrases(
        (
            "Subtract {b} from {a}.",
            "[Please|Now|Just|Let's] subtract {b} from {a}.",
            "[Take|Remove|Deduct] {b} from {a}. [What remains|What is left|How much is left]?",
            "Take {b} away from {a}.",
            "From {a}[, take| take|, subtract] {b}.",
            "[What is|What's] the difference [between|of] {a} and {b}?",
            "[Find|Compute|Calculate|Work out|Tell me|Give me] the difference between {a} and {b}.",
            "What is {a} [take away|less|reduced by|decreased by] {b}?",
            "How much is {a} [take away|less|reduced by|decreased by] {b}?",
            "{a} [take away|less|reduced by] {b} [is what|equals what|makes what]?",
            "What [remains|is left] [if|when] you [take|take away|subtract|remove] {b} from {a}?",
            "What do you get [if|when] you [subtract|take|take away] {b} from {a}?",
            "[Can|Could|Would] you subtract {b} from {a}[?| for me?|, please?]",
            "How much [larger|bigger|greater|more] is {a} than {b}?",
            "How much [smaller|less] is {b} than {a}?",
            "By how much is {a} [larger|bigger|greater] than {b}?",
            "By how much does {a} exceed {b}?",
            "[Start with|Begin with] {a} and [subtract|take away|remove] {b}. What [do you get|is left]?",
            "What [must be added|do you add|has to be added] to {b} to [get|reach|make] {a}?",
            "[I had|We had|There were] {a} and {b} are gone. [How many are left|How many remain]?",
            "If I have {a} and [lose|spend|use|give away] {b}, how many are left?",
            "Which number is {b} [less|smaller] than {a}?",
            "{a} and {b}: [what is the difference|what's the difference|how far apart are they]?",
            "How far is it from {b} to {a}?",
        )
    ),
    CHINESE: Phrases(
        (
            "{a}[和|与|跟]{b}的差[是多少|等于多少|是几]？",
            "{a}[和|与|跟]{b}[相差|差]多少？",
            "[从|由]{a}[里|中|里面]减去{b}，[还剩|剩下|得|是]多少？",
            "从{a}[里|中|里面][拿走|去掉]{b}，[还剩|剩下]多少？",
            "{a}比{b}[多|大]多少？",
            "{b}比{a}[少|小]多少？",
            "{a}[去掉|拿走]{b}[还剩|剩|是]多少？",
            "[求|计算|算出|算一下|告诉我]{a}[和|与]{b}的差。",
            "{b}再加[多少|几][等于|是|得]{a}？",
            "{b}加上[多少|几]等于{a}？",
            "[原来|本来]有{a}个，[用掉|拿走|卖掉|送出]{b}个，还剩[多少|几]个？",
            "我有{a}元，[花了|用了|付了]{b}元，还剩[多少|几]元？",
            "用{a}减去{b}，[得|等于|结果是]多少？",
            "[把|将]{a}减去{b}，[得|等于|结果是]多少？",
            "{a}减少{b}[是|得|等于]多少？",
            "比{a}[少|小]{b}的数是[多少|几]？",
            "请[从|用]{a}减去{b}。",
            "[做|来做|做一道]减法：{a}减{b}[。|]",
        )
    ),
}
