"""How people ask for a weekday, a month or a number of days: data for the task "calendar", nothing else.

{k} is what is asked for ("day", "month", "星期几"), {d} a weekday or month, {e} another one, {t} a span of
time ("3 days", "三天"), {on} "on" or "in"; of dates, {d} and {e} are the earlier and the later one.
"""

from __future__ import annotations

from thinkling.tasks.phrase import Phrases
from thinkling.tasks.task import CHINESE, ENGLISH

AFTER = {
    ENGLISH: Phrases(
        (
            "[What|Which] {k} [is|comes|is it|will it be] {t} after {d}?",
            "[What|Which] {k} [is|comes|is it|will it be] {t} after {d}?",
            "What {k} is it {t} after {d}?",
            "If [it is|it's|this is] {d} now, [what|which] {k} will it be [in {t}|{t} from now|after {t}]?",
            "It is {d} now. [What|Which] {k} [will it be|is it] [in {t}|{t} from now|after {t}|{t} later]?",
            "[Name|Tell me|Find|Give me|Say] the {k} [that comes|that is|coming|falling] {t} after {d}.",
            "{t} after {d} is [what|which] {k}?",
            "{d} plus {t} [is|gives|makes] [what|which] {k}?",
            "{d} + {t} = ?",
            "{d} + {t}",
            "[Starting|Counting] from {d}, [what|which] {k} [is {t} later|do you reach after {t}]?",
            "[Count|Go|Move] {t} [forward|onwards|on] from {d}. [What|Which] {k} do you [get|reach]?",
            "A [course|show|sale|journey] [starts|begins] {on} {d} and [ends|is over] {t} later. "
            "[What|Which] {k} is [that|it then]?",
            "[My|Our|The] [meeting|exam|party|visit|game] is {t} after {d}. [What|Which] {k} is that?",
            "[What|Which] {k} follows {d} by {t}?",
            "I [ordered a book|sent a letter|bought a plant] {on} {d}, and it [came|arrived] {t} later. "
            "[What|Which] {k} [was it|was that]?",
            "[Suppose|Say|Imagine|Assume] it is {d}. [What|Which] {k} [is it|will it be] after {t}?",
            "[Can|Could] you [tell me|say|work out|find out] [what|which] {k} is {t} after {d}?",
            "[Which|What] {k} do I [get|reach|come to] if I [count|go] {t} on from {d}?",
            "From {d}, {t} later: [what|which] {k}?",
            "{d}, and then {t} more. [What|Which] {k} is it?",
            "I [leave|go away] {on} {d} and [come back|return] {t} later. [What|Which] {k} do I return?",
            "The [library|museum|shop] [opens|closes] {t} after {d}. [What|Which] {k} is that?",
            "[Work out|Compute|Calculate|Determine] the {k} {t} after {d}.",
            "[What|Which] {k} do you get when you add {t} to {d}?",
            "Add {t} to {d}.",
            "It was {d}. Then {t} passed. [What|Which] {k} is it now?",
            "The last time was {d}; the next time is {t} later. [What|Which] {k} will that be?",
            "[What|Which] {k} will it be {t} on, counting from {d}?",
            "Wait {t} from {d}. [What|Which] {k} is it [now|then]?",
            "Let {t} pass from {d}: [what|which] {k} is it then?",
            "[What|Which] {k} [lies|is] {t} later than {d}?",
        )
    ),
    CHINESE: Phrases(
        (
            "{d}[之后|以后|过后|后]{t}是{k}？",
            "{d}[再过|过|加|加上]{t}是{k}？",
            "[现在是|假如现在是|如果现在是]{d}，[过{t}|{t}后|再过{t}|{t}之后]是{k}？",
            "[从{d}算起|从{d}开始|由{d}起]，[过{t}|{t}后|再过{t}]是{k}？",
            "从{d}[往后|向后]数{t}，是{k}？",
            "{d}的{t}后是{k}？",
            "{d}加{t}[等于|得到|是]{k}？",
            "{d}+{t}=？",
            "[请问|那么|你说]{d}[之后|过后]{t}是{k}[？|呢？]",
            "[请告诉我|说说]{d}[之后|过后]{t}是{k}。",
            "[你知道|能告诉我]{d}[之后|过后]{t}是{k}吗？",
            "[算一算|说出|求]：{d}{t}后是{k}。",
            "[会议|考试|比赛]在{d}之后{t}[举行|开始]，那是{k}？",
            "我{d}[出发|离开]，{t}后[回来|返回]，回来时是{k}？",
            "{d}[寄出的信|买的书]{t}后[到达|送到]，到达时是{k}？",
            "假设[这是|现在是]{d}，那么{t}后[会是|是]{k}？",
            "{t}前是{d}，现在是{k}？",
            "上一次是{d}，下一次要再等{t}，是{k}？",
        )
    ),
}

