"""The split: training and held-out keys never meet, whatever the wording or the order of the operands."""

from __future__ import annotations

import re
from random import Random

import pytest

from tests.tasks.chain_meaning import chain_meaning
from tests.tasks.equation_meaning import equation_meaning
from tests.tasks.fact_meaning import KINDS, fact_meaning
from tests.tasks.meanings import MEANINGS
from tests.tasks.spelling_meaning import spelling_meaning
from thinkling.data.mixture import Mixture, PrimerRecipe, TaskShare
from thinkling.errors import TaskError
from thinkling.records import Problem
from thinkling.tasks import TASKS, Task
from thinkling.tasks.chain_steps import canonical
from thinkling.tasks.split import RESERVED, is_held_out, sample_problems, sample_training
from thinkling.tasks.twins import home_key

every_task = pytest.mark.parametrize("task", TASKS.values(), ids=list(TASKS))


def _meaning(problem: Problem) -> tuple[str, ...]:
    """The problem read back from its question alone, in another way than the tasks do."""
    text, kind = problem.question, problem.kind
    if kind in MEANINGS:
        return MEANINGS[kind](problem)
    if kind == "letters":
        _, letter, word = problem.key.split(":")
        assert re.search(rf"\b{word}\b", text) and re.search(rf"\b{letter}s?\b", text), problem
        return letter, word
    if kind == "greetings":
        return (re.sub(r"[^a-z']+", "", text.lower()),)
    if kind == "spelling":
        return spelling_meaning(problem)
    if kind == "equations":
        return equation_meaning(problem)
    if kind == "chains":
        return chain_meaning(problem)
    if kind == "facts":  # a fact in an unseen wording
        return (re.sub(r"[^a-z\u4e00-\u9fff]+", "", text.lower()),)
    if kind == "sequences":  # with the answer in the gap, or at the end
        places = [*re.findall(r"\d+|_+|□|\[ \]|[(（] ?[)）]", text), "_"]
        gap = next(index for index, place in enumerate(places) if not place.isdigit())
        return tuple([*places[:gap], problem.answer, *places[gap + 1 :]][:5])
    if kind == "compare":  # who has seen a pair in one direction knows the other
        return tuple(sorted(re.findall(r"[\d.]*\d", text)))
    numbers = sorted(re.findall(r"\d+", text), key=int)
    if kind == "divide":  # with or without remainder, it is the same division
        return tuple(numbers)
    if kind == "countdown":  # what the question says beyond the numbers of an answer is the target
        return (*numbers, *sorted(re.findall(r"\d+", problem.answer), key=int))
    return (*numbers, problem.answer)


@every_task
def test_training_and_held_out_problems_share_no_key_and_no_meaning(task: Task) -> None:
    random = Random(7)
    training = [sample_training(task, random) for _ in range(3000)]
    held_out = sample_problems(task, 200, seed=7, held_out=True)
    assert {p.key for p in training}.isdisjoint(p.key for p in held_out)
    assert {_meaning(p) for p in training}.isdisjoint(_meaning(p) for p in held_out)
    assert all(is_held_out(p.key) for p in held_out)


@every_task
def test_a_key_is_held_out_in_every_language(task: Task) -> None:
    random = Random(8)
    training = {
        sample_training(task, random, language=name).key for name in task.languages for _ in range(800)
    }
    for language in task.languages:
        held_out = sample_problems(task, 100, seed=8, held_out=True, language=language)
        assert training.isdisjoint(p.key for p in held_out)


def test_no_kind_trains_in_any_language_what_another_holds_out() -> None:
    random = Random(9)
    trained: dict[tuple[str, ...], str] = {}
    for task, level, language in _cells():
        for problem in (sample_training(task, random, level, language) for _ in range(400)):
            trained[fact_meaning(problem)] = problem.key
    num_shared = 0
    for task, level, language in _cells():
        for problem in sample_problems(task, 60, 9, held_out=True, level=level, language=language):
            assert fact_meaning(problem) not in trained, (problem, trained[fact_meaning(problem)])
        for problem in sample_problems(task, 60, 9, held_out=False, level=level, language=language):
            num_shared += trained.get(fact_meaning(problem), problem.key).split(":")[0] != problem.kind
    assert num_shared > 200  # so the meanings do meet across kinds, on the side where they may


def _cells() -> list[tuple[Task, int, str]]:
    tasks = [TASKS[kind] for kind in KINDS]
    return [(task, level, language) for task in tasks for level in task.levels for language in task.languages]


