"""How people ask which of just two numbers is the larger or smaller one: data for the task "compare".

The fields are those of `compare_wordings`; {a} and {b} are the two numbers in the order of the question.
"""

from __future__ import annotations

from thinkling.tasks.phrase import Phrases
from thinkling.tasks.task import CHINESE, ENGLISH

QUESTIONS_OF_TWO = {
    ENGLISH: Phrases(
        (
            "One [number|value|result] is {a}[, the other| and the other] is {b}. Which [is|one is] {c}?",
            "One is {a} and the other {b}. [Which is {c}?|Name the {c} one.|Which of the two is {c}?]",
            "The first number is {a}[, the second| and the second] is {b}. [Which is|Which number is] {c}?",
            "The first [value|reading|result|score] is {a}, the second {b}. Which [is|one is] {c}?",
            "I have {a}, you have {b}. Which number is {c}?",
            "[Anna|Tom|My friend] [chose|wrote|drew] {a} and [Ben|I|my brother] {b}. Which number is {c}?",
            "You pick {a}[;|,] I pick {b}. Which number is {c}?",
            "Here is {a}. There is {b}. Which [is|one is] {c}?",
            "First {a}, then {b}: which is {c}?",
            "On the left is {a}, on the right [is |]{b}. Which [number|one] is {c}?",
            "Compare {a} [with|to|and] {b}. Which [is|one is|of the two is] {c}?",
            "Comparing {a} [with|to] {b}, which is {c}?",
            "Both {a} and {b} are on my list. Which of the two is {c}?",
            "Of the two numbers {a} and {b}, [which is {c}|which is the {c} one]?",
            "Given two numbers, {a} and {b}, which is {c}?",
            "{a} and {b} - which of the two is {c}?",
            "{a} {b} which is {c}",
            "{a} / {b}: which is {c}[?|]",
            "{a}? Or {b}? Which is {c}?",
            "Is {a} [{c}|the {c} number|the {c} one], or is {b}?",
            "Is {a} or {b} the {c} of the two?",
            "Does {a} or {b} have the {c} value?",
            "[My sister|Tom|Grandma] says {a} is {c}, [but I say|and I say] {b}. Which number is it really?",
            "Some say {a} is {c}, others say {b}. Which number is [it|{c}]?",
            "[Put|Hold|Lay] {a} next to {b}. Which is {c}?",
            "If x is {a} and y is {b}, [which number is {c}|what is the {c} value]?",
            "My [answer|result] is {a}, the book says {b}. Which number is {c}?",
            "[Yesterday|Earlier] the counter showed {a}, now it shows {b}. Which number is {c}?",
        )
    ),
    CHINESE: Phrases(
        (
            "一个[数|]是{a}，另一个[数|]是{b}，[哪个|哪一个]{c}？",
            "第一个数是{a}，第二个[数|]是{b}，[哪个|哪一个|哪个数]{c}？",
            "我写了{a}，[同桌|他|妹妹]写了{b}，哪个数{c}？",
            "左边是{a}，右边是{b}，哪个数{c}？",
            "把{a}[和|跟]{b}放在一起比，哪个{c}？",
            "{a}[跟|和|与]{b}比，哪个{c}？",
            "有人说{a}{c}，有人说{b}{c}，到底哪个{c}？",
            "是{a}{c}，还是{b}{c}？",
            "{a}和{b}这两个数[里|中]，哪个{c}？",
            "两个数：{a}，{b}。{c}的是[哪个|哪一个]？",
            "{a} {b} 哪个{c}",
            "先看{a}，再看{b}，[哪个|哪个数]{c}？",
            "昨天记的是{a}，今天记的是{b}，哪个数{c}？",
        )
    ),
}
"""By language: questions with an adjective, about just two numbers."""

