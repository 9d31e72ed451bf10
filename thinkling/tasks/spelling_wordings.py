"""How people ask for the letters of a word {w}, and how that is answered: data for the task "spelling".

{s} says what to put between the letters, {k} which letter is asked for ("third", "第三个"); in an answer, {a}
is what was asked for.
"""

from __future__ import annotations

from thinkling.tasks.phrase import Phrases
from thinkling.tasks.task import CHINESE, ENGLISH

BETWEEN = {
    (ENGLISH, "-"): (
        *("with dashes", "with dashes", "with hyphens", "with dashes between the letters", "using dashes"),
        *("with a dash between the letters", "separated by dashes", "separated by hyphens"),
    ),
    (ENGLISH, " "): ("with spaces", "with spaces between the letters", "separated by spaces", "using spaces"),
    (ENGLISH, ""): ("letter by letter", "letter by letter", "one letter at a time", "each letter alone"),
    (CHINESE, "-"): ("用短横线隔开", "用连字符隔开", "字母之间加短横线", "用横线连接", "字母之间用连字符"),
    (CHINESE, " "): ("用空格隔开", "字母之间加空格", "中间加空格"),
    (CHINESE, ""): ("一个字母一个字母地写", "逐个字母", "一个一个字母来", "每个字母分开"),
}
"""By language and what is asked for between the letters: dashes, spaces, or nothing in particular."""
NAMES_OF_BETWEEN = {"-": ("dash", "hyphen", "横线", "连字符"), " ": ("space", "空格")}

