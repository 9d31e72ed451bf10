"""How people ask for the value of a written expression, and how it is answered.

{e} is the expression, in signs or words ("12 * 14", "12加14"), {r} its value.
"""

from __future__ import annotations

import re
from random import Random

from thinkling.records import Problem
from thinkling.tasks.phrase import Phrases
from thinkling.tasks.task import CHINESE, ENGLISH

QUESTIONS = {
    ENGLISH: Phrases(
        (
            "What's {e}?",
            "What's {e}?",
            "What is {e}?",
            "What is {e}?",
            "[what is|what's|whats] {e}[?|]",
            "How much is {e}?",
            "How much [does|would|will] {e} [make|give|come to]?",
            "How much would {e} be?",
            "What does {e} [equal|make|give|come to|amount to|work out to]?",
            "[Compute|Calculate|Work out|Evaluate|Solve|Find|Determine|Figure out|Do] {e}.",
            "[Compute|Calculate|Evaluate|Solve|Simplify|Work out]: {e}",
            "Please [compute|calculate|work out|solve|evaluate|find] {e}.",
            "[Can|Could|Would|Will] you [compute|calculate|work out|solve|do] {e}[?| for me?|, please?]",
            "[Can|Could] you [tell me|say] [what {e} is|how much {e} is|the result of {e}]?",
            "Are you able to [compute|work out|calculate] {e}?",
            "Tell me [{e}|what {e} is|how much {e} is|the value of {e}|the result of {e}].",
            "[Give me|Show me|Write down|State] the [result|value|answer] [of|for] {e}.",
            "Do you know [what {e} is|how much {e} is|the answer to {e}]?",
            "I [need|want|would like] to know [{e}|what {e} is|how much {e} is].",
            "I need {e}.",
            "I wonder what {e} is.",
            "I am trying to [compute|work out|solve] {e}. [What is it|Can you help]?",
            "What is the [result|value|outcome|answer] of {e}?",
            "What's the [result|value|answer] [of|for|to] {e}?",
            "What [do I|do you|do we|will I|would I] get for {e}?",
            "What result does {e} [give|have]?",
            "[Which|What] number [is|equals|is equal to] {e}?",
            "{e} [is|equals|makes|gives] [what|which number|how much]?",
            "{e}, [how much is that|what is that|what does it make]?",
            "{e}: [how much is it|what is it|what is the result]?",
            "{e}?",
            "{e}",
            "{e} = ?",
            "{e} =",
            "{e}=?",
            "{e}, please.",
            "The value of {e} is [what|how much]?",
            "The exercise is {e}. What is the answer?",
            "My homework says {e}. [What is the result|What should I write]?",
            "Help me [with|compute|work out|solve] {e}.",
            "Let's [compute|work out|do|try] {e}.",
            "Find out [what {e} is|how much {e} is].",
            "Say what {e} is.",
        )
    ),
    CHINESE: Phrases(
        (
            "{e}等于多少？",
            "{e}等于[多少|几]？",
            "{e}是多少？",
            "{e}[得|是|等于|应该是|应该等于|会是]多少？",
            "{e}的[结果|答案|值|得数][是多少|是什么|是几|等于多少]？",
            "{e}[多少|等于几|得几][？|]",
            "[计算|算|求|算出|算一下|算算|口算]{e}[。|]",
            "[计算|口算|求值|题目|计算题]：{e}[。|]",
            "[求|计算|算出|写出|说出]{e}的[值|结果|得数|答案]。",
            "请[算|你算|计算|算一下|算出|帮我算|求]{e}。",
            "[帮我|麻烦你|麻烦|你来|请你][算|算算|算一下|计算|计算一下]{e}[。|等于多少。|，谢谢。]",
            "[你知道|你能告诉我|能告诉我|能说说]{e}[是|等于]多少吗？",
            "[你能|可以|你会][帮我|][算|计算|算出]{e}吗？",
            "[你能不能|能不能|能否|可否][帮我|][算|计算|算出]{e}[？|，谢谢。]",
            "[我想知道|我要知道|想知道|我不知道]{e}[是|等于]多少。",
            "[告诉我|请告诉我|说说]{e}[等于多少|是多少|的结果|的答案]。",
            "{e}，[结果|答案|得数]是[多少|几|什么]？",
            "{e}，[等于|得|是]多少？",
            "[结果|答案]是多少：{e}",
            "[把|将]{e}[算出来|算一下|的结果告诉我]。",
            "{e}怎么算？[结果|答案]是多少？",
            "[试着|试试|来]算{e}。",
            "作业里有一道题：{e}。[答案|结果]是多少？",
            "有一道题：{e}，[怎么填|得多少]？",
            "多少等于{e}？",
            "{e}？",
            "{e}",
            "{e}=？",
            "{e} = ?",
            "{e}=",
            "{e}等于",
        )
    ),
}

_ANSWERS = {
    ENGLISH: (
        *("{r}", "{r}", "{r}", "{r}", "{e} = {r}", "The answer is {r}.", "The result is {r}."),
        *("It is {r}.", "That is {r}.", "That makes {r}.", "{r}."),
    ),
    CHINESE: (
        *("{r}", "{r}", "{r}", "{r}", "{e} = {r}", "答案是{r}。", "结果是{r}。"),
        *("等于{r}。", "是{r}。", "得{r}。", "{r}。"),
    ),
}
_IDEOGRAPH = re.compile(r"[\u4e00-\u9fff]")


def answered(problem: Problem, expression: str, value: int, random: Random) -> str:
    """An answer in the language of the question; a Chinese question of signs alone gets the number alone."""
    if problem.language == CHINESE and not _IDEOGRAPH.search(problem.question):
        return str(value)
    return random.choice(_ANSWERS[problem.language]).format(e=expression, r=value)