EXTREMES_OF_TWO = {
    (ENGLISH, True): Phrases(
        (
            "Which is longer, {a} metres or {b} metres?",
            "Which is heavier, {a} kg or {b} kg?",
            "Which is dearer, {a} euros or {b} euros?",
            "Which is warmer, {a} degrees or {b} degrees?",
            "which is longer, {a}m or {b}m",
            "what weighs more, {a}kg or {b}kg[?|]",
            "what costs more, ${a} or ${b}[?|]",
            "One [rope|board|road|train] is {a} metres long, the other {b}. How long is the longer one?",
            "One [bag|parcel|box] weighs {a} [kilos|pounds], the other {b}. How heavy is the heavier one?",
            "One [bottle|jug|bucket] holds {a} litres, the other {b}. How much does the bigger one hold?",
            "[Tom|Anna] [jumped|threw] {a} metres, [Ben|Mia] {b}. How many metres is the longer distance?",
            "One shop asks {a} euros, [another|the next one] {b}. What is the higher price?",
            "A [pen|book] costs {a} [dollars|euros|pounds], a [cup|ball] {b}. How much is the dearer one?",
            "In the morning it was {a} degrees, [at noon|at night] {b}. What was the warmer temperature?",
            "Monday brought {a} millimetres of rain, Tuesday {b}. What was the larger amount?",
            "The river stood at {a} metres and now stands at {b}. [What|Which] is the higher level?",
            "The first film lasted {a} minutes, the second {b}. How long did the longer one last?",
            "One team has {a} points, the other {b}. How many points does the team in front have?",
            "My [path|walk|ride] is {a} kilometres long, yours {b}. How long is the longer one?",
            "Put {a} and {b} on a number line. Which is on the right?",
            "Counting up from zero, do I reach {a} or {b} later?",
            "[Sort|Put] {a} and {b} from small to large. Which comes second?",
            "Which number is above the other, {a} or {b}?",
            "I have {a} [euros|dollars] in one pocket and {b} in the other. Which amount is more?",
            "It is {a} miles to the lake and {b} to the town. How many miles is the longer way?",
        )
    ),
    (ENGLISH, False): Phrases(
        (
            "Which is shorter, {a} metres or {b} metres?",
            "Which is lighter, {a} kg or {b} kg?",
            "Which is cheaper, {a} euros or {b} euros?",
            "Which is colder, {a} degrees or {b} degrees?",
            "which is shorter, {a}m or {b}m",
            "what weighs less, {a}kg or {b}kg[?|]",
            "what costs less, ${a} or ${b}[?|]",
            "One [rope|board|road|train] is {a} metres long, the other {b}. How long is the shorter one?",
            "One [bag|parcel|box] weighs {a} [kilos|pounds], the other {b}. How heavy is the lighter one?",
            "One [bottle|jug|bucket] holds {a} litres, the other {b}. How much does the smaller one hold?",
            "[Tom|Anna] [jumped|threw] {a} metres, [Ben|Mia] {b}. How many metres is the shorter distance?",
            "One shop asks {a} euros, [another|the next one] {b}. What is the lower price?",
            "A [pen|book] costs {a} [dollars|euros|pounds], a [cup|ball] {b}. How much is the cheaper one?",
            "In the morning it was {a} degrees, [at noon|at night] {b}. What was the colder temperature?",
            "Monday brought {a} millimetres of rain, Tuesday {b}. What was the smaller amount?",
            "The river stood at {a} metres and now stands at {b}. [What|Which] is the lower level?",
            "The first film lasted {a} minutes, the second {b}. How long did the shorter one last?",
            "One team has {a} points, the other {b}. How many points does the team behind have?",
            "My [path|walk|ride] is {a} kilometres long, yours {b}. How long is the shorter one?",
            "Put {a} and {b} on a number line. Which is on the left?",
            "Counting up from zero, do I reach {a} or {b} sooner?",
            "[Sort|Put] {a} and {b} from small to large. Which comes first?",
            "Which number is below the other, {a} or {b}?",
            "I have {a} [euros|dollars] in one pocket and {b} in the other. Which amount is less?",
            "It is {a} miles to the lake and {b} to the town. How many miles is the shorter way?",
        )
    ),
    (CHINESE, True): Phrases(
        (
            "一根绳子长{a}米，另一根长{b}米，[较|比较|]长的那根是多少米？",
            "一袋重{a}公斤，另一袋重{b}公斤，[较|比较|]重的那袋是多少公斤？",
            "早上{a}度，[中午|晚上]{b}度，较高的温度是多少度？",
            "一家店卖{a}元，另一家卖{b}元，较贵的价钱是多少？",
            "[小明|小军]跳了{a}米，[小红|小丽]跳了{b}米，较远的一跳是多少米？",
            "这瓶{a}升，那瓶{b}升，装得多的那瓶是多少升？",
            "红队{a}分，蓝队{b}分，领先的队得了多少分？",
            "{a}米和{b}米，哪个长？",
            "{a}公斤和{b}公斤，哪个[更重|重]？",
            "去湖边{a}公里，去城里{b}公里，远的那条路是多少公里？",
            "电影长{a}分钟，动画片长{b}分钟，较长的是多少分钟？",
        )
    ),
    (CHINESE, False): Phrases(
        (
            "一根绳子长{a}米，另一根长{b}米，[较|比较|]短的那根是多少米？",
            "一袋重{a}公斤，另一袋重{b}公斤，[较|比较|]轻的那袋是多少公斤？",
            "早上{a}度，[中午|晚上]{b}度，较低的温度是多少度？",
            "一家店卖{a}元，另一家卖{b}元，较便宜的价钱是多少？",
            "[小明|小军]跳了{a}米，[小红|小丽]跳了{b}米，较近的一跳是多少米？",
            "这瓶{a}升，那瓶{b}升，装得少的那瓶是多少升？",
            "红队{a}分，蓝队{b}分，落后的队得了多少分？",
            "{a}米和{b}米，哪个短？",
            "{a}公斤和{b}公斤，哪个[更轻|轻]？",
            "去湖边{a}公里，去城里{b}公里，近的那条路是多少公里？",
            "电影长{a}分钟，动画片长{b}分钟，较短的是多少分钟？",
        )
    ),
}
"""The same about just two numbers."""