BEFORE = {
    ENGLISH: Phrases(
        (
            "[What|Which] {k} [is|comes|is it|was it] {t} before {d}?",
            "[What|Which] {k} [is|comes|is it|was it] {t} before {d}?",
            "What {k} was it {t} before {d}?",
            "If [it is|it's|this is] {d} now, [what|which] {k} was it {t} [ago|earlier|before]?",
            "It is {d} now. [What|Which] {k} was it {t} [ago|earlier|before|back]?",
            "[Name|Tell me|Find|Give me|Say] the {k} [that comes|that is|falling] {t} before {d}.",
            "{t} before {d} is [what|which] {k}?",
            "{d} minus {t} [is|gives|makes] [what|which] {k}?",
            "{d} - {t} = ?",
            "{d} - {t}",
            "[Starting|Counting] back from {d}, [what|which] {k} [is {t} earlier|do you reach after {t}]?",
            "[Count|Go|Move] {t} [back|backwards] from {d}. [What|Which] {k} do you [get|reach]?",
            "A [course|show|sale|journey] that [ended|was over] {on} {d} had [started|begun] {t} earlier. "
            "[What|Which] {k} was that?",
            "[My|Our|The] [meeting|exam|party|visit|game] is {t} before {d}. [What|Which] {k} is that?",
            "[What|Which] {k} precedes {d} by {t}?",
            "A [book|letter|parcel] that came {on} {d} was sent {t} earlier. [What|Which] {k} was that?",
            "[Suppose|Say|Imagine|Assume] it is {d}. [What|Which] {k} was it {t} [ago|earlier]?",
            "[Can|Could] you [tell me|say|work out|find out] [what|which] {k} is {t} before {d}?",
            "[Which|What] {k} do I [get|reach|come to] if I [count|go] {t} back from {d}?",
            "From {d}, {t} earlier: [what|which] {k}?",
            "{d}, but {t} sooner. [What|Which] {k} is it?",
            "I [came back|returned] {on} {d}; I had left {t} earlier. [What|Which] {k} did I leave?",
            "The [library|museum|shop] [opened|closed] {t} before {d}. [What|Which] {k} was that?",
            "[Work out|Compute|Calculate|Determine] the {k} {t} before {d}.",
            "[What|Which] {k} do you get when you [take {t} from|subtract {t} from] {d}?",
            "Take {t} away from {d}.",
            "After {t} of waiting it is {d}. [What|Which] {k} did I begin to wait?",
            "The next time is {d}; the last time was {t} earlier. [What|Which] {k} was that?",
            "I must be ready {t} before {d}. [What|Which] {k} is that?",
            "[What|Which] {k} [lies|is] {t} earlier than {d}?",
            "Turn the calendar back {t} from {d}: [what|which] {k} is it then?",
        )
    ),
    CHINESE: Phrases(
        (
            "{d}[之前|以前|前]{t}是{k}？",
            "{d}[减|减去]{t}是{k}？",
            "[现在是|假如现在是|如果现在是]{d}，[{t}前|{t}之前|{t}以前]是{k}？",
            "从{d}[往前|倒着]数{t}，是{k}？",
            "[从{d}算起|由{d}起]，{t}前是{k}？",
            "{d}的{t}前是{k}？",
            "{d}减{t}[等于|得到|是]{k}？",
            "{d}-{t}=？",
            "[请问|那么|你说]{d}[之前|以前]{t}是{k}[？|呢？]",
            "[请告诉我|说说]{d}[之前|以前]{t}是{k}。",
            "[你知道|能告诉我]{d}[之前|以前]{t}是{k}吗？",
            "[算一算|说出|求]：{d}{t}前是{k}。",
            "[会议|考试|比赛]在{d}之前{t}[举行|开始]，那是{k}？",
            "我{d}回来，是{t}前[出发|离开]的，出发时是{k}？",
            "{d}[收到的信|送到的书]是{t}前寄出的，寄出时是{k}？",
            "假设[这是|现在是]{d}，那么{t}前是{k}？",
            "{t}后是{d}，现在是{k}？",
            "下一次是{d}，上一次早{t}，是{k}？",
        )
    ),
}

