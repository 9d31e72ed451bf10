"""Little situations in which a sum or a difference is asked for: data for the task "sums", nothing else.

{terms} lists the terms with "and"; {a} and {b} are the two terms of a pair.
"""

from __future__ import annotations

from thinkling.tasks.phrase import Phrases
from thinkling.tasks.task import CHINESE, ENGLISH

LISTED_SITUATIONS = {
    ENGLISH: Phrases(
        (
            "My [scores|points] [were|are] {terms}. What is my total?",
            (
                "We counted {terms} [cars|boats|birds|bikes] on different days. "
                "How many [is that|is that altogether|in all]?"
            ),
            (
                "The [boxes|bags|baskets|jars] hold {terms} [apples|nuts|balls|beads]. "
                "How many are there in all?"
            ),
            (
                "[The bills are|My receipt shows|On the bill I see] {terms} [dollars|euros]. "
                "How much [do I pay|is that] in all?"
            ),
            "The classes have {terms} [pupils|children|students]. How many [are there|is that] altogether?",
            "I read {terms} pages on different days. How many pages [is that|is that altogether|in total]?",
            (
                "The stages of [the trip|our hike|the race] are {terms} [km|miles]. "
                "How long is the whole [way|route]?"
            ),
            "Our teams won {terms} [games|medals|cups]. How many [in total|is that together]?",
            (
                "[I saved|She saved|We earned] {terms} [dollars|euros] in different weeks. "
                "What [is the total|sum is that]?"
            ),
            (
                "{terms} people came on different [days|evenings]. "
                "How many [visitors|people] [is that|came] in total?"
            ),
            "On my trees grow {terms} [pears|plums|apples]. How many [is that|do I have] [together|in all]?",
            (
                "i got {terms} points in my [games|rounds|tests], "
                "[whats my total|how many is that|how many altogether]"
            ),
        )
    ),
    CHINESE: Phrases(
        (
            "几个班的人数[分别|]是{terms}，[一共|总共]有多少人？",
            "[我|她|小明]这几天分别看了{terms}页书，一共看了多少页？",
            "几个[袋子|盒子|篮子]里分别有{terms}个[苹果|球|橘子]，[一共|总共]有多少个？",
            "[账单|小票|单子]上写着{terms}元，[一共|总共]要付多少元？",
            "我[各轮|几次]的得分是{terms}，总分是多少？",
        )
    ),
}
"""For two terms or more, all of them at least 2: nouns after {terms} are in the plural."""
PAIR_SITUATIONS = {
    ENGLISH: Phrases(
        (
            (
                "[She|He|My brother|The girl] has {a} [apples|stickers|pens] and [gets|finds|buys] {b} "
                "more. How many is that [now|in all]?"
            ),
            (
                "I had {a} [coins|cards|shells|stamps] and [got|found|bought|won] {b} more. "
                "How many do I have now?"
            ),
            (
                "{a} birds sit [in a tree|on a roof|on the fence]. Then {b} more [come|join them|fly in]. "
                "How many are there now?"
            ),
            (
                "[In our class|In the choir|On the bus|In the group] there are {a} boys and {b} girls. "
                "How many [children|kids] is that?"
            ),
            (
                "We [walked|hiked|cycled] {a} [miles|km] before lunch and {b} after it. "
                "What distance is that in all?"
            ),
            (
                "I climbed {a} steps, [rested|took a break|stopped], and then climbed {b} more. "
                "How many steps [was that|did I climb]?"
            ),
            "Start at {a}[ and|, then] go up [by |]{b}. Where [are you|do you end up|do you land]?",
            (
                "The temperature is {a} degrees and [rises|goes up] by {b}. "
                "[How warm is it then|What is it then]?"
            ),
            (
                "In the first [round|game|half] I [scored|got|made] {a} points, in the second {b}. "
                "How many [is that|points is that] in all?"
            ),
            (
                "I have {a} [coins|dollars|cents] in one pocket and {b} in the other. "
                "[What is the total|What do I have in all]?"
            ),
            (
                "A [pencil|ball|cake] costs {a} [cents|dollars] and a [pen|book|drink] costs {b}. "
                "What do both cost[ together|]?"
            ),
            (
                "{a} [red|blue] and {b} [green|yellow] [balls|balloons|flowers|beads]: how many "
                "[are there|is that] in all?"
            ),
            "The [bus|train|boat] has {a} people on it and {b} [more |]get on. How many are on it now?",
            "My cousin is {a}. How old will [he|she] be in {b} years?",
            (
                "[Yesterday|Last week|On Monday] I read {a} pages, today {b}. "
                "How many pages [did I read|is that] in total?"
            ),
            (
                "One [rope|shelf|plank] is {a} [metres|feet] long, another {b}. "
                "How long are they [together|end to end|in a line]?"
            ),
            (
                "A farmer has {a} [cows|hens|horses] and {b} [sheep|goats|pigs]. "
                "How many animals [is that|are there]?"
            ),
            (
                "I [paid|spent] {a} [dollars|euros] in the morning and {b} in the evening. "
                "How much [did I spend|was it] [that day|in all]?"
            ),
            "{a} guests [are here|have come] and {b} more are on the way. How many [guests |]will there be?",
            (
                "I put {b} [stones|beads|coins|nuts] into a [jar|box|bowl] that held {a}[ already|]. "
                "How many are in it now?"
            ),
            "i have {a} and my [friend|sister|brother] has {b}, how many do we have together",
            (
                "[mom|mum|grandma] gave me {a} [euros|dollars] and grandpa {b}, how much is that "
                "[together|in total]"
            ),
            "The [plant|tree|bush] was {a} [cm|inches] tall and grew {b} more. How tall is it now?",
            (
                "On one [plate|shelf|table] there are {a} [cups|books|plums], on another {b}. "
                "How many [altogether|in all]?"
            ),
            (
                "The [team|club|band] had {a} members. Now {b} new ones have joined. "
                "How many [does it have|are there] now?"
            ),
            "Count up {b} from {a}. What number do you [reach|get to|land on]?",
            (
                "It takes {a} minutes to the [shop|bridge] and {b} more to the [beach|lake]. "
                "How many minutes is the whole way?"
            ),
        )
    ),
    CHINESE: Phrases(
        (
            "[小明|妹妹|我]有{a}个[苹果|橘子|气球]，又[得到|买了|拿到]{b}个，[一共|现在]有多少个？",
            "树上有{a}只鸟，又飞来{b}只，[一共|现在]有多少只？",
            "[班里|合唱队里|车上]有{a}个男孩和{b}个女孩，一共[有|是]多少人？",
            "上午[走|骑]了{a}公里，下午[走|骑]了{b}公里，一共是多少公里？",
            "从{a}起往上跳{b}格，[跳到几|跳到多少]？",
            "第一[轮|局|场]得{a}分，[接着|后来]又得{b}分，[总分是多少|一共多少分]？",
            "一个口袋里有{a}元，另一个口袋里有{b}元，[一共|总共]有多少元？",
            "一支笔{a}元，一本书{b}元，[两样一共|一起买要|都买要]多少元？",
            "车上有{a}人，又上来{b}人，[现在|这时]车上有多少人？",
            "[哥哥|她|叔叔]今年{a}岁，{b}年后[是多少岁|几岁]？",
            "[昨天|上周]看了{a}页，[今天|后来]看了{b}页，[一共|总共]看了多少页？",
        )
    ),
}
"""For the sum of two terms {a} and {b}, both at least 2."""
DIFFERENCE_SITUATIONS = {
    ENGLISH: Phrases(
        (
            (
                "There were {a} [cookies|plums|grapes|nuts] and {b} [were|got] eaten. "
                "How many are [left|still there]?"
            ),
            (
                "I had {a} [dollars|euros|coins] and [spent|lost|gave away] {b}. "
                "[How much|What] [do I have left|is left|remains]?"
            ),
            (
                "[She|He|My sister] had {a} [marbles|keys|cards|shells] but lost {b}[ of them|]. "
                "How many are left?"
            ),
            (
                "A [book|novel|story] has {a} pages. I have read {b}[ of them|]. "
                "How many [pages |]are [left|still to read]?"
            ),
            (
                "A [rope|stick|board] is {a} [cm|inches] long and is [made shorter|shortened] by {b}. "
                "How long is it now?"
            ),
            (
                "My [grandpa|uncle|father] is {a} and I am {b}. "
                "How many years [are between us|lie between us|older is he]?"
            ),
            (
                "{a} people [were|sat] on the [bus|train] and {b} got off. "
                "How many [are still on it|stayed|are left]?"
            ),
            (
                "I need {a} [points|dollars|stamps] and have {b}. "
                "How many [more do I need|are missing|do I still need]?"
            ),
            (
                "We [baked|made|had] {a} [cakes|rolls|pies] and sold {b}. "
                "How many [are left|do we still have|remain]?"
            ),
            "Start at {a} and go down [by |]{b}. Where [are you|do you end up|do you land]?",
            "The temperature was {a} degrees and [fell|dropped|went down] by {b}. What is it now?",
            "Our team has {a} points, the others have {b}. By how many points [do we lead|are we ahead]?",
            "Of {a} [balloons|flowers|beads|cars], {b} are red. How many are not red?",
            "A [coat|bag|lamp] costs {a} [dollars|euros] and gets {b} cheaper. What does it cost [now|then]?",
            "i [had|got] {a} [sweets|coins|cards] and gave {b} away, [how many are left|whats left]",
            "The way is {a} [km|miles] and {b} are behind us. How many are [left|still ahead|still to go]?",
            "Count back {b} from {a}. What number do you [reach|land on|get to]?",
        )
    ),
    CHINESE: Phrases(
        (
            "有{a}个[苹果|橘子|包子|鸡蛋]，吃了{b}个，还[剩|有]多少个？",
            "[我|妈妈|小红]有{a}元，买[书|菜|票]用了{b}元，还剩多少元？",
            "一本书有{a}页，[看了|读了|已经看了]{b}页，还[有|剩]多少页没看？",
            "车上有{a}人，下去了{b}人，车上还有多少人？",
            "[爷爷|叔叔|妈妈]{a}岁，[我|弟弟]{b}岁，[相差|差]多少岁？",
            "绳子长{a}米，[剪掉|用去]{b}米，还[剩|有]多少米？",
            "需要{a}张票，已经有{b}张，还[差|缺|要]多少张？",
            "[气温|水温|温度]是{a}度，下降了{b}度，现在是多少度？",
            "{a}个[气球|球|杯子]里有{b}个是红的，不是红的有多少个？",
            "从{a}[往下|往回]跳{b}格，跳到[几|多少]？",
        )
    ),
}
"""For differences where {b} is at least 2."""
