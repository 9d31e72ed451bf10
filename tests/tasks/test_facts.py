"""Simple facts: many, in many wordings that are split one by one, and judged by rule."""

from __future__ import annotations

import re
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.errors import TaskError
from thinkling.records import Problem
from thinkling.tasks.fact_index import FACTS, WORDINGS, wording_of
from thinkling.tasks.facts import Facts
from thinkling.tasks.split import is_held_out, sample_problems, sample_training
from thinkling.tasks.wording import _CLOSINGS, _OPENINGS

TASK = Facts()


def _asked(relation: str, subject: str, language: str = "en", index: int = 0) -> Problem:
    fact = FACTS[relation][subject]
    question = wording_of(fact, relation, language, index)
    key = f"facts:{relation}:{subject}:{index}"
    return Problem("facts", question, fact.answers[language][0], key, 0, language)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9\u4e00-\u9fff]+", "", text.lower())


def test_facts_are_many_and_each_is_asked_in_many_ways() -> None:
    assert sum(map(len, FACTS.values())) >= 250
    for (relation, language), wordings in WORDINGS.items():
        assert len(wordings) == len(set(wordings)) >= (30 if language == "en" else 15), (relation, language)


def test_no_two_keys_share_a_wording_whatever_its_punctuation() -> None:
    for language in ("en", "zh"):
        keys: dict[str, str] = {}
        for relation, facts in FACTS.items():
            for subject, index in product(facts, range(len(WORDINGS[relation, language]))):
                problem = _asked(relation, subject, language, index)
                assert keys.setdefault(_letters(problem.question), problem.key) == problem.key, problem


def test_every_fact_is_taught_in_most_wordings_and_tested_in_others() -> None:
    for (relation, language), wordings in WORDINGS.items():
        for subject in FACTS[relation]:
            held_out = sum(is_held_out(f"facts:{relation}:{subject}:{i}") for i in range(len(wordings)))
            assert held_out <= len(wordings) // 2, (relation, subject, language)
    taught = {
        sample_training(TASK, random).key.rpartition(":")[0] for random in [Random(0)] for _ in range(9000)
    }
    tested = {p.key.rpartition(":")[0] for p in sample_problems(TASK, 300, seed=0, held_out=True)}
    assert tested <= taught and len(taught) == sum(map(len, FACTS.values()))


def test_every_right_answer_passes_and_the_answer_to_another_fact_does_not() -> None:
    for (relation, facts), language in product(FACTS.items(), ("en", "zh")):
        for subject, fact in facts.items():
            problem = _asked(relation, subject, language)
            right = set(fact.answers[language])
            assert all(TASK.check(problem, answer).is_correct for answer in right), problem
            others = {other.answers[language][0] for other in facts.values()} - right
            assert others and not any(TASK.check(problem, answer).is_correct for answer in others), problem


def test_an_echo_of_any_wording_is_wrong() -> None:
    for (relation, language), wordings in WORDINGS.items():
        for subject, index in product(FACTS[relation], range(len(wordings))):
            problem = _asked(relation, subject, language, index)
            for echo in (problem.question, problem.question.rstrip("?？.。")):
                assert not TASK.check(problem, echo).is_correct, problem


