"""How people ask for a list in order, and how it is answered: data for the task "sorting", nothing else.

{n} is the list, {d} the direction ("from smallest to largest"), {o} the order as a noun ("ascending order").
"""

from __future__ import annotations

from thinkling.tasks.phrase import Phrases
from thinkling.tasks.task import CHINESE, ENGLISH

LISTED = {
    ENGLISH: (
        (", ", ", "),
        (", ", ", "),
        (", ", ", "),
        (", ", " and "),
        (", ", ", and "),
        (" ", " "),
        (",", ","),
    ),
    CHINESE: (
        ("、", "、"),
        ("、", "、"),
        ("，", "，"),
        (", ", ", "),
        ("、", "和"),
        ("，", "和"),
        (" ", " "),
        (",", ","),
    ),
}
"""What stands between the numbers, and before the last one."""

DIRECTIONS = {
    (ENGLISH, True): (
        *("in ascending order", "in ascending order", "in increasing order", "from smallest to largest"),
        *("from smallest to biggest", "from low to high", "from lowest to highest", "from small to large"),
        *("from least to greatest", "starting with the smallest", "with the smallest first", "upwards"),
    ),
    (ENGLISH, False): (
        *("in descending order", "in descending order", "in decreasing order", "from largest to smallest"),
        *("from biggest to smallest", "from high to low", "from highest to lowest", "from large to small"),
        *("from greatest to least", "starting with the largest", "with the largest first", "downwards"),
    ),
    (CHINESE, True): (
        *(
            "从小到大",
            "从小到大",
            "由小到大",
            "从低到高",
            "按从小到大",
            "按升序",
            "按照从小到大的顺序",
            "从最小的开始",
        ),
    ),
    (CHINESE, False): (
        *(
            "从大到小",
            "从大到小",
            "由大到小",
            "从高到低",
            "按从大到小",
            "按降序",
            "按照从大到小的顺序",
            "从最大的开始",
        ),
    ),
}
ORDERS = {
    (ENGLISH, True): ("ascending order", "ascending order", "increasing order", "rising order"),
    (ENGLISH, False): ("descending order", "descending order", "decreasing order", "falling order"),
    (CHINESE, True): ("从小到大的顺序", "由小到大的顺序", "升序"),
    (CHINESE, False): ("从大到小的顺序", "由大到小的顺序", "降序"),
}
"""By language, and whether the order is ascending."""

