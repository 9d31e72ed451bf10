"""How people ask about times of day: data for the task "clock", nothing else.

{c} is a time of day ("13:20", "1:20 pm", "下午1点20分"), {e} a later one, {t} a span of time ("45 minutes").
"""

from __future__ import annotations

from thinkling.tasks.phrase import Phrases
from thinkling.tasks.task import CHINESE, ENGLISH

AFTER = {
    ENGLISH: Phrases(
        (
            "What time is it {t} after {c}?",
            "What time [is|will it be|comes] {t} after {c}?",
            "[What is|What's] the time {t} after {c}?",
            "It is {c} now. What time [will it be|is it] [in {t}|after {t}|{t} later]?",
            "If it is {c} now, what time will it be [in {t}|{t} later|{t} from now]?",
            "[The clock shows|My watch says] {c}. What [time will it show|will it show] in {t}?",
            "{c} plus {t} [is|makes|gives] what time?",
            "{c} + {t} = ?",
            "{c} + {t}",
            "Add {t} to {c}.",
            "[A film|A lesson|The match|The show] [starts|begins] at {c} and [lasts|takes|goes on for] {t}. "
            "[When|At what time] does it end?",
            "[A film|A lesson|The show] of {t} [starts|begins] at {c}. [When|At what time] is it over?",
            "The [train|bus|boat] leaves at {c} and [needs|takes|travels for] {t}. "
            "[When|At what time] does it arrive?",
            "The [train|bus|boat] was due at {c} but is {t} late. [When|At what time] does it come?",
            "I [leave|start|set out] at {c} and [walk|drive] for {t}. [When|At what time] am I there?",
            "[The cake|The bread] goes in the oven at {c} for {t}. When is it [ready|done]?",
            "[Tell me|Find|Give me|Say|Name] the time {t} after {c}.",
            "[Work out|Calculate|Compute] the time {t} [after|later than] {c}.",
            "[Starting|Counting] from {c}, what time is it [{t} later|after {t}]?",
            "[Can|Could] you [tell me|say|work out] what time it is {t} after {c}?",
            "From {c}, {t} later: what time?",
            "{t} after {c} is what time?",
            "{c}, and then {t} more. What time is it?",
            "When {c} is {t} in the past, what time is it?",
            "[I slept|She slept|He slept|We slept] from {c} on for {t}. [When|At what time] was that over?",
            "The shop closes {t} after {c}. [When|At what time] is that?",
            "Move the clock forward {t} from {c}. What does it show?",
            "Set [a timer|an alarm] for {t} at {c}: [when|at what time] does it ring?",
            "[Our|My] [meeting|visit|call] [began|started] at {c} and took {t}. When was it over?",
            "I will be {t} later than {c}. What time is that?",
            "What does the clock show {t} after {c}?",
        )
    ),
    CHINESE: Phrases(
        (
            "{c}[之后|过后|再过|以后|后]{t}是几点？",
            "{c}过{t}是[几点|什么时间|什么时候]？",
            "[现在是|如果现在是|假如现在是]{c}，[过{t}|{t}后|再过{t}]是[几点|什么时间]？",
            "[电影|比赛|课程|演出]{c}开始，[持续|进行|时长]{t}，[几点|什么时候]结束？",
            "[火车|汽车|轮船]{c}出发，[行驶|路上要]{t}，[几点|什么时候]到达？",
            "我{c}出门，[走了|骑了|坐车]{t}，[几点|什么时候]到？",
            "{c}加[上|]{t}是几点？",
            "{c}+{t}=？",
            "从{c}[开始|算起]，{t}后是几点？",
            "{c}的{t}后是几点？",
            "[请问|请告诉我|算一算]：{c}过{t}是几点。",
            "钟上显示{c}，{t}后显示[几点|什么时间]？",
            "[火车|汽车]本来{c}到，晚了{t}，几点到？",
            "[面包|蛋糕]{c}放进烤箱，要烤{t}，[几点|什么时候]好？",
            "{t}前是{c}，现在是几点？",
            "{c}往后{t}，是几点？",
        )
    ),
}