@pytest.mark.parametrize(
    ("relation", "subject", "answer", "is_right"),
    [
        *(("capital", "France", text, True) for text in ("Paris", "paris.", "**Paris**", "It's Paris!")),
        ("capital", "France", "The capital of France is Paris.", True),
        *(("capital", "France", text, False) for text in ("London", "", "France", "Paris London", "Par is")),
        *(("capital", "France", text, False) for text in ("Paris or London", "not Paris", "Is it Paris?")),
        ("capital", "France", "Paris " * 20, False),
        ("capital", "the United States", "Washington, DC", True),
        *(
            ("units", "days of a week", text, True)
            for text in ("7", "seven", "7 days", "A week has seven days.")
        ),
        *(
            ("units", "days of a week", text, False)
            for text in ("17", "70", "6", "7 or 8", "5 6 7", "twenty seven")
        ),
        ("units", "days of a week", "7, 8", False),
        ("units", "hours of a day", "twenty-four", True),
        ("units", "hours of a day", "There are 24 hours in one day.", True),
        ("parts", "legs of a dog", "twenty four", False),
        ("opposite", "hot", "The opposite of hot is cold.", True),
        ("opposite", "hot", "hot", False),
        ("opposite", "hot", "cold, big, fast", False),
        ("after", "B", "C", True),
        ("after", "B", "the letter c", True),
        ("after", "B", "A, B, C, D", False),
        ("before", "B", "A", True),
        ("word", "cat", "猫", True),
        ("word", "milk", "牛奶", True),
        ("word", "cow", "牛奶", False),
        ("word", "cat", "猫狗", False),
    ],
)
def test_short_answers_that_name_one_thing_are_judged(
    relation: str, subject: str, answer: str, is_right: bool
) -> None:
    assert TASK.check(_asked(relation, subject), answer).is_correct is is_right


@pytest.mark.parametrize(
    ("relation", "subject", "answer", "is_right"),
    [
        *(("capital", "France", text, True) for text in ("巴黎", "巴黎。", "法国的首都是巴黎。", "是巴黎")),
        *(
            ("capital", "France", text, False)
            for text in ("伦敦", "巴黎或伦敦", "不是巴黎", "巴黎吗？", "巴黎伦敦")
        ),
        *(
            ("units", "days of a week", text, True)
            for text in ("7", "7天", "七天", "一周有七天。", "一周有7天")
        ),
        *(("units", "days of a week", text, False) for text in ("十七", "七十", "17天", "六天", "五六七天")),
        *(("units", "hours of a day", text, True) for text in ("二十四", "24个小时", "二十四小时。")),
        *(("colour", "snow", text, True) for text in ("白色", "白", "雪是白色的。", "白的")),
        ("colour", "a cucumber", "黄瓜是绿色的。", True),
        ("colour", "a cucumber", "黄瓜", False),
        ("word", "cat", "cat", True),
        ("word", "cat", "猫的英语是cat。", True),
        ("word", "cat", "dog", False),
        ("opposite", "dirty", "干净", True),
        ("opposite", "wet", "干净", False),
    ],
)
def test_chinese_answers_are_judged(relation: str, subject: str, answer: str, is_right: bool) -> None:
    assert TASK.check(_asked(relation, subject, "zh"), answer).is_correct is is_right


@pytest.mark.parametrize(
    ("relation", "subject", "language", "answer", "is_right"),
    [
        ("units", "eggs of a dozen", "en", "a dozen", False),
        ("units", "eggs of a dozen", "en", "There are a dozen.", False),
        ("units", "eggs of a dozen", "en", "A dozen is twelve.", True),
        ("units", "metres of a kilometre", "en", "1,000", True),
        ("units", "days of a week", "en", "seventy seven", False),
        ("units", "days of a week", "en", "seven hundred", False),
        ("units", "days of a week", "zh", "七百", False),
        ("units", "days of a week", "zh", "一周七天", True),
        ("units", "days of a week", "zh", "共七天", True),
        ("parts", "wheels of a tricycle", "zh", "三", True),
        ("parts", "wheels of a tricycle", "zh", "一辆三轮车有三个轮子。", True),
        ("parts", "wheels of a tricycle", "zh", "三轮车", False),
        ("parts", "wheels of a tricycle", "zh", "一辆三轮车", False),
        ("before", "B", "en", "a letter", False),
        ("before", "B", "en", "A", True),
        ("before", "B", "en", "A comes before B.", True),
        ("before", "C", "en", "A and B", False),
        ("after", "H", "en", "I", True),
        ("after", "H", "en", "I forgot the letter", False),
        ("after", "H", "en", "I think it is I", True),
        ("word", "car", "en", "车", True),
        ("word", "car", "en", "自行车", False),
        ("word", "car", "en", "火车", False),
        ("word", "car", "en", "是汽车。", True),
        ("word", "water", "en", "水果", False),
        ("word", "water", "en", "中文是“水”。", True),
        ("word", "head", "en", "石头", False),
        ("word", "heart", "en", "小心", False),
        ("word", "heart", "en", "心脏", True),
        ("opposite", "big", "zh", "小心", False),
        ("opposite", "big", "zh", "小的", True),
        ("opposite", "big", "zh", "大小", False),
        ("opposite", "dirty", "zh", "不干净", False),
        ("colour", "snow", "zh", "雪白的", True),
        ("colour", "snow", "zh", "白菜", False),
        ("capital", "China", "zh", "北京市", True),
        ("sound", "dog", "zh", "汪汪叫", True),
        ("sound", "owl", "en", "An owl says hoot.", True),
    ],
)
def test_neither_a_tautology_nor_a_part_of_a_longer_word_is_an_answer(
    relation: str, subject: str, language: str, answer: str, is_right: bool
) -> None:
    assert TASK.check(_asked(relation, subject, language), answer).is_correct is is_right


