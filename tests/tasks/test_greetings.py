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


@pytest.mark.parametrize(
    ("question", "matter", "answer", "is_right"),
    [
        ("Hello!", "hello", "Hello! How can I help you?", True),
        ("Hello!", "hello", "Hello! How are you?", True),
        ("Hello!", "hello", "Hello! I am fine.", False),
        ("How are you?", "how", "Hello! I am fine.", True),
        ("How are you?", "how", "I'm fine, not a problem.", True),
        ("How are you?", "how", "I am not doing well", False),
        ("Are you doing well?", "how", "are you doing well", False),
        ("Are you doing well?", "how", "Am I doing well?", False),
        ("Who are you?", "who", "I am thinkling.", True),
        ("Are you a person?", "who", "I am not a person, I am a language model.", True),
        ("Who are you?", "who", "I am not thinkling.", False),
        ("Who are you?", "who", "I am no language model.", False),
        ("Who are you?", "who", "I am thinkling. You are welcome!", False),
        ("Are you a language model?", "who", "Are you a language model?", False),
        ("Are you a language model?", "who", "are you a language model", False),
        ("What can you do?", "able", "I cannot multiply", False),
        ("Thanks!", "thanks", "No problem, you're welcome!", True),
        ("Thanks!", "thanks", "Hello! You are welcome!", False),
        ("Goodbye!", "bye", "Goodbye!", True),
        ("Who are you?", "who", "I am thinkling, 语言模型", False),
        ("你是谁？", "who", "我不是thinkling。", False),
        ("你是谁？", "who", "我是thinkling, a language model", False),
        ("你会什么？", "able", "我不会乘法。", False),
        ("谢谢！", "thanks", "没问题，不客气！", True),
        ("你好！", "hello", "你好！我很好。", False),
    ],
)
def test_an_answer_fits_one_matter_and_one_language_and_denies_nothing(
    question: str, matter: str, answer: str, is_right: bool
) -> None:
    language = "en" if question.isascii() else "zh"
    problem = Problem("greetings", question, "", f"greetings:{matter}:x", 0, language)
    assert TASK.check(problem, answer).is_correct is is_right


def test_no_constant_text_answers_two_matters() -> None:
    texts = [
        f"{back}{theirs}"
        for matters in MATTERS.values()
        for matter in matters.values()
        for answer in (*matter.answers, *matter.expressions, "! ".join(matter.expressions))
        for back in ("", "Hello! ", "你好！")
        for theirs in (answer, f"{answer}. I am thinkling.", f"{answer}。我很好。")
    ]
    for text in texts:
        right = {
            (name, language)
            for language, matters in MATTERS.items()
            for name in matters
            if TASK.check(Problem("greetings", "?", "", f"greetings:{name}:x", 0, language), text).is_correct
        }
        assert len({name for name, _ in right}) <= 1, (text, right)


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
    drawn = {TASK.sample(random, None, language).question.lower() for _ in range(8000)}
    assert "how are you?" in drawn or "你好吗？" in drawn
    assert drawn.isdisjoint({"thank you?", "introduce yourself?", "i need help?", "谢谢？", "介绍一下自己？"})
    for wrong in (
        "have a nice day?",
        "what a pleasure to meet you?",
        "anybody there!",
        "还好吧！",
        "告诉我你是谁？",
    ):
        assert not any(question.endswith(wrong) for question in drawn), wrong