@pytest.mark.parametrize(
    ("keys", "home"),
    [
        (
            "divide:168/12 divide:168/14 equations:12x=168 equations:x/12=14 equations:x/14=12",
            "multiply:12x14",
        ),
        ("stories:product:12,14 stories:quotient:168,14 multiply:12x14", "multiply:12x14"),
        ("sums:95-29 sums:95-66 equations:x+29=95 equations:x-29=66 equations:95-x=29", "sums:29+66"),
        ("stories:left:95,29 stories:sum:29,66 sums:29+66", "sums:29+66"),
        ("countdown:2,2=4 sums:4-2 equations:x+2=4 equations:x-2=2 equations:4-x=2", "sums:2+2"),
        ("stories:remainder:52,7 divide:52/7", "divide:52/7"),
        ("stories:left_more:50,9,7", "sums:7+50-9"),
        ("equations:3x+4=19", "equations:3x+4=19"),
        ("sums:4+9-2", "sums:4+9-2"),
        ("divide:", "divide:"),
        ("stories:left:1", "stories:left:1"),
    ],
)
def test_what_asks_one_fact_has_one_home(keys: str, home: str) -> None:
    assert {home_key(key) for key in keys.split()} == {home}


def test_the_home_of_a_story_of_several_steps_is_the_key_of_its_chain() -> None:
    random, num_chains = Random(1), 0
    for _ in range(4000):
        home = home_key(TASKS["stories"].sample(random).key)
        if home.startswith("chains:"):
            num_chains += 1
            body = home.removeprefix("chains:")
            assert canonical(re.findall(r"\d+|\D", body)) == body, home
    assert num_chains > 1000


def test_no_text_to_train_on_works_a_reserved_fact_out() -> None:
    recipe = PrimerRecipe(
        tasks={
            name: TaskShare(
                share=1.0,
                styles=dict.fromkeys(task.styles, 1.0),
                languages=dict.fromkeys(task.languages, 1.0),
                levels=task.levels,
                wrong_share_worked=0.1,
            )
            for name, task in TASKS.items()
        }
    )
    mixture, random = Mixture(recipe), Random(11)
    num_lines = 0
    for _ in range(50_000):
        _, messages = mixture.conversation(random)
        for message in messages:
            text = _BETWEEN_SIGNS.sub(
                r"\1", f"{message.reasoning or ''}\n{message.content}".replace("×", "*")
            )
            assert not _RESERVED_FACT.search(text), messages
            num_lines += "+2=" in text
    assert num_lines > 500


_BETWEEN_SIGNS = re.compile(r" ?([*+=/-]) ?")
_RESERVED_FACT = re.compile(r"(?<![\d*/+.-])(?:2\+2|12\*14|14\*12|64\*87|87\*64|168/12|168/14)=(?!\?)")


def test_the_order_of_the_operands_does_not_change_the_key() -> None:
    random = Random(0)
    keys: dict[frozenset[str], set[str]] = {}
    for _ in range(5000):
        problem = TASKS["multiply"].sample(random)
        keys.setdefault(frozenset(re.findall(r"\d+", problem.question)), set()).add(problem.key)
    assert all(len(found) == 1 for found in keys.values())


def test_what_people_like_to_show_is_always_held_out() -> None:
    hello = "greetings:how:hello how are you"
    for key in ("multiply:12x14", "sums:2+2", "letters:r:strawberry", hello):
        assert key in RESERVED and is_held_out(key)
    random = Random(0)
    shown = {sample_training(TASKS["sums"], random, level=0).key for _ in range(3000)}
    assert "sums:2+2" not in shown and len(shown) > 80
    assert not any("strawberry" in sample_training(TASKS["letters"], random).key for _ in range(5000))
    greetings = {sample_training(TASKS["greetings"], random).question for _ in range(20_000)}
    assert "Hello! How are you?" not in greetings and "Hello! How are you today?" in greetings


def test_about_one_key_in_eight_is_held_out() -> None:
    keys = [f"multiply:{a}x{b}" for a in range(11, 100) for b in range(a, 100)]
    share = sum(map(is_held_out, keys)) / len(keys)
    assert 0.10 < share < 0.15


@every_task
@pytest.mark.parametrize("held_out", [True, False])
def test_samples_are_distinct_and_follow_the_seed(task: Task, held_out: bool) -> None:
    once = sample_problems(task, 60, seed=1, held_out=held_out)
    assert once == sample_problems(task, 60, seed=1, held_out=held_out)
    assert once != sample_problems(task, 60, seed=2, held_out=held_out)
    assert len({problem.key for problem in once}) == 60
    assert once[:20] == sample_problems(task, 20, seed=1, held_out=held_out)


def test_a_small_level_gives_what_it_has_rather_than_repeating_itself_or_running_for_ever() -> None:
    problems = sample_problems(TASKS["sums"], 100, seed=0, held_out=True, level=0)
    assert len({problem.key for problem in problems}) == len(problems) < 40
    assert len(problems) > 5
    with pytest.raises(TaskError):
        sample_problems(TASKS["sums"], 1, seed=0, held_out=True, level=9)