QUESTIONS = {
    ENGLISH: Phrases(
        (
            "Sort {n} {d}.",
            "[Sort|Order|Arrange|Rank|Line up] {n} {d}.",
            "[Sort|Order|Arrange] [these|the|the following] numbers {d}: {n}[.|]",
            "[Put|Bring|Place|Get] [these|the|the following] numbers [in|into] {o}: {n}[.|]",
            "Write [these|the|the following] numbers in {o}: {n}[.|]",
            "[Put|Bring|Place] {n} [in|into] {o}.",
            "[Please|Now|Just] [sort|order|arrange] {n} {d}.",
            "[Please|Now|Just] put {n} in {o}.",
            "[Can|Could|Would] you [sort|order|arrange] {n} {d}[?| for me?|, please?]",
            "[Can|Could] you put {n} in {o}?",
            "What [is|are] {n} in {o}?",
            "What is the {o} of {n}?",
            "What [is|would be] the list {n} when sorted {d}?",
            "What do you get [if|when] you [sort|arrange|order] {n} {d}?",
            "How do you [sort|order|arrange] {n} {d}?",
            "How [would|do] {n} look in {o}?",
            "[Write|List|Give|Show|Name|Read out] {n} {d}.",
            "[Write|List|Give|Show|Name] the numbers {n} in {o}.",
            "[List|Rewrite|Write] {n} in {o}.",
            "I [need|want|would like] [{n}|the numbers {n}] {d}.",
            "I [need|want] these numbers in {o}: {n}",
            "{n}, {d}[.|, please.|]",
            "{n} in {o}[?|.|]",
            "{n}: [sort|order|arrange] [them|these] {d}.",
            "{n}: what is the {o}?",
            "{n}. [Sort|Order|Arrange] [them|these numbers] {d}.",
            "The numbers are {n}. [Sort|Order|Arrange|Write] them {d}.",
            "[Here are some|I have these|Take these] numbers: {n}. [Sort|Put|Order] them {d}.",
            "Help me [sort|order|arrange] {n} {d}.",
            "[Let's|Try to] sort {n} {d}.",
            "[Tell me|Say] {n} {d}.",
            "Make a sorted list of {n}, {d}.",
            "Sort: {n} ({d})",
            "can [you|u] sort {n} {d}",
            "sort [pls|please] {d}: {n}",
            "[My|Our] [scores|marks|points|prices] are {n}. [List|Sort|Arrange] them {d}.",
            "On [my cards|the tickets|the doors] I see the numbers {n}. [Sort|Order|Arrange] them {d}.",
            "[The teacher|My teacher] wrote {n} on the board. [Write|Sort] the numbers {d}.",
            "Arranged {d}, [how do {n} read|what do {n} become]?",
            "In {o}, how [do|would] {n} read?",
            "In {o}, please: {n}[.|]",
            "{n} please, {d}",
            "I [mixed up|shuffled] the numbers {n}. [Put|Bring|Get] them into {o}.",
            "These numbers are [mixed up|out of order|in a mess]: {n}. [Sort|Arrange] them {d}.",
            "What is the [right|correct] order of {n}, {d}?",
            "[Turn|Change] {n} into a list in {o}.",
            "[Somebody|A friend] gave me the numbers {n}; I [need|want] them {d}.",
            "[Kindly|Please be so kind as to] [sort|arrange] {n} {d}.",
            "[Would|Could] you [rearrange|reorder] {n} {d}[?|, please?]",
            "[Rearrange|Reorder] {n} {d}.",
            "Given {n}, [list|write] the numbers {d}.",
            "Given the list {n}, what is it in {o}?",
            "From the numbers {n}, [make|build|form] a list in {o}.",
            "The list is {n}. [What is it|How does it look] in {o}?",
            "[My homework|The task] is to [sort|order|arrange] {n} {d}. What [do I write|is the result]?",
            "I am [sorting|ordering|arranging] {n} {d}. What [is the result|do I get|comes out]?",
            "Once {n} are sorted {d}, what does the list look like?",
            "After sorting {d}, what [do|would] {n} look like?",
            "Do you know how to [sort|order|arrange] {n} {d}?",
            "[Show me|Let me see|I would like to see] {n} in {o}.",
            "Tell me how {n} look in {o}.",
            "{n} - [sort|order|arrange] {d}",
            "Which list do I get by [sorting|arranging] {n} {d}?",
            "[Can|Could] I have {n} in {o}[?|, please?]",
            "Children with the numbers {n} line up in {o}. List their numbers as they stand.",
            "We [drew|picked] the numbers {n}. [Write|List] them {d}.",
            "The pages {n} are all mixed up. List them in {o}.",
            "There are some numbers here, {n}, and they should go {d}. Write them that way.",
        )
    ),
    CHINESE: Phrases(
        (
            "把{n}{d}[排列|排序|排好|排一排|排起来]。",
            "[把|将|请把|请将]{n}{d}[排列|排序|排好]。",
            "[把|将|请把|请将]{n}[按|按照]{o}[排列|排序|排好]。",
            "[请|]{d}[排列|排序|写出|列出|说出]{n}。",
            "[请|]{d}[排列|排序|写出|列出]：{n}[。|]",
            "{d}排列[这些数|下面的数|这组数|以下数字]：{n}[。|]",
            "[把|将|请把]这些[数|数字]{d}[排列|排序]：{n}[。|]",
            "{n}，[请|]{d}[排列|排序]。",
            "{n}{d}[怎么排|应该怎么排|如何排列|是怎样的|排列是什么]？",
            "{n}{d}[排列|排序|排好][后|以后|之后][是什么|是怎样的]？",
            "[给|帮我给|请给|来给]{n}{d}[排序|排个序]。",
            "对{n}{d}[排序|进行排序|排列]。",
            "[你能|能|可以][把|将]{n}{d}[排列|排好|排序]吗？",
            "能不能[把|将]{n}{d}[排列|排好|排序]？",
            "[数字有|这些数是|已知]{n}。[请|]{d}[排列|排序]。",
            "我[想|要|需要][把|将]{n}{d}[排列|排好|排序]。",
            "如果[把|将]{n}{d}[排列|排序]，[结果是什么|得到什么|会怎样]？",
            "[按|按照]{o}[写出|排列|列出]{n}。",
            "{n}的{o}是什么？",
            "{d}：{n}",
            "[排序|排列|整理]：{n}（{d}）",
            "[帮我|麻烦你|帮忙][把|将]{n}{d}[排一下|排好|排列]。",
            "[告诉我|写下]{n}{d}的[排列|顺序]。",
            "{n}这[些|几个]数，{d}[怎么排|应该怎么排|如何排列]？",
            "[老师写了|黑板上写着|卡片上写着|我抽到了]{n}，[请|]{d}[排列|排好|排一排]。",
            "请给{n}[重新|]排序，{d}。",
            "[这些数乱了|顺序乱了|数字弄乱了]：{n}。请{d}[排好|排列|整理好]。",
            "{n}要{d}排列，[怎么写|怎么排|结果是什么]？",
            "[我的分数|成绩|价格|号码]是{n}，[请|]{d}[列出来|排列|排好]。",
            "请[把|将]{n}重新排列，{d}。",
            "[写作业|做题]要[把|将]{n}{d}排列，[答案|结果]是什么？",
            "{d}[重排|重新排列]{n}。",
            "[按|按照]{o}，{n}[怎么排|应该怎么写|如何排列]？",
            "[谁能|能否]{d}[排列|排好]{n}？",
            "{n}，{d}[，谢谢|，怎么排|]",
            "有[几个数|一组数|这样几个数]：{n}。{d}[写出来|排出来|排列]。",
            "现在有{n}，[把它们|将它们]{d}[排列|排好|排序]。",
            "[排一排|理一理]：{n}，{d}。",
            "[我想看|我想要]{n}{d}[排好的样子|排列的结果]。",
        )
    ),
}
UNDIRECTED = {
    ENGLISH: Phrases(
        (
            "Sort {n}.",
            "[Please|Now|Just] sort {n}.",
            "Sort [these|the|the following] numbers: {n}[.|]",
            "[Put|Bring|Place] {n} in order.",
            "[Put|Arrange] these numbers in order: {n}[.|]",
            "[Can|Could] you sort {n}?",
            "What do you get when you sort {n}?",
            "What is the sorted list of {n}?",
            "Sort the list {n}.",
            "{n}, sorted.",
            "sort {n} [pls|please]",
            "[Would|Could] you sort {n}[?|, please?]",
            "[Get|Bring] these numbers into order: {n}",
            "I need {n} sorted.",
            "[Here are|I have] some numbers: {n}. Sort them.",
            "Which list do you get by sorting {n}?",
            "The numbers {n} need sorting.",
            "{n}: sort[.|, please.|]",
        )
    ),
    CHINESE: Phrases(
        (
            "[给|对|请给|请对]{n}排序。",
            "[把|将]{n}排[序|好|个序]。",
            "排序：{n}",
            "请排序：{n}。",
            "[帮我|请帮我|麻烦]给{n}排个序。",
            "{n}，排个序。",
            "{n}排序[后|以后]是什么？",
            "数字有{n}，[请排序|排一排]。",
        )
    ),
}
"""Questions that name no direction: ascending is meant."""

ANSWERS = {
    ENGLISH: ("{n}", "{n}", "{n}", "{n}", "Sorted: {n}", "In order: {n}", "The sorted list is {n}.", "{n}."),
    CHINESE: ("{n}", "{n}", "{n}", "{n}", "排好了：{n}", "顺序是{n}。", "排序结果是{n}。", "{n}。"),
}
JOINED = {ENGLISH: ", ", CHINESE: "、"}
