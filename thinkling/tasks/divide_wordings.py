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
            (
                "{a} [apples|sweets|cards|stickers] are shared [equally|fairly|evenly] by {b} "
                "[children|friends]. How many does each get?"
            ),
            (
                "We are {b} [friends|people] and share {a} [grapes|nuts|coins] [equally|evenly]. "
                "How many [does each of us get|per person]?"
            ),
            (
                "The bill is {a} [dollars|euros] and {b} [people|of us|friends] split it evenly. "
                "[What does each pay|How much per person]?"
            ),
            (
                "A [rope|ribbon|board|cable] of {a} [metres|feet|cm] is cut into {b} equal pieces. "
                "How long is [each piece|one of them]?"
            ),
            (
                "{a} [eggs|bottles|balls|books] go into boxes of {b}. "
                "How many boxes [do I need|are needed|can be filled]?"
            ),
            (
                "How many [packs|bags|boxes] of {b} can [I|we|you] [make from|fill with] {a} "
                "[pencils|cookies|candles]?"
            ),
            (
                "{a} [players|pupils|children] form {b} equal teams. "
                "How many are [in each team|in one team|on a team]?"
            ),
            (
                "If {b} [tickets|chairs|books] cost {a} [dollars|euros] [in all|together|altogether], what "
                "does one cost?"
            ),
            "A book has {a} pages. Reading {b} pages a day, how many days [do I need|does it take]?",
            "A [trip|ride|drive] of {a} [km|miles] takes {b} hours. What distance is that per hour?",
            "{a} [chairs|trees|desks] stand in {b} equal rows. How many are in [a|one|each] row?",
            "I need {a} dollars and [save|put aside] {b} [dollars |]a week. How many weeks does it take?",
            (
                "Every tray holds {b} [cups|glasses|buns]. "
                "How many trays [are needed for|do I need for|can be filled with] {a}?"
            ),
            (
                "{b} workers [earn|get] {a} [dollars|euros] together and share equally. "
                "How much is that for one of them?"
            ),
            "The area of a rectangle is {a} and one side is {b}. How long is the other side?",
            (
                "{a} [litres|cups] of [juice|milk|paint] are poured equally into {b} [cans|jugs|bottles]. "
                "How much goes into each?"
            ),
            "Deal {a} cards evenly to {b} players. How many cards does [each|every] player get?",
            (
                "got {a} [sweets|coins|cookies] for {b} kids, same for everyone, how many "
                "[each|per kid|does each get]"
            ),
            "a bill of {a} split evenly {b} ways, how much [each|per person|for one]",
            (
                "{b} equal [boxes|bags|stones] weigh {a} [kilos|pounds] together. "
                "[What does one weigh|How heavy is one]?"
            ),
            (
                "We [drove|cycled|walked] {a} [km|miles] in {b} days, the same distance every day. "
                "How far is that per day?"
            ),
            (
                "The baker packs {a} rolls into bags, {b} to a bag. "
                "How many bags [is that|are there|are filled]?"
            ),
            (
                "[Mum|Grandma|The coach] divides {a} [plums|stickers|cards] equally between {b} "
                "[girls|boys|kids]. How many for each?"
            ),
            "[My numbers are|The numbers are|Here are] {a} and {b}. What is the first divided by the second?",
            "[I want|I need|I have] to divide {a} by {b}. What [do I get|comes out|is the result]?",
            "[Division|A division problem|Division task|To divide]: {a} by {b}[.|?|]",
            "[divide|pls divide|just divide] {a} by {b}[| for me| thanks| please]",
            "[whats|what is|how much is] {a} split [evenly|equally] into {b} [parts|shares]",
            "When {a} is split into {b} equal [parts|groups|shares], how [much|big] is [one|each]?",
            "Suppose [I|we|you] divide {a} by {b}. What [is the quotient|comes out|is the result]?",
            "[I'd like|I would like|I'm looking for] the quotient of {a} [and|divided by] {b}[, please|].",
            (
                "[May|Could] I ask "
                "[what {a} divided by {b} is|for the quotient of {a} and {b}|you to divide {a} by {b}]?"
            ),
            "Would you [kindly|please] divide {a} by {b}[?| for me?]",
            "The divisor is {b} and the dividend is {a}. What [is the quotient|comes out]?",
            "Dividing by {b}, what do [you|I|we] get [from|for|out of] {a}?",
            "How [much|big] is one part of {a} [when|if] it is cut into {b} equal parts?",
            "How many groups of {b} [are in|can you make from|are there in|make up] {a}?",
            "{a} is {b} times as [large|much|big] as [what|which] number?",
            "[How often|How many times] can [I|you|we] take {b} from {a} until nothing is left?",
            "The product is {a} and one factor is {b}. [What is the other factor?|Find the other factor.]",
            (
                "[My friend|My brother|Somebody] asked me to divide {a} by {b}. "
                "What [should I say|is the answer]?"
            ),
            (
                "Take {a}. [Divide it|Now divide it|Divide this] by {b}. "
                "What [is the result|do you get|comes out]?"
            ),
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
            "{a}个[苹果|橘子|气球|鸡蛋]平均分给{b}个[小朋友|同学|人]，每人[分到|得|有]多少个？",
            "[我们|一共]{b}个人[平分|平摊]{a}元的[账单|饭钱|车费]，每人[付|出]多少元？",
            "[绳子|彩带|木条|电线]长{a}米，平均[剪|截]成{b}段，每段长多少米？",
            "{a}个[鸡蛋|杯子|球|面包]，每{b}个装一盒，[正好|一共|刚好]能装多少盒？",
            "{a}个学生分成人数相同的{b}个队，每队有多少人？",
            "买{b}张[票|桌子|地图|贺卡]一共花了{a}元，[每张|一张]多少元？",
            "一本书{a}页，每天看{b}页，[多少|几]天看完？",
            "{a}棵[树|苗|白菜]平均[排|种]成{b}行，[每行|一行]有多少棵？",
            "[我要|我想|我得]用{a}除以{b}，[得多少|结果是多少|商是几]？",
            "[除法题|除法作业|今天的除法题]：{a}除以{b}，[得数|答案|商]是多少？",
            "长方形的面积是{a}，一条边长{b}，另一条边长多少？",
            "积是{a}，一个因数是{b}，另一个因数是[多少|几]？",
            "{a}是{b}的倍数，[是它的几倍|是它的多少倍]？",
            "[老师|同学|弟弟]让我算{a}除以{b}，[我该写几|答案是多少]？",
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
            (
                "{a} [sweets|cards|nuts|stickers] are shared [equally|evenly] by {b} children. "
                "How many does each get, and how many are left?"
            ),
            (
                "{a} [eggs|balls|cans|buns] are packed in boxes of {b}. "
                "How many full boxes, and how many [are left over|remain]?"
            ),
            (
                "We are {b} [friends|players|kids] and deal out {a} cards evenly. "
                "How many each, and how many [remain|are left over]?"
            ),
            (
                "A [rope|ribbon|wire] of {a} [metres|feet|cm] is cut into pieces of {b}. "
                "How many [whole |full ]pieces, and how much is left?"
            ),
            (
                "{a} children make teams of {b}. "
                "How many [full |complete ]teams are there, and how many children are left [over|out]?"
            ),
            (
                "How many [bags|packs|bunches] of {b} can [I|we|you] make from {a} [flowers|carrots|pens], "
                "and how many [are left|remain]?"
            ),
            (
                "I have {a} dollars and a [ticket|toy|book] costs {b}. "
                "How many can I buy, and how much [is left|do I have left]?"
            ),
            (
                "{a} [chairs|plants|stones] are put in rows of {b}. "
                "How many full rows [are there|is that], and how many are left over?"
            ),
            (
                "[Mum|Grandma|The coach] gives {b} kids the same share of {a} [plums|sweets]. "
                "How many each, and how many are left over?"
            ),
            "got {a} [cookies|stickers|coins] for {b} kids, how many each and how many left over",
            "[divide|pls divide|just divide] {a} by {b} [with remainder|and give quotient and remainder]",
            (
                "[whats|what is] {a} divided by {b} "
                "[with the remainder|with remainder|as quotient and remainder]"
            ),
            (
                "I [want|need|have] to divide {a} by {b} with remainder. "
                "What [do I get|is the result|comes out]?"
            ),
            (
                "[My|The] numbers are {a} and {b}. "
                "Divide the first by the second and [give|name|state] quotient and remainder."
            ),
            "Suppose [I|we|you] divide {a} by {b} in whole numbers. What are the quotient and the remainder?",
            (
                "[I'd like|I would like|I'm after] the quotient and the remainder of {a} divided by "
                "{b}[, please|]."
            ),
            "[May|Could] I ask for {a} divided by {b}, with [the |its |]remainder?",
            "Would you [kindly|please] divide {a} by {b} and tell me [the |]quotient and [the |]remainder?",
            "Make [groups|heaps|bundles] of {b} out of {a}. How many do you get, and how many are left over?",
            "In whole numbers, how often does {b} [go|fit] into {a}, and with what remainder?",
            "Divided by {b}, {a} gives which quotient and [which|what] remainder?",
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
            "{a}个[桃子|苹果|气球]平均分给{b}个[小朋友|同学]，每人[分几|分多少|得几]个，还剩几个？",
            "{a}个[鸡蛋|杯子|球|面包]，每{b}个装一盒，[装满几盒|能装满几盒]，还[剩|余]几个？",
            "[绳子|彩带|电线]长{a}米，每{b}米剪一段，[能剪几段|可以剪几段]，还剩几米？",
            "{a}个学生，每{b}人一组，[能分成|可以分成]几组，还[剩|多]几人？",
            "[我有|妈妈有]{a}元，每本[书|杂志|画册]{b}元，[能买|最多买]几本，还剩几元？",
            "[我要|我想|我得]用{a}除以{b}，商几余几？",
            "[除法题|除法作业]：{a}除以{b}，[请写出商和余数|商和余数是多少]。",
            "{a}盆花，每{b}盆摆一行，[能摆满|可以摆满]几行，还剩[几|多少]盆？",
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