BEFORE = {
    ENGLISH: Phrases(
        (
            "What time is it {t} before {c}?",
            "What time [is|was it|comes] {t} before {c}?",
            "[What is|What's] the time {t} before {c}?",
            "It is {c} now. What time was it {t} [ago|before|earlier]?",
            "If it is {c} now, what time was it {t} [ago|before|earlier]?",
            "[The clock shows|My watch says] {c}. What did it show {t} [ago|earlier]?",
            "{c} minus {t} [is|makes|gives] what time?",
            "{c} - {t} = ?",
            "{c} - {t}",
            "[Take|Subtract] {t} from {c}.",
            "[A film|A lesson|The match|The show] [ended|was over] at {c} after {t}. "
            "[When|At what time] did it begin?",
            "[A film|A lesson|The match|The show] of {t} ends at {c}. [When|At what time] does it start?",
            "The [train|bus|boat] arrived at {c} after a trip of {t}. [When|At what time] did it leave?",
            "The [train|bus|boat] due at {c} is {t} early. [When|At what time] does it come?",
            "I [walked|drove|rode] for {t} and was there at {c}. [When|At what time] did I [leave|start]?",
            "[The cake|The bread|The soup] was [ready|done] at {c} after {t}. When did it go in?",
            "[Tell me|Find|Give me|Say|Name] the time {t} before {c}.",
            "[Work out|Calculate|Compute] the time {t} [before|earlier than] {c}.",
            "Counting back from {c}, what time is it [{t} earlier|after {t}]?",
            "[Can|Could] you [tell me|say|work out] what time it is {t} before {c}?",
            "From {c}, {t} earlier: what time?",
            "{t} before {c} is what time?",
            "{c}, but {t} sooner. What time is it?",
            "In {t} it will be {c}. What time is it now?",
            "[I must|We must|I have to] be there {t} before {c}. [When|At what time] is that?",
            "The shop opens {t} before {c}. [When|At what time] is that?",
            "Move the clock back {t} from {c}. What does it show?",
            "[A timer|An alarm] that was set for {t} rang at {c}. [When|At what time] was it set?",
            "[Our|My] [meeting|visit|call] took {t} and was over at {c}. When did it begin?",
            "I want to be {t} earlier than {c}. What time is that?",
            "What did the clock show {t} before {c}?",
        )
    ),
    CHINESE: Phrases(
        (
            "{c}[之前|以前|前]{t}是几点？",
            "[现在是|如果现在是|假如现在是]{c}，{t}[前|之前|以前]是[几点|什么时间]？",
            "[电影|比赛|课程|演出]{c}结束，[持续了|进行了|时长]{t}，[几点|什么时候]开始的？",
            "[火车|汽车|轮船]{c}到达，[行驶了|路上用了]{t}，[几点|什么时候]出发的？",
            "我{c}到家，[走了|骑了|坐车]{t}，[几点|什么时候]出发的？",
            "{c}减[去|]{t}是几点？",
            "{c}-{t}=？",
            "从{c}[往前|倒着]算{t}，是几点？",
            "{c}的{t}前是几点？",
            "[请问|请告诉我|算一算]：{c}之前{t}是几点。",
            "钟上显示{c}，{t}前显示[几点|什么时间]？",
            "[火车|汽车]本来{c}到，早到了{t}，几点到的？",
            "[面包|蛋糕]{c}烤好，烤了{t}，[几点|什么时候]放进去的？",
            "再过{t}就是{c}，现在是几点？",
            "从{c}[倒推|往回推]{t}，是几点？",
            "要比{c}早{t}到，是几点到？",
        )
    ),
}

BETWEEN = {
    ENGLISH: Phrases(
        (
            "How many minutes [is it|are there|pass] from {c} to {e}?",
            "How many minutes from {c} [to|until|till] {e}?",
            "How many minutes after {c} is {e}?",
            "How many minutes before {e} is {c}?",
            "[It is|Now it is|It's] {c}. How many minutes [until|to|till|are left until] {e}?",
            "If it is {c} now, [how many minutes is it until|in how many minutes is it] {e}?",
            "[Count|Give me|Find|Tell me|Calculate] the minutes from {c} [to|until] {e}.",
            "What is the number of minutes from {c} to {e}?",
            "{c} to {e}: how many minutes?",
            "{c} to {e}, how many minutes [is that|are that]?",
            "[A film|A lesson|The match|The show] goes from {c} to {e}. How many minutes does it last?",
            "[A film|A lesson|The match|The show] starts at {c} and ends at {e}. How many minutes is that?",
            "The [train|bus|boat] leaves at {c} and arrives at {e}. How many minutes does the trip take?",
            "I [slept|worked|read|walked] from {c} to {e}. How many minutes was that?",
            "How many minutes must I wait from {c} until {e}?",
            "The [train|bus] comes at {e}. It is {c} now. How many minutes do I [wait|have]?",
            "The [bread|cake] was in the oven from {c} to {e}. How many minutes [was that|did it bake]?",
            "How long is it in minutes from {c} to {e}?",
            "How long, in minutes, is a [break|visit|call] from {c} to {e}?",
            "By how many minutes is {e} later than {c}?",
            "How many minutes earlier than {e} is {c}?",
            "[Work out|Say] how many minutes [pass|go by] from {c} to {e}.",
            "A bus due at {c} came at {e}. How many minutes late was it?",
            "[From|Beginning at] {c}, how many minutes until {e}?",
            "The difference from {c} to {e} is how many minutes?",
        )
    ),
    CHINESE: Phrases(
        (
            "从{c}到{e}[有|是|要过|过了][几分钟|多少分钟]？",
            "{c}到{e}[有|是|要过|过了][几分钟|多少分钟]？",
            "[现在是|如果现在是]{c}，[再过|过|还有][几分钟|多少分钟]到{e}？",
            "{c}之后[几分钟|多少分钟]是{e}？",
            "{e}比{c}晚[几分钟|多少分钟]？",
            "{c}比{e}早[几分钟|多少分钟]？",
            "[电影|比赛|课程|演出]{c}开始，{e}结束，[一共|持续了|进行了][几分钟|多少分钟]？",
            "[火车|汽车|轮船]{c}出发，{e}到达，[路上用了|行驶了][几分钟|多少分钟]？",
            "我从{c}[睡到|走到|等到|读书到]{e}，[一共|用了][几分钟|多少分钟]？",
            "[请问|算一算|求]：{c}到{e}有多少分钟？",
            "车{e}来，现在是{c}，要等[几分钟|多少分钟]？",
            "{c}到{e}，多少分钟？",
            "从{c}算到{e}，是多少分钟？",
            "本来{c}到，结果{e}才到，晚了[几分钟|多少分钟]？",
            "[面包|蛋糕]从{c}烤到{e}，烤了[几分钟|多少分钟]？",
        )
    ),
}