# What follows asks how much later one day is than another. A question that would let a sensible person count
# both ends ("Monday to Friday: how many days?") has no place here.
SPAN = {
    ENGLISH: Phrases(
        (
            "How many days after {d} [is|comes] [the next |]{e}?",
            "How many days before [the next |]{e} is {d}?",
            "[It is|Today is|It's] {d}. [How many days until|In how many days is it] {e}?",
            "If [today|it] is {d}, [how many days is it until|in how many days is it] {e}?",
            "If [today|it] is {d}, how many days from now is it {e}?",
            "How many days must I wait from {d} until [the next |]{e}?",
            "I [leave|go] on {d} and [return|come back] on [the next |]{e}. How many days later is that?",
            "I [check in|arrive] on {d} and [check out|leave] on [the next |]{e}. How many nights do I stay?",
            "{d} plus how many days is {e}?",
            "How many days [must I add|do you add] to {d} to get to {e}?",
            "[The next |]{e} [is|comes] how many days after {d}?",
            "How many days later than {d} is [the next |]{e}?",
            "By how many days does [the next |]{e} follow {d}?",
            "[Tell me|Say|Find] how many days after {d} [the next |]{e} comes.",
            "Today is {d}, and the [exam|party|visit] is on {e}. How many days [are left|remain]?",
        )
    ),
    CHINESE: Phrases(
        (
            "{d}之后[几天|多少天]是[下一个|]{e}？",
            "{d}再过[几天|多少天]是[下一个|]{e}？",
            "[今天是|现在是|如果今天是|假如今天是]{d}，[再过|还要过|过][几天|多少天]是{e}？",
            "[今天是|现在是|如果今天是]{d}，[几天|多少天]后是{e}？",
            "[今天是|现在是]{d}，[离|到][下一个|]{e}还有[几天|多少天]？",
            "[下一个|]{e}在{d}之后[几天|多少天]？",
            "[下一个|]{e}之前[几天|多少天]是{d}？",
            "下一个{e}比{d}晚[几天|多少天]？",
            "{d}加上[几天|多少天]是{e}？",
            "{d}[出发|离开]，[几天|多少天]后回来是{e}？",
            "我{d}[出发|离开]，{e}回来，是[几天|多少天]以后回来的？",
            "[请问|那么|你说]{d}再过[几天|多少天]是{e}？",
            "[请告诉我|算一算]{d}再过[几天|多少天]是{e}。",
            "我在{d}，要等到{e}，还要等[几天|多少天]？",
            "{d}入住，{e}退房，[住了几晚|要住几晚|一共住几晚]？",
            "[考试|比赛|生日]是{e}，今天是{d}，还有[几天|多少天]？",
        )
    ),
}

DATES = {
    ENGLISH: Phrases(
        (
            "How many days after {d} is {e}?",
            "How many days after {d} [is|comes] {e}?",
            "[It is|Today is|It's] {d}. How many days [until|till|are left until|remain until] {e}?",
            "If today is {d}, [how many days is it until|in how many days is it] {e}?",
            "If today is {d}, how many days from now is {e}?",
            "How many days must I wait from {d} until {e}?",
            "I [leave|go away] on {d} and [return|come back] on {e}. How many days later is that?",
            "I [check in|arrive] on {d} and [check out|leave] on {e}. How many nights do I stay?",
            "[A letter|The parcel] was sent on {d} and came on {e}. How many days later was that?",
            "[A letter|The parcel] that was sent on {d} came on {e}. After how many days was that?",
            "The [fair|holiday|course] is on {e}, and now it is {d}. How many days [are left|remain]?",
            "Today is {d} and [my birthday|the party|the exam] is on {e}. How many days to go?",
            "[Work out|Calculate|Compute|Find] how many days after {d} {e} [is|comes].",
            "[Work out|Calculate|Compute] how many days later {e} is than {d}.",
            "[Count|Give me|Find] the days that I must wait on {d} until it is {e}.",
            "How many days later than {d} is {e}?",
            "How many days earlier than {e} is {d}?",
            "How many days before {e} is {d}?",
            "By how many days does {e} come after {d}?",
            "[I planted|We planted] a seed on {d}, and it came up on {e}. After how many days was that?",
            "{e} is how many days after {d}?",
            "{d} is how many days before {e}?",
            "{d} plus how many days is {e}?",
            "How many days [must I add|do you add] to {d} to get to {e}?",
            "[Can|Could] you [tell me|say] how many days after {d} {e} is?",
        )
    ),
    CHINESE: Phrases(
        (
            "{d}之后[几天|多少天]是{e}？",
            "{d}再过[几天|多少天]是{e}？",
            "[今天是|现在是|如果今天是]{d}，[再过|还要过|过][几天|多少天]是{e}？",
            "[今天是|现在是]{d}，[离|到]{e}还有[几天|多少天]？",
            "{e}比{d}晚[几天|多少天]？",
            "{d}比{e}早[几天|多少天]？",
            "{e}在{d}之后[几天|多少天]？",
            "{e}之前[几天|多少天]是{d}？",
            "我在{d}，要等到{e}，还要等[几天|多少天]？",
            "[请问|那么|你说]{d}再过[几天|多少天]是{e}？",
            "[请告诉我|算一算|求]：{e}比{d}晚[几天|多少天]。",
            "我{d}[出发|离开]，{e}回来，是[几天|多少天]以后回来的？",
            "[考试|生日|比赛]是{e}，今天是{d}，还有[几天|多少天]？",
            "信{d}寄出，{e}[收到|到达]，是[几天|多少天]以后？",
            "{d}种下，{e}发芽，是种下[几天|多少天]以后？",
            "{d}入住，{e}退房，[住了几晚|要住几晚|一共住几晚]？",
            "{d}加上[几天|多少天]是{e}？",
        )
    ),
}