SPELL = {
    ENGLISH: Phrases(
        (
            "Spell {w} {s}.",
            "Spell {w} {s}.",
            "[Please|Now|Just|Let's|Try to] spell {w} {s}.",
            "Spell [out|the word|out the word] {w} {s}.",
            "[Can|Could|Would] you spell {w} {s}[?|, please?| for me?]",
            "How [do you|would you|do I|do we|can I] spell {w} {s}?",
            "How is [{w}|the word {w}] spelled {s}?",
            "[Write|Give me|Show me|Say|List] the letters of {w} {s}.",
            "[Write|Print|Type] {w} {s}.",
            "[What|Which] letters [make up|are in|form] {w}? [Write|List|Give] them {s}.",
            "{w}: spell it {s}.",
            "{w}, spelled {s}[.|]",
            "[The word is|My word is|Here is a word:] {w}. Spell it {s}.",
            "I [want|need|would like] {w} spelled {s}.",
            "[Break|Split] {w} into its letters, {s}.",
            "Help me spell {w} {s}.",
            "[Tell me|Show me] how to spell {w} {s}.",
            "Do you know how to spell {w} {s}?",
            "What does {w} look like spelled {s}?",
            "Take the word {w} apart, {s}.",
        )
    ),
    CHINESE: Phrases(
        (
            "请拼写{w}，{s}。",
            "[拼写|拼一下|拼出]单词{w}，{s}。",
            "[把|将]{w}[拼出来|拆成字母|的字母写出来]，{s}。",
            "{w}[怎么拼|怎么拼写|如何拼写|是怎么拼的]？{s}。",
            "[请|]写出{w}的[每个字母|所有字母|全部字母]，{s}。",
            "[你能|你会|可以]拼{w}吗？{s}。",
            "能不能拼一下{w}？{s}。",
            "单词{w}由哪些字母组成？{s}。",
            "[帮我|请帮我|麻烦你]拼一下{w}，{s}。",
            "{w}，[请拼出来|拼一下|怎么拼]，{s}。",
            "我[想知道|要知道|不知道]{w}怎么拼，{s}。",
            "[告诉我|说说]{w}[怎么拼|的拼写]，{s}。",
            "[拼读|拼写|拼]：{w}（{s}）",
            "单词是{w}。[请|]拼出来，{s}。",
            "{s}，拼出{w}。",
            "{w}里有哪些字母？[依次写出|按顺序写]，{s}。",
        )
    ),
}
BACKWARDS = {
    ENGLISH: Phrases(
        (
            "Spell {w} backwards.",
            "[Write|Say|Spell|Print|Type] [{w}|the word {w}] [backwards|in reverse|back to front].",
            "[Write|Say|Spell|Read] {w} [from the end to the start|from right to left|from back to front].",
            "What is {w} [backwards|spelled backwards|written backwards|in reverse|reversed]?",
            "[Reverse|Turn around|Flip] [{w}|the word {w}|the letters of {w}].",
            "[Please|Now|Just] [reverse {w}|spell {w} backwards|write {w} backwards].",
            "[How do you|How would you|How do I] [spell|write] {w} [backwards|in reverse]?",
            "[Can|Could|Would] you [spell|write|say] {w} backwards[?|, please?]",
            "[Can|Could] you reverse [{w}|the word {w}]?",
            "If you read {w} backwards, what do you get?",
            "What do you get [if|when] you [reverse|turn around|flip] {w}?",
            "{w} [backwards|in reverse|reversed][.|?|]",
            "{w}: [write it|spell it|say it] [backwards|in reverse].",
            "[The word is|Here is a word:|Take the word] {w}. [Spell|Write] it [backwards|in reverse].",
            "Read {w} from the last letter to the first.",
            "[Write|Give me|List] the letters of {w} in reverse order.",
            "I [need|want] {w} [backwards|in reverse|spelled backwards].",
            "[Tell me|Show me] {w} [backwards|in reverse|spelled backwards].",
            "[Start|Begin] at the end and spell {w}.",
            "How does {w} look [backwards|in reverse]?",
        )
    ),
    CHINESE: Phrases(
        (
            "[把|将|请把]{w}[倒过来|反过来][写|拼|拼写]。",
            "[倒着|反着|从后往前][写|拼写|拼|念]{w}。",
            "[请|请你][倒着|反着][写出|拼出]单词{w}。",
            "{w}[倒过来|反过来|倒着写|反着写][是什么|怎么写|怎么拼|是怎样的]？",
            "单词{w}[倒过来|反过来]是什么？",
            "从最后一个字母开始[写|拼]{w}。",
            "[把|将]{w}的字母[倒序|反向|颠倒过来][排列|写出]。",
            "如果[倒着|反着]读{w}，[得到什么|会是什么]？",
            "[你能|你会|可以][倒着|反着][写|拼]{w}吗？",
            "能不能[倒着|反着][写|拼]{w}？",
            "[告诉我|我想知道]{w}[倒过来|反过来]怎么[写|拼]。",
            "{w}，[倒过来|反过来|倒着写]。",
            "颠倒{w}的字母顺序。",
            "{w}的倒序是什么？",
            "[帮我|麻烦你]把{w}[倒过来|反过来]写。",
            "[倒写|反写|倒序]：{w}",
            "单词是{w}，[请倒着拼|请反过来写]。",
        )
    ),
}
LETTER = {
    ENGLISH: Phrases(
        (
            "What is the {k} letter of {w}?",
            "[What's|Which is] the {k} letter [of|in] [{w}|the word {w}]?",
            "[What|Which] letter [is|comes|stands] {k} in {w}?",
            "[Tell me|Give me|Name|Find|Say|Write] the {k} letter [of|in] {w}.",
            "[Can|Could] you [tell me|name|find] the {k} letter [of|in] {w}?",
            "The {k} letter of {w} is [what|which one]?",
            "{k} letter of {w}[?|]",
            "{w}: [what is the|which is the|the] {k} letter?",
            "In {w}, [which|what] letter [is|comes] {k}?",
            "[Look at|Take|Consider] the word {w}. What is its {k} letter?",
            "[The word is|My word is] {w}. Name its {k} letter.",
            "Do you know the {k} letter of {w}?",
            "I [need|want] the {k} letter of {w}.",
            "If you spell {w}, [which|what] letter comes {k}?",
            "Look for the {k} letter of {w}.",
        )
    ),
    CHINESE: Phrases(
        (
            "{w}的{k}字母是什么？",
            "{w}的{k}字母是[什么|哪个|哪一个]？",
            "单词{w}[里|中|的]{k}字母是[什么|哪个]？",
            "[说出|写出|告诉我|找出|请写出|请说出]{w}的{k}字母。",
            "[你知道|能告诉我]{w}的{k}字母是[什么|哪个]吗？",
            "你能说出{w}的{k}字母吗？",
            "{k}字母是什么：{w}",
            "在{w}[里|中]，{k}字母是[什么|哪个]？",
            "{w}：{k}字母[？|是什么？]",
            "[哪个|什么]字母是{w}的{k}字母？",
            "看单词{w}，它的{k}字母是[什么|哪个]？",
            "我[想知道|要|需要]{w}的{k}字母。",
            "[取|取出|挑出]{w}的{k}字母。",
            "拼写{w}时，{k}字母是什么？",
        )
    ),
}
FIRST_LETTER = {
    ENGLISH: Phrases(
        (
            "[What|Which] letter does {w} [start|begin] with?",
            "{w} [starts|begins] with [which|what] letter?",
            "With [which|what] letter does {w} [start|begin]?",
        )
    ),
    CHINESE: Phrases(("{w}[以|用][什么|哪个]字母[开头|开始]？", "{w}的[开头|首]字母是[什么|哪个]？")),
}
LAST_LETTER = {
    ENGLISH: Phrases(
        (
            "[What|Which] letter does {w} end with?",
            "{w} ends with [which|what] letter?",
            "With [which|what] letter does {w} end?",
        )
    ),
    CHINESE: Phrases(("{w}[以|用][什么|哪个]字母[结尾|结束]？", "{w}的[结尾|末尾]字母是[什么|哪个]？")),
}
LENGTH = {
    ENGLISH: Phrases(
        (
            "How many letters are in {w}?",
            "How many letters [are in|are there in] [{w}|the word {w}]?",
            "How many letters does [{w}|the word {w}] [have|contain]?",
            "How many letters [has {w} got|make up {w}|do you need to write {w}]?",
            "How long is [{w}|the word {w}]?",
            "[Count|Please count|Now count] the letters [of|in] [{w}|the word {w}].",
            "[What is|What's] the length of [{w}|the word {w}]?",
            "[What is|What's] the number of letters in {w}?",
            "[Find|Tell me|Give me] the [length of|number of letters in] {w}.",
            "Tell me how [long {w} is|many letters {w} has].",
            "[Can|Could] you count the letters in {w}?",
            "{w} has how many letters?",
            "{w}: [how many letters|how long is it]?",
            "In {w}, how many letters are there?",
            "[The word is|My word is|Take the word] {w}. How many letters does it have?",
            "Number of letters in {w}[?|]",
            "Do you know how many letters {w} has?",
            "I [want|need] to know how [long the word {w} is|many letters {w} has].",
            "If you spell {w}, how many letters do you write?",
        )
    ),
    CHINESE: Phrases(
        (
            "{w}有几个字母？",
            "{w}[有|一共有|共有|里有][几个|多少个]字母？",
            "单词{w}[有|一共有|共有][几个|多少个]字母？",
            "{w}有多长？",
            "{w}的[长度|字母数|字母个数]是[多少|几]？",
            "[数一数|数数|请数一数|帮我数数]{w}[有|里有][几个|多少个]字母。",
            "{w}由[几个|多少个]字母[组成|构成]？",
            "拼写{w}[需要|要用][几个|多少个]字母？",
            "[求|告诉我|说出]{w}的[字母个数|字母数|长度]。",
            "[我想知道|告诉我]{w}有[几个|多少个]字母。",
            "[你知道|能告诉我]{w}有[几个|多少个]字母吗？",
            "{w}：[几个字母|多少个字母|有几个字母]？",
            "在{w}这个词里，一共有[几个|多少个]字母？",
            "{w}这个[词|单词]有[几个|多少个]字母？",
            "写{w}要写[几个|多少个]字母？",
        )
    ),
}
ORDINALS = {
    ENGLISH: (
        *(("first", "1st"), ("second", "2nd"), ("third", "3rd"), ("fourth", "4th"), ("fifth", "5th")),
        *(("sixth", "6th"), ("seventh", "7th"), ("eighth", "8th"), ("ninth", "9th"), ("tenth", "10th")),
    ),
    CHINESE: tuple((f"第{word}个", f"第{place}个") for place, word in enumerate("一二三四五六七八九十", 1)),
}
LAST = {ENGLISH: ("last", "last", "final"), CHINESE: ("最后一个", "最后一个", "倒数第一个")}

ANSWERS = {
    (ENGLISH, "spell"): ("{a}", "{a}", "{a}", "{w} is spelled {a}.", "{w}: {a}", "{a}."),
    (CHINESE, "spell"): ("{a}", "{a}", "{a}", "{w}的拼写是{a}。", "{w}：{a}", "{a}。"),
    (ENGLISH, "back"): ("{a}", "{a}", "{a}", "{w} backwards is {a}.", "It is {a}.", "{a}."),
    (CHINESE, "back"): ("{a}", "{a}", "{a}", "{w}倒过来是{a}。", "是{a}。", "{a}。"),
    (ENGLISH, "letter"): ("{a}", "{a}", "{a}", "The letter is {a}.", "It is {a}.", "{a}."),
    (CHINESE, "letter"): ("{a}", "{a}", "{a}", "是{a}。", "是字母{a}。", "{a}。"),
    (ENGLISH, "length"): ("{a}", "{a}", "{a}", "{w} has {a} letters.", "It has {a} letters.", "{a}."),
    (CHINESE, "length"): ("{a}", "{a}", "{a}", "{w}有{a}个字母。", "有{a}个字母。", "{a}个。"),
}
"""By language and what was asked for."""
