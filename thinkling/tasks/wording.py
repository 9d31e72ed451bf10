"""What people write around a question: a greeting, a please, a thanks. So that no exact wording is learned.

A task brings its own questions; this adds the words that fit around any of them.
"""

from __future__ import annotations

import re
from random import Random

from thinkling.tasks.task import CHINESE, ENGLISH

_PLAIN_SHARE = 0.6
_NUM_TELLING = {ENGLISH: 3, CHINESE: 1}
"""First characters by which an opening is told from a question that begins with the same word."""
_APOSTROPHE = re.compile(r"(?<=[A-Za-z])'(?=[a-z]\b)")
"""Of "what's" and "I'm", not of a quoted word."""
_OPENINGS = {
    ENGLISH: (
        "Hi! ",
        "Hi, ",
        "Hey, ",
        "Hello! ",
        "OK, ",
        "So, ",
        "Quick question: ",
        "Question: ",
        "Please help me: ",
        "One more: ",
        "I have a question. ",
        "Let me ask you this. ",
        "Here is a problem. ",
        "Next: ",
        "Be honest: ",
        "Help! ",
        "Sorry, ",
        "By the way, ",
        "Excuse me, ",
        "Just curious: ",
        "For my homework: ",
        "My little sister asks: ",
        "My friend wants to know: ",
        "I always forget this: ",
        "I am stuck. ",
        "Easy one: ",
        "A small thing: ",
        "Can you help me? ",
        "I am learning this. ",
        "We had this in class. ",
        "Tell me: ",
        "quick: ",
        "Good morning! ",
        "Good evening! ",
        "Hey there! ",
        "Um, ",
        "Hmm, ",
        "Well, ",
        "Alright, ",
        "Now then, ",
        "okay so ",
        "hey so ",
        "quick one: ",
        "Another question: ",
        "A question for you: ",
        "Here goes: ",
        "How about this: ",
        "I could use a hand: ",
        "My teacher asked us this: ",
        "My son wants to know: ",
        "My grandmother asks: ",
        "A colleague asked me: ",
        "This came up at dinner: ",
        "From my exercise book: ",
        "On my worksheet: ",
        "Sorry to bother you. ",
        "If you have a moment: ",
        "When you have time: ",
        "I can't work this out. ",
        "Not sure about this: ",
        "This puzzles me: ",
    ),
    CHINESE: (
        "你好，",
        "请问，",
        "请问",
        "问题：",
        "我想问一下，",
        "帮我看看：",
        "再来一个：",
        "那么，",
        "小问题：",
        "老师，",
        "打扰一下，",
        "顺便问一下，",
        "作业题：",
        "朋友问我：",
        "我忘了：",
        "简单的：",
        "您好，",
        "嗨，",
        "嗯，",
        "对了，",
        "不好意思，",
        "有个问题：",
        "求助：",
        "考考你：",
        "同学问我：",
        "孩子问我：",
        "课本上有这道题：",
        "帮个忙，",
        "我卡住了，",
        "还有一题：",
        "练习题：",
        "麻烦你，",
    ),
}
_CLOSINGS = {
    ENGLISH: (
        " Thanks!",
        " Thank you.",
        " Please.",
        " Do you know?",
        " Think about it.",
        " Take your time.",
        " Just the answer, please.",
        " What do you say?",
        " I am curious.",
        " Thanks in advance.",
        " I forgot.",
        " I keep getting it wrong.",
        " My friend and I disagree.",
        " It is for a quiz.",
        " No hurry.",
        " Can you help?",
        " I need it today.",
        " That would help me.",
        " Show me, please.",
        " Go slowly.",
        " What is your answer?",
        " Many thanks!",
        " Cheers!",
        " thx",
        " thanks a lot",
        " Thanks for your help.",
        " Any idea?",
        " I would like to check my answer.",
        " I have no idea.",
        " I am not sure.",
        " My kids want to know.",
        " This is for school.",
        " It has been bothering me.",
        " No need to explain.",
        " Please be careful.",
        " I am at a loss.",
        " Let me know.",
        " We have a bet about it.",
        " Much appreciated!",
        " asap",
    ),
    CHINESE: (
        "谢谢！",
        "谢谢。",
        "你知道吗？",
        "请想一想。",
        "告诉我答案。",
        "不着急。",
        "我忘了。",
        "我总是做错。",
        "帮帮我。",
        "多谢！",
        "拜托了。",
        "谢谢你的帮助。",
        "我想不出来。",
        "我不太确定。",
        "我想核对答案。",
        "只要答案。",
        "帮个忙吧。",
        "麻烦你了。",
        "急！",
        "我和朋友意见不同。",
    ),
}


def dressed(question: str, random: Random, language: str) -> str:
    """The question, four times in ten with an opening, a closing, another first letter or end, or hastily."""
    if random.random() < _PLAIN_SHARE:
        return question
    kind = random.random()
    if kind < 0.35:
        opening = random.choice(_OPENINGS[language])
        if question.startswith(opening[: _NUM_TELLING[language]]):  # "Please help me: please ..."
            return question
        return opening + _lowered(question)
    if kind < 0.6:
        return _ended(question, language) + random.choice(_CLOSINGS[language])
    if kind < 0.72:
        return _lowered(question)
    bare = question.rstrip(".?!。？！ ")
    return bare if kind < 0.85 or language == CHINESE else _hasty(bare, random)


def _ended(question: str, language: str) -> str:
    """With a mark at its end, so that another sentence can follow."""
    if question[-1] in ".?!:。？！：":
        return question
    is_open = question[-1] == "="
    if language == CHINESE:
        return question + ("？" if is_open else "。")
    return question + (" ?" if question.endswith(" =") else "?" if is_open else ".")


def _hasty(question: str, random: Random) -> str:
    """As people type on a phone: no apostrophes, short forms, now and then a word of greeting or thanks."""
    text = _APOSTROPHE.sub("", _lowered(question))
    for word, short in (("please", "pls"), ("Please", "pls"), (" you ", " u ")):
        if random.random() < 0.3:
            text = text.replace(word, short)
    before = random.choice(("", "", "", "hey ", "hi, ", "yo, ", "ok "))
    return before + text + random.choice(("", "", "?", "" if "pls" in text else " pls", " thx"))


def _lowered(question: str) -> str:
    """The first letter in lower case, except in "I" and its likes."""
    return question if question[:2] in ("I ", "I'") else question[:1].lower() + question[1:]
