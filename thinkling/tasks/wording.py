"""What people write around a question: a greeting, a please, a thanks. So that no exact wording is learned.

A task brings its own questions; this adds the words that fit around any of them.
"""

from __future__ import annotations

from random import Random

from thinkling.tasks.task import CHINESE, ENGLISH

_PLAIN_SHARE = 0.6
_NUM_TELLING = {ENGLISH: 3, CHINESE: 1}
"""First characters by which an opening is told from a question that begins with the same word."""
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
    ),
}


def dressed(question: str, random: Random, language: str) -> str:
    """The question, four times in ten with an opening, a closing, a changed first letter or end."""
    if random.random() < _PLAIN_SHARE:
        return question
    kind = random.random()
    if kind < 0.4:
        opening = random.choice(_OPENINGS[language])
        if question.startswith(opening[: _NUM_TELLING[language]]):  # "Please help me: please ..."
            return question
        return opening + _lowered(question)
    if kind < 0.7:
        return _ended(question, language) + random.choice(_CLOSINGS[language])
    if kind < 0.85:
        return _lowered(question)
    return question.rstrip(".?!。？！ ")


def _ended(question: str, language: str) -> str:
    """With a mark at its end, so that another sentence can follow."""
    if question[-1] in ".?!:。？！：":
        return question
    is_open = question[-1] == "="
    if language == CHINESE:
        return question + ("？" if is_open else "。")
    return question + (" ?" if question.endswith(" =") else "?" if is_open else ".")


def _lowered(question: str) -> str:
    """The first letter in lower case, except in "I" and its likes."""
    return question if question[:2] in ("I ", "I'") else question[:1].lower() + question[1:]
