"""How people ask how often the letter {c} stands in the word {w}, and how that is answered: pure data.

{s} is the letter in the plural where the count {n} asks for it ("r's", but 1 "r"), {are} "is" or "are".
"""

from __future__ import annotations

from thinkling.tasks.phrase import Phrases
from thinkling.tasks.task import CHINESE, ENGLISH

QUESTIONS = {
    ENGLISH: Phrases(
        (
            "How many {c}'s are in {w}?",
            "How many {c}'s are in {w}?",
            "How many {c}'s are [in|there in] {w}?",
            "How many {c}'s are [in|there in] the word {w}?",
            "How many {c}'s does {w} [have|contain|hold]?",
            "How many {c}'s has {w} got?",
            "How many {c}'s does the word {w} [have|contain|hold|use]?",
            "[how|How] many {c}'s in {w}[?|]",
            "[how|How] many {c} are in {w}[?|]",
            'How many [{c}\'s|letters {c}] are [in|inside|within] [{w}|the word {w}|the word "{w}"]?',
            "How many {c}'s [can you find|do you see|do you count] in {w}?",
            "How many of the letters [in|of] {w} are {c}?",
            "How many letters of {w} are {c}?",
            "How many times does [{c}|the letter {c}] [appear|occur|show up|stand] in {w}?",
            "How many times [do you see|do we meet|do I find] [{c}|the letter {c}] in {w}?",
            'How many times does the letter "{c}" [appear|occur] in "{w}"?',
            "How often does [{c}|the letter {c}] [appear|occur|come|show up] in [{w}|the word {w}]?",
            "How often [is {c} used|do you write {c}] in {w}?",
            'Count the [{c}\'s|letter {c}|letters {c}] in [{w}|the word {w}|"{w}"].',
            "[Please|Now|Just] count [the {c}'s|how many {c}'s are|the letter {c}] in {w}.",
            "[Can|Could|Would] you count the {c}'s in {w}[?| for me?|, please?]",
            "[Can|Could] you tell me how many {c}'s {w} has?",
            "Tell me how many {c}'s [are in {w}|there are in {w}|{w} has].",
            "Tell me how often {c} [occurs|appears] in {w}.",
            "What is the [number|count] of {c}'s in {w}?",
            "What's the [number|count] of {c}'s in {w}?",
            "[Find|Give me|Tell me|State] the [number|count] of {c}'s in {w}.",
            "[Find|Work out|Figure out] how many {c}'s [are in {w}|{w} contains].",
            "I [want|need|would like] to know how many {c}'s are in {w}.",
            "Do you know how many {c}'s are in {w}?",
            "In {w}, how many {c}'s are there?",
            "In the word {w}, [how often|how many times] does {c} [appear|occur]?",
            "[Look at|Take|Consider|Read] the word {w}. How many {c}'s [does it have|are in it|are there]?",
            "[My word is|The word is|Here is a word:] {w}. How many {c}'s does it [have|contain]?",
            "The letter is {c} and the word is {w}. How [often does it occur|many are there]?",
            "{w}: how many {c}'s?",
            "{w}: [count the {c}'s|how many times {c}|how many letters {c}][.|?]",
            "{w} has how many {c}'s?",
            "The word {w} [has|contains] how many {c}'s?",
            "Number of {c}'s in {w}[?|]",
            "If you spell {w}, how [many {c}'s do you write|often do you say {c}]?",
            "Spell {w} and count the {c}'s.",
        )
    ),
    CHINESE: Phrases(
        (
            "{w}里有几个{c}？",
            "{w}里有多少个{c}？",
            "{w}[里|中|里面]有[几个|多少个]{c}？",
            "{w} [里|中|里面]有[几个|多少个] {c}？",
            "{w}[里|中|里面]有[几个|多少个]字母{c}？",
            "[单词|英文单词|词]{w}[里|中|里面][有|一共有|共有|含有][几个|多少个][{c}|字母{c}|字母 {c} ]？",
            "单词“{w}”[里|中]有[几个|多少个][字母|]“{c}”？",
            "在{w}[里|中|这个词里|这个单词中]，[有几个|有多少个|一共有几个]{c}？",
            "[字母|]{c}在{w}[里|中]出现[了|过|][几次|多少次]？",
            "字母{c}在单词{w}[里|中]出现[了几次|多少次|几次]？",
            "[数一数|请数一数|数数|请数出|帮我数数|数一下]{w}[里|中]有[几个|多少个]{c}。",
            "[数一数|数数|请数|帮我数]单词{w}[里|中]的[字母|]{c}。",
            "{w}这个[词|单词][有|里有|含有|中有][几个|多少个]{c}？",
            "{w}[含有|包含|用了][几个|多少个][{c}|字母{c}]？",
            "[请告诉我|告诉我|我想知道]{w}[里|中]有[几个|多少个]{c}。",
            "[你知道|你能数出|能告诉我]{w}里有[几个|多少个]{c}吗？",
            "{w}[里|中]{c}的[个数|数量|数目][是多少|是几|有多少]？",
            "{w}[里|中]的{c}[有几个|有多少个|一共几个]？",
            "{w}：[几个|有几个|多少个]{c}？",
            "[有几个|有多少个]{c}在{w}[里|中]？",
            "[求|算出|写出]{w}[里|中]字母{c}的[个数|数量]。",
            "拼写{w}[要用|需要|会用到][几个|多少个]{c}？",
            "看[这个词|这个单词]：{w}。[里面|其中]有[几个|多少个]{c}？",
            "{w}的字母[里|中]，[几个|有几个|多少个]是{c}？",
        )
    ),
}
ANSWERS = {
    ENGLISH: (
        *(
            "{n}",
            "{n}",
            "{n}",
            "{n}",
            "The answer is {n}.",
            "There {are} {n} {s} in {w}.",
            "There {are} {n}.",
        ),
        *("{n}.", "I count {n}.", "{w} has {n} {s}.", "It has {n}."),
    ),
    CHINESE: (
        *("{n}", "{n}", "{n}", "{n}个", "答案是{n}。", "有{n}个。", "{w}里有{n}个{c}。"),
        *("{n}个。", "一共{n}个。", "共{n}个。", "有{n}个{c}。"),
    ),
}
