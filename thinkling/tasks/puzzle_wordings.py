"""How puzzles ask for a place in an order, and of whom or what: data for the task "puzzles", nothing else.

{p} is the place ("the tallest"), {n} a noun; a frame joins a scene {c}, the statements {s}, the question {q}.
"""

from __future__ import annotations

from thinkling.tasks.phrase import Phrases
from thinkling.tasks.task import CHINESE, ENGLISH

NOUNS = {
    ENGLISH: ("box", "ball", "car", "book", "cup", "bag", "boat", "stone"),
    CHINESE: ("盒子", "球", "箱子", "瓶子", "杯子", "包", "气球", "石头"),
}
COLOURS = {
    ENGLISH: ("red", "blue", "green", "white", "black", "yellow", "brown"),
    CHINESE: ("红", "蓝", "绿", "白", "黑", "黄", "棕"),
}

WHO = {
    ENGLISH: Phrases(
        (
            "Who is {p}?",
            "Who is {p}?",
            "Who is {p} [of them|of all|of them all|among them]?",
            "Which [one|of them] is {p}?",
            "[Name|Tell me|Say|Find out|Find] who is {p}.",
            "[Can|Could] you [tell me|say|find out] who is {p}?",
            "[So|Then|Now], who is {p}?",
            "Do you know who is {p}?",
            "I [want|would like] to know who is {p}.",
            "Of [these|all of them|the whole group], who is {p}?",
            "who is {p}?",
            "Who [would|must] be {p}?",
            "Who do you think is {p}?",
            "Who, then, is {p}?",
            "And who is {p}?",
            "Which person is {p}?",
            "What is the name of the one who is {p}?",
            "[Give|Write] the name of the one who is {p}.",
            "[Work out|Decide|Guess] who is {p}.",
            "Please [tell me|say|find out] who is {p}.",
            "Can you see who is {p}?",
            "Who among [them|these] is {p}?",
            "My question is who is {p}.",
            "Who turns out to be {p}?",
            "I cannot tell who is {p}. Can you?",
            "Help me [see|find out|work out] who is {p}.",
        )
    ),
    CHINESE: Phrases(
        (
            "谁{p}？",
            "[请问|那么|你说|其中|他们当中]谁{p}？",
            "{p}的是谁？",
            "{p}的[人|那个]是谁？",
            "[说出|请找出]谁{p}。",
            "[想一想|你知道|请告诉我]，谁{p}？",
            "谁是{p}的？",
            "[到底|究竟]谁{p}？",
            "{p}的是[哪位|哪个人]？",
            "[写出|说出|给出]{p}的人的名字。",
            "你[觉得|认为|看]谁{p}？",
            "我想知道谁{p}。",
            "[猜猜|判断|推出]谁{p}。",
            "[能看出|能推出]谁{p}吗？",
            "这几个人里谁{p}？",
            "{p}的叫什么名字？",
            "[哪个人|哪位]{p}？",
            "找一找，谁{p}？",
        )
    ),
}
WHICH = {
    ENGLISH: Phrases(
        (
            "Which {n} is {p}?",
            "Which {n} is {p}?",
            "Which [one|of them] is {p}?",
            "Which {n} is {p} [of them|of all|of them all]?",
            "[Name|Tell me|Say|Find out|Find] which {n} is {p}.",
            "[Can|Could] you [tell me|say|find out] which {n} is {p}?",
            "[So|Then|Now], which {n} is {p}?",
            "What colour is the {n} that is {p}?",
            "which {n} is {p}?",
            "Which {n} [would|must] be {p}?",
            "Which {n} do you think is {p}?",
            "And which {n} is {p}?",
            "What is the colour of the {n} that is {p}?",
            "[Give|Name|Tell me] the colour of the {n} that is {p}.",
            "[Work out|Decide|Guess] which {n} is {p}.",
            "Please [tell me|say|find out] which {n} is {p}.",
            "Do you know which {n} is {p}?",
            "I [want|would like] to know which {n} is {p}.",
            "Of [these|all of them], which {n} is {p}?",
            "Which {n} turns out to be {p}?",
            "Help me find the {n} that is {p}.",
            "Pick the {n} that is {p}. What colour is it?",
            "I look for the {n} that is {p}. Which one do I take?",
        )
    ),
    CHINESE: Phrases(
        (
            "哪个{n}{p}？",
            "[请问|那么|你说|其中]哪个{n}{p}？",
            "{p}的{n}是哪个？",
            "{p}的{n}是什么颜色？",
            "[说出|请找出]哪个{n}{p}。",
            "[想一想|你知道|请告诉我]，哪个{n}{p}？",
            "[到底|究竟]哪个{n}{p}？",
            "{p}的是哪个{n}？",
            "你[觉得|认为|看]哪个{n}{p}？",
            "我想知道哪个{n}{p}。",
            "[猜猜|判断|推出]哪个{n}{p}。",
            "[能看出|能推出]哪个{n}{p}吗？",
            "[写出|说出|给出]{p}的{n}的颜色。",
            "{p}的那个{n}是什么颜色？",
            "其中{p}的{n}是哪个？",
            "什么颜色的{n}{p}？",
            "挑出{p}的{n}。",
            "这些{n}里哪个{p}？",
        )
    ),
}
FRAMES = {
    ENGLISH: Phrases(
        (
            "{s} {q}",
            "{s} {q}",
            "{s} {q}",
            "{q} {s}",
            "{c} {s} {q}",
            "{c} {s} {q}",
            "[We know this|These are the facts|Here is what we know|This is given|A puzzle]: {s} {q}",
            "{c} {q} {s}",
            "{s} [From this|My question|The question]: {q}",
            "[Listen|Look|Think about this|Somebody told me this|Here is a puzzle]: {s} {q}",
            "{s} [Now the question|So tell me|What I ask]: {q}",
            "{q} [This is what I know|I know this|Here are the clues|Clues]: {s}",
            "{c} [I know this|Here are the clues|We are told]: {s} {q}",
            "{q} {c} {s}",
            "[Suppose all this is true|Take all this as true]: {s} {q}",
            "{s} [That is all I know.|Think about it.|Got it?] {q}",
        )
    ),
    CHINESE: Phrases(
        (
            "{s}{q}",
            "{s}{q}",
            "{s}{q}",
            "{q}{s}",
            "{c}{s}{q}",
            "{c}{s}{q}",
            "[已知|条件是|我们知道|谜题]：{s}{q}",
            "{s}[根据这些|由此|这样看来]，{q}",
            "[听好|请看|推理题|线索如下]：{s}{q}",
            "{q}[线索是|已知|条件如下|我们知道]：{s}",
            "{c}[已知|线索是|条件如下]：{s}{q}",
            "{q}{c}{s}",
            "{s}[问题是|我的问题是|动动脑筋]：{q}",
            "{s}[就知道这些|这些都是真的]。{q}",
        )
    ),
}
