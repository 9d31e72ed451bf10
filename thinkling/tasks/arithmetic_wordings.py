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
            (
                "[I saw|I found|There was|I came across] {e} in [my book|a quiz|the newspaper|a test]. "
                "What is [it|the answer]?"
            ),
            (
                "We had {e} [at school|in class|on the board|in a test] today. "
                "What [is the answer|is the result|comes out]?"
            ),
            (
                "[My brother|My sister|My dad|A friend|My classmate] [asked me|wants to know] what {e} is. "
                "[What do I say|Do you know]?"
            ),
            (
                "[My son|My daughter|My kid] has {e} as homework. "
                "What [is right|should the answer be|is the result]?"
            ),
            "[I think|I feel that] I should know this, but what is {e}?",
            (
                "I [can't|cannot|could not] [work out|figure out|solve|do] {e} [on my own|in my head]. "
                "[What is it?|Please help me.]"
            ),
            "I have no idea what {e} is. [Do you know?|Can you tell me?|Help me, please.]",
            (
                "[I'm|I am] [stuck on|working on|looking at|struggling with] {e}. "
                "What [is the answer|comes out|do you get]?"
            ),
            (
                "[I'd like|I would like] [you to work out|to have|to know the value of|you to tell me] "
                "{e}[.|, please.]"
            ),
            "[whats|what's|what is] {e} [again|pls|please|then|exactly]",
            "{e} [pls|please|thanks|quick]",
            "[solve|calc|compute|do|work out] {e}[| pls| please| for me| thanks]",
            "[gimme|give me|tell me] {e}[| pls| please]",
            "[need|i need] [the answer to|the result of] {e}[| pls| asap| quickly]",
            "[any idea|any clue|do u know|you know] what {e} is[|?]",
            "how much is {e} [exactly|again|please|then|pls]",
            "[Any idea|Any clue] [what {e} is|how much {e} is|what {e} comes to]?",
            "Would you [kindly |please |]tell me [what {e} is|the value of {e}|the result of {e}]?",
            (
                "[May|Might|Could] I ask "
                "[what {e} is|what {e} comes to|you for the result of {e}|you to work out {e}]?"
            ),
            "[I was wondering|I wonder|I ask myself] [what {e} comes to|how much {e} is|what {e} makes].",
            (
                "If [I|you|we] [type|enter|put] {e} into a calculator, what "
                "[does it show|comes out|is the result]?"
            ),
            "What [would|does|should] a calculator [show|say|give] for {e}?",
            "My calculator [is broken|has no battery|is at home]. [What is|How much is] {e}?",
            (
                "[On the board|In my book|On the page|On my sheet] [it says|I see|I read] {e}. "
                "What [is the answer|is the result]?"
            ),
            (
                "[The question|The task|My task|The problem] is {e}. "
                "What [is the answer|comes out|do I write down]?"
            ),
            (
                "{e} is [the question|the task|my homework|what I have to solve]. "
                "What [is the answer|is the result|should I write]?"
            ),
            (
                "{e} [is hard for me|is too hard for me|gives me trouble|looks hard]. "
                "What [is the answer|does it make]?"
            ),
            "{e} [comes to|amounts to|works out to] [what|which number|how much]?",
            "What [number|value|result|answer] [do you get|comes out|should I get] for {e}?",
            "What [comes out|is the result|do I end up with] [if I work out|when I compute|if I do] {e}?",
            (
                "Here is [a question|a problem|an exercise|a small task]: {e}. "
                "[What is the answer|What do you say|Can you solve it]?"
            ),
            "[Next|The next] [question|problem|exercise|task]: {e}[.|?|]",
            "[Check yourself|Try this|Try this one|And this|Now this|What about this]: {e}[?|]",
            "[How about|What about|And|Now] {e}?",
            "Do the [math|maths|sum]: {e}[.|]",
            "[Put|Write|Give] the [right|correct] number after the equals sign: {e} =",
            "Fill in the [blank|gap|missing number]: {e} = [?|__|____]",
            "Suppose [somebody|someone|a friend] asks you what {e} is. What [do you say|would you answer]?",
            (
                "[Let me know|Please say|Please tell me|Just say] "
                "[what {e} is|what {e} comes to|how much {e} is]."
            ),
            (
                "I [have to|must|should|need to] [work out|compute|solve] {e}[ for tomorrow| for school|]. "
                "What is [it|the result]?"
            ),
            "I [keep forgetting|forget|forgot] what {e} is. [Can you remind me|What is it|What was it]?",
            (
                "[We|My friends and I] are [arguing|not sure] about {e}. "
                "What is the [right |correct |true |]answer?"
            ),
            "The [answer to|result of|solution to] {e} [is|should be|would be] [what|which number|how much]?",
            "[Without a calculator|In your head|As fast as you can], [what is|how much is] {e}?",
            "[For my homework|For a quiz|For a game|Before I forget|For fun], what is {e}?",
            "[math|maths|Math|Maths] question: {e}[?|.|]",
            "[math|maths] question, [whats|what is] {e}",
            "Our [math|maths] teacher [wrote down|gave us|asked us] {e}. What [is the answer|do I write]?",
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
            "[作业本上|黑板上|书上|卷子上]写着{e}，[答案是多少|等于多少|结果是几]？",
            "[弟弟|妹妹|同学|朋友|孩子]问我{e}[是|等于]多少，[我该怎么说|你知道吗|答案是什么]？",
            "[我不会算|我算不出|我想不出|我算不对]{e}，[请帮帮我。|答案是多少？|你能告诉我吗？]",
            "老师[出了一道题|今天出的题是|让我们算]：{e}。[答案|结果]是多少？",
            "如果在计算器上[按|输入]{e}，[会显示多少|结果是多少|屏幕上是几]？",
            "[计算器|手机][坏了|没电了|不在身边]，{e}是多少？",
            "{e}这道题[的答案是多少|等于多少|应该得几|我不会，答案是几]？",
            "谁[知道|能告诉我]{e}[是|等于]多少？",
            "{e}到底[是|等于]多少[呢|啊|]？",
            "[下一题|下一道|这一题|再来一题]：{e}[。|？|]",
            "[那|那么]{e}呢？",
            "[心算一下|快速算一下|不用计算器]，{e}[是|等于|得]多少？",
            "我[正在|在]做{e}这道题，[应该得多少|答案是几|结果是什么]？",
            "[填空|把得数填上|写出得数]：{e}=[____|？]",
            "麻烦[告诉我|说一下|看一下]{e}[是多少|等于几|的得数][，谢谢|]。",
            "[我忘了|我记不清]{e}[是|等于]多少了[。|，你说呢？|，请告诉我。]",
            "我和[同桌|朋友]算{e}，[结果不一样|答案不同]，[正确答案|正确结果]是多少？",
            "{e}[算出来|最后]是[多少|几]？",
            "请问{e}[的得数|的答案|]是几？",
            "今天的[作业|练习|题目]是{e}，[帮我算出来|请写出答案|请给出结果]。",
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
