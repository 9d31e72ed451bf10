"""How people ask for a sum or a difference: data for the task "sums", nothing else.

{terms} lists the terms with "and"; {a} and {b} are the two terms of a difference, or of a sum that is told as
a situation. Expressions go into the questions of `arithmetic_wordings`.
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
            "[My|The|Our] numbers are {terms}. What [do they make together|is the sum|is the total]?",
            (
                "Here are [some|my|a few] numbers: {terms}. "
                "[Could you add them|What is the total|What do they add up to]?"
            ),
            "I [want|need|would like|have] to add {terms}. [What is the result|What do I get|Can you do it]?",
            "[An addition|Addition|Adding|To add]: {terms}[.|?|]",
            "[Addition problem|Addition task|A sum for you]: {terms}. [What is the total?|What do you get?]",
            "[whats|what is] {terms} [added together|added up|all together|in total]",
            "[add|pls add|just add|add up] {terms}[| for me| thanks| please]",
            "[sum of|the sum of|total of] {terms} [please|pls|thanks]",
            "can you add {terms} [for me|real quick|together] [please|pls|thanks]",
            (
                "When {terms} are [added|added up|added together|summed], what "
                "[do you get|is the total|comes out]?"
            ),
            "What [comes out|results|do we have] when [we|I|you] add up {terms}?",
            "Suppose [I|we|you] add {terms}. What [is the sum|is the total|comes out]?",
            "What [number|total|sum] do {terms} [give|make|come to] [together|when added|in all]?",
            "[I'd like|I would like|I am looking for|I'm after] the [sum|total] of {terms}[, please|].",
            "[May|Might|Could] I [ask for|have|get] the [sum|total] of {terms}[?|, please?]",
            "Would you [please|kindly] [add|sum|total|add up] {terms}?",
            "[Tell me|Let me know|Say] what {terms} [add up to|come to together|make in all].",
            (
                "[My brother|My friend|A classmate|Somebody] asked me to add {terms}. "
                "What [should I say|is the answer]?"
            ),
            "I [cannot|can't] add in my head. What is the [sum|total] of {terms}?",
            (
                "[They gave me|I was given|I got] {terms} and [must|should|have to] add them[ up|]. "
                "What [is the answer|comes out]?"
            ),
            (
                "We are [learning|practising|doing] addition. Today [we have|I got] {terms}. "
                "What is the [sum|answer]?"
            ),
            "Adding {terms}, what [do you get|do I get|is the total|comes out]?",
            "Let's see: {terms}, all added [up|together]. [What is that|How much is it]?",
            "{terms} together [make what|are how much|give which number]?",
            "Put a plus sign between {terms}. What [is the result|do you get|comes out]?",
            "What number do I [get|reach|arrive at] by adding {terms}?",
            "{terms} go into one sum. [How much is it|What is the total|What does it come to]?",
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
            "[这些|我的|题里的]数是{terms}，[请求出它们的和|请把它们加起来|求总和]。",
            "[有几个数|给出几个数|看这些数]：{terms}。[它们的和是多少|加起来是多少|总和是几]？",
            "[我要|我想|我得]把{terms}[加起来|相加]，[得多少|结果是多少|会是几]？",
            "[同学|朋友|弟弟]让我把{terms}加起来，[我该说多少|答案是几|等于多少]？",
            "[加法题|加法作业|今天的加法题]：{terms}，[得数|答案|和]是多少？",
            "{terms}，[全部加起来|全加在一起][是|等于|得]多少？",
            "[能不能|可不可以|能否]帮我把{terms}加起来？",
            "[算总数|求总和|求和]：{terms}[。|]",
            "[麻烦|请帮忙][加一下|求一下和]：{terms}[。|，谢谢。]",
            "我不会算加法，{terms}[加起来|相加]是多少？",
            "{terms}之和[是|为|等于]多少？",
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
            (
                "[My numbers are|I have|The numbers are] {a} and {b}. "
                "What is [their difference|the difference between them]?"
            ),
            "The [larger|bigger|greater] number is {a}, the smaller [one |]is {b}. What is the difference?",
            (
                "[Here is|I have|Take] {a}. [Now subtract|Subtract|Take away] {b}. "
                "What [is left|remains|do you get]?"
            ),
            "I [want|need|have] to subtract {b} from {a}. What [do I get|is the result|comes out]?",
            "[Subtraction|A subtraction|To subtract]: {b} from {a}[.|?|]",
            "[subtract|pls subtract|pls take|just take] {b} from {a}[| for me| thanks]",
            "[whats|what is] left of {a} after taking away {b}",
            "[whats|what is] the difference between {b} and {a}",
            "When {b} is [subtracted|taken away|taken] from {a}, what [is left|remains|do you get]?",
            "Suppose [I|we|you] take {b} [away |]from {a}. [What is left|What remains|How much is that]?",
            "[I'd like|I would like|I'm after|I need] the difference [between|of] {a} and {b}[, please|].",
            (
                "[May|Could] I ask [what {a} reduced by {b} is|for the difference between {a} and {b}|you "
                "to subtract {b} from {a}]?"
            ),
            "Would you [kindly|please] [subtract|take] {b} from {a}?",
            "What must I add to {b} to [get|reach|have|make] {a}?",
            "If {b} [is|gets] taken [off|from|away from] {a}, what [remains|is left]?",
            (
                "[My friend|My brother|Somebody] asked me to [subtract|take] {b} from {a}. "
                "What [should I say|is the answer]?"
            ),
            "Starting from {b}, how much [is missing|do I need|must I add] to [reach|get to] {a}?",
            "{b} less than {a} is [what|which number|how much]?",
            "Adding [what|which number] to {b} [gives|makes] {a}?",
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
            "两个数[分别|]是{a}和{b}，[差|它们的差]是多少？",
            "较大的数是{a}，较小的[数|]是{b}，差是[多少|几]？",
            "[我要|我想|我得]从{a}里减去{b}，[得多少|结果是多少|还剩几]？",
            "[减法题|减法作业]：{a}减去{b}，[得数|答案]是[多少|几]？",
            "{a}与{b}之差[是|为|等于]多少？",
            "{b}到{a}还[差|缺]多少？",
            "如果从{a}里[拿走|取走|去掉]{b}，剩下的是[多少|几]？",
        )
    ),
}
