"""Small talk in two languages: told by its expressions, in the language of the question."""

from __future__ import annotations

from random import Random

import pytest

from thinkling.records import Problem
from thinkling.tasks.greetings import Greetings
from thinkling.tasks.greetings_wordings import MATTERS

TASK = Greetings()


@pytest.mark.parametrize(
    ("question", "matter", "answer", "is_right"),
    [
        ("你好！你好吗？", "how", "我很好，谢谢！", True),
        ("你好！你好吗？", "how", "你好！挺好的，谢谢！", True),
        ("你好！你好吗？", "how", "你好！你好吗？", False),
        ("你好！你好吗？", "how", "I am fine, thank you!", False),
        ("你是谁？", "who", "我叫thinkling，是一个小小的语言模型。", True),
        ("谢谢！", "thanks", "不客气！", True),
        ("谢谢！", "thanks", "谢谢！", False),
        ("再见！", "bye", "再见！下次见。", True),
        ("再见！", "bye", "你好！我很好，不客气，再见！", False),
        ("很高兴认识你！", "nice", "很高兴认识你！", False),
        ("很高兴认识你！", "nice", "我也很高兴认识你！", True),
        ("再见！", "bye", "再见" * 60, False),
    ],
)
def test_small_talk_in_chinese_is_judged_by_rule(
    question: str, matter: str, answer: str, is_right: bool
) -> None:
    problem = Problem("greetings", question, "", f"greetings:{matter}:x", 0, "zh")
    assert TASK.check(problem, answer).is_correct is is_right


@pytest.mark.parametrize("language", TASK.languages)
def test_every_matter_is_asked_in_twenty_ways_and_told_by_its_own_answers_alone(language: str) -> None:
    for name, matter in MATTERS[language].items():
        assert len(set(matter.questions)) == len(matter.questions) >= 20
        problem = Problem("greetings", matter.questions[0], "", f"greetings:{name}:x", 0, language)
        for other, theirs in MATTERS[language].items():
            for answer in theirs.answers:
                assert TASK.check(problem, answer).is_correct is (other == name), (name, answer)


@pytest.mark.parametrize("language", TASK.languages)
def test_who_is_greeted_greets_back(language: str) -> None:
    hello, how = MATTERS[language]["hello"].questions[0], MATTERS[language]["how"].questions[0]
    for question, is_greeted in ((f"{hello}! {how}?", True), (f"{how}?", False)):
        problem = Problem("greetings", question, "", "greetings:how:x", 0, language)
        answer = TASK.solve(problem, Random(0)).answer
        assert answer.startswith(("Hello!", "你好！")) is is_greeted


@pytest.mark.parametrize("language", TASK.languages)
def test_only_questions_end_in_a_question_mark(language: str) -> None:
    random = Random(0)
    drawn = {TASK.sample(random, None, language).question.lower() for _ in range(3000)}
    assert "how are you?" in drawn or "你好吗？" in drawn
    assert drawn.isdisjoint({"thank you?", "introduce yourself?", "i need help?", "谢谢？", "介绍一下自己？"})