def test_a_right_answer_passes_in_every_wording_of_the_question() -> None:
    for (relation, language), wordings in WORDINGS.items():
        for subject, index in product(FACTS[relation], range(len(wordings))):
            problem = _asked(relation, subject, language, index)
            for said in (problem.answer, TASK.solve(problem, Random(index)).answer):
                assert TASK.check(problem, said).is_correct, (problem, said)


def test_articles_fit_their_nouns() -> None:
    for (relation, language), wordings in WORDINGS.items():
        for subject, index in product(FACTS[relation], range(len(wordings))):
            question = _asked(relation, subject, language, index).question
            if relation not in ("after", "before"):
                assert not re.search(r"\b[Aa] [aeio]|\b[Aa]n [^aeioh]", question), question


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=120) | st.text(alphabet="7 seven天七.,?是or", max_size=120))
def test_no_text_raises(text: str) -> None:
    assert TASK.check(_asked("units", "days of a week"), text).reward in (0.0, 1.0)


def test_an_unknown_fact_is_refused() -> None:
    for key in ("facts:capital:Atlantis:0", "facts:king:France:0", "facts:capital:France", "facts:"):
        with pytest.raises(TaskError, match="no known fact"):
            TASK.solve(Problem("facts", "What is the capital of France?", "Paris", key), Random(0))


def test_nothing_said_before_or_after_makes_one_wording_of_another() -> None:
    """Else a wording that is held out would be taught all the same."""
    for relation, language in WORDINGS:
        texts = {
            (subject, index): _asked(relation, subject, language, index).question
            for subject in FACTS[relation]
            for index in range(len(WORDINGS[relation, language]))
        }
        known = {_letters(text): key for key, text in texts.items()}
        for key, text in texts.items():
            said = [opening + text for opening in _OPENINGS[language]] + [
                text + closing for closing in _CLOSINGS[language]
            ]
            assert all(known.get(_letters(one), key) == key for one in said), text


@pytest.mark.parametrize(
    ("relation", "subject", "language", "answer"),
    [
        ("opposite", "clean", "zh", "肮脏"),
        ("opposite", "good", "zh", "差"),
        *(("colour", "a carrot", "zh", text) for text in ("橘红色", "橙色", "胡萝卜是橘红色的。")),
        *(("colour", "the clear sky", "zh", text) for text in ("蔚蓝", "天蓝色", "湛蓝的")),
        ("colour", "a leaf in spring", "zh", "嫩绿色"),
        ("capital", "Brazil", "en", "Brasília"),
    ],
)
def test_usual_answers_are_right(relation: str, subject: str, language: str, answer: str) -> None:
    assert TASK.check(_asked(relation, subject, language), answer).is_correct
