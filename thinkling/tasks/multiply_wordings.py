"""How people ask for the product of two numbers {a} and {b}: data for the task "multiply", nothing else.

Expressions go into the questions of `arithmetic_wordings`; the other questions are whole.
"""

from __future__ import annotations

from thinkling.tasks.phrase import Phrases
from thinkling.tasks.task import CHINESE, ENGLISH

EXPRESSIONS = {
    ENGLISH: (
        *(
            "{a} times {b}",
            "{a} times {b}",
            "{a} times {b}",
            "{a} multiplied by {b}",
            "{a} * {b}",
            "{a} * {b}",
        ),
        *("{a}*{b}", "{a} x {b}", "{a}x{b}", "{a} × {b}", "{a}×{b}"),
    ),
    CHINESE: (
        *("{a}乘{b}", "{a}乘{b}", "{a}乘以{b}", "{a}乘以{b}", "{a} 乘以 {b}", "{a}乘上{b}", "{a} × {b}"),
        *("{a}×{b}", "{a}*{b}", "{a} * {b}", "{a}x{b}", "{a} x {b}"),
    ),
}

QUESTIONS = {
    ENGLISH: Phrases(
        (
            "Multiply {a} [by|and|with] {b}.",
            "[Please|Now|Just|Let's] multiply {a} [by|and|with] {b}.",
            "[Can|Could|Would|Will] you multiply {a} [by|and|with] {b}[?| for me?|, please?]",
            "[What is|What's|what is] the product of {a} and {b}?",
            "[Find|Compute|Calculate|Work out|Determine|Evaluate] the product of {a} and {b}.",
            "[Give me|Tell me|I need|I want|Write down|State] the product of {a} and {b}.",
            "[Do you know|Can you find|Can you tell me|Could you give me] the product of {a} and {b}?",
            "The product of {a} and {b} is [what|which number|how much]?",
            "[Product|product] of {a} and {b}[?|]",
            "What [do|will|would] you get [if|when] you multiply {a} [by|and|with] {b}?",
            "[What is|What's] the result [if|when] {a} is multiplied by {b}?",
            "If [I|we|you] multiply {a} [by|with] {b}, what [is|will be] the result?",
            "[How much|What] is {a} multiplied [by|with] {b}?",
            "{a} multiplied [by|with] {b}: [how much is that|what is it]?",
            "{a} and {b}: [what is the product|what is their product|what do they make when multiplied]?",
            "{a} and {b}, multiplied[.|, please.| together.]",
            "[I have|Take|Here are] {a} and {b}. What is their product?",
            "The [numbers|factors] are {a} and {b}. [What is the product|What do they multiply to]?",
            "The [numbers|factors] are {a} and {b}. [Multiply them|Give me the product|Find the product].",
            "Which number [is|equals] the product of {a} and {b}?",
            "[Take|Count] {a}, {b} times. How much is that?",
            "How much [are|is] {a} groups of {b}?",
            "[Do|Try] a multiplication: {a} [by|and] {b}.",
            "[There are|I have|We need] {a} [boxes|bags|shelves|teams] of {b}. How many [is that|in all]?",
            "{a} [boxes|bags|shelves|rows] with {b} [apples|books|coins|seats] each[:|,] how many in all?",
            "[Each|Every] [box|bag|shelf|row] has {b} [apples|books|coins]. How many are in {a} of them?",
            "[I pay|I get|It costs] {b} [dollars|coins|euros] {a} times. How much is that in all?",
            "What [do|would|will] {a} and {b} [make|give], multiplied?",
            "[Which|What] number [do I get|comes out|results] from {a} multiplied by {b}?",
        )
    ),
    CHINESE: Phrases(
        (
            "{a}[和|与|跟]{b}的[乘积|积][是多少|等于多少|是几|是什么]？",
            "[求|计算|算出|算一下|告诉我|说出|写出]{a}[和|与|跟]{b}的[乘积|积]。",
            "请[求|计算|算出|告诉我]{a}[和|与]{b}的[乘积|积]。",
            "[把|将]{a}[和|与|跟]{b}相乘，[得|等于|结果是|得到]多少？",
            "请[把|将]{a}[和|与]{b}相乘。",
            "{a}[和|与|跟]{b}相乘[等于|得|是|的结果是]多少？",
            "[用|拿|把]{a}乘以{b}，[结果|答案|得数]是多少？",
            "如果[用|拿|把]{a}乘以{b}，[会得到|得|结果是]多少？",
            "{a}的{b}倍是[多少|几]？",
            "{b}个{a}[是|等于|一共是|相加是|加起来是]多少？",
            "[两个数|两个因数]是{a}和{b}，[它们的积|它们的乘积|乘积|积]是多少？",
            "{a}和{b}，[乘积|积|相乘]是多少？",
            "[做|来做|算]一道乘法：{a}和{b}。",
            "[你知道|你能算出|能告诉我]{a}[和|与]{b}的[积|乘积][吗|是多少吗]？",
            "我[想知道|要|需要]{a}和{b}的[积|乘积]。",
            "哪个数[是|等于]{a}[和|与]{b}的[积|乘积]？",
            "[乘积|积]是多少：{a}和{b}[？|]",
        )
    ),
}
