"""The numbers game: honest searches that end with the first hit, and slips that are wrong in one place."""

from __future__ import annotations

import re
from itertools import permutations, product
from random import Random

import pytest

from thinkling.errors import TaskError
from thinkling.records import Problem
from thinkling.tasks import countdown_search
from thinkling.tasks.countdown import Countdown
from thinkling.tasks.countdown_search import MOST_CHARACTERS, search
from thinkling.tasks.verify.expression import Expression, read_expression

TASK = Countdown()
EQUATION = re.compile(r"(\d+)([-+*/])(\d+)=(\d+)")
APPLY = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b}


def _problems(count: int, seed: int = 0, level: int | None = None) -> list[Problem]:
    random = Random(seed)
    return [TASK.sample(random, level, TASK.languages[index % 2]) for index in range(count)]


def _parts(problem: Problem) -> tuple[list[int], int]:
    numbers, _, target = problem.key.removeprefix("countdown:").partition("=")
    return [int(number) for number in numbers.split(",")], int(target)


def _equations(text: str) -> list[tuple[int, str, int, int]]:
    return [(int(a), sign, int(b), int(c)) for a, sign, b, c in EQUATION.findall(text)]


def test_numbers_and_targets_keep_to_their_limits_and_the_usual_problem_has_three_numbers() -> None:
    for level in (1, 2, 3, None):
        for problem in _problems(300, level=level):
            numbers, target = _parts(problem)
            assert len(numbers) == (level or 2) + 1 == problem.level + 1 and numbers == sorted(numbers)
            assert all(1 <= number <= 25 for number in numbers) and 1 <= target <= 100
            said = sorted(int(digits) for digits in re.findall(r"\d+", problem.question))
            assert said == sorted([*numbers, target]), problem
            assert TASK.check(problem, problem.answer).is_correct, problem


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize("style", ["search", "short"])
def test_every_line_is_true_and_the_first_hit_ends_the_search(level: int, style: str) -> None:
    random = Random(4)
    for problem in _problems(400, level=level):
        numbers, target = _parts(problem)
        solution = TASK.solve(problem, random, style)
        assert len(solution.reasoning) <= MOST_CHARACTERS
        first, *lines, last = solution.reasoning.split("\n")
        assert first.startswith(f"{target}: ") and sorted(map(int, first.split()[1:])) == numbers
        assert last.endswith(f"={target}") and last.removesuffix(f"={target}") in solution.answer
        tried = _equations("\n".join(lines))
        assert all(APPLY[sign](a, b) == c and a >= b for a, sign, b, c in tried), solution
        endings = [equation.rpartition("=")[2] for line in lines for equation in line.split()[level > 1 :]]
        is_asked = [":" in line for line in lines]
        assert sum(is_asked) == (level == 3)
        assert lines[-1].endswith(f"={target}")
        if level < 3:
            assert endings.count(str(target)) == 1, solution


@pytest.mark.parametrize("style", ["search", "short"])
def test_a_slip_is_one_wrong_equation_that_claims_the_target(style: str) -> None:
    random = Random(5)
    for problem in _problems(600, level=None) + _problems(200, level=3):
        _, target = _parts(problem)
        slip = TASK.slip(problem, random, style)
        lines = slip.reasoning.split("\n")[:-1]
        wrong = [
            found for found in _equations("\n".join(lines)) if APPLY[found[1]](found[0], found[2]) != found[3]
        ]
        assert len(wrong) == 1 and wrong[0][3] == target, slip
        assert lines[-1].endswith(f"={target}") and len(slip.reasoning) <= MOST_CHARACTERS


def test_a_bare_slip_uses_the_numbers_and_makes_something_else() -> None:
    random = Random(6)
    for problem in _problems(600):
        answer = TASK.slip(problem, random).answer
        numbers, target = _parts(problem)
        says_the_target = re.search(rf"(?: = |makes |等于){target}\b", answer)
        found = read_expression(answer[: says_the_target.start()] if says_the_target else answer)
        assert isinstance(found, Expression), answer
        assert sorted(found.numbers) == numbers and found.value != target


def _reachable(numbers: tuple[int, ...]) -> set[int]:
    """What two operations on whole numbers make, by trying everything."""
    made = set()
    for (a, b, c), first, second in product(permutations(numbers), "+-*/", "+-*/"):
        if first == "/" and (not b or a % b):
            continue
        one = int(APPLY[first](a, b))
        for left, right in ((one, c), (c, one)):
            if one >= 0 and not (second == "/" and (not right or left % right)):
                made.add(int(APPLY[second](left, right)))
    return made


def test_a_search_finds_every_target_that_can_be_reached_and_no_other() -> None:
    random = Random(7)
    for _ in range(12):
        numbers = tuple(random.randint(1, 25) for _ in range(3))
        reachable = _reachable(numbers)
        for target in range(1, 101):
            assert (search(numbers, target, random) is not None) == (target in reachable), (numbers, target)


def test_searches_of_one_problem_differ() -> None:
    problem = _problems(1)[0]
    random = Random(8)
    assert len({TASK.solve(problem, random, "search").reasoning for _ in range(40)}) > 2


def test_a_search_reads_as_its_description_says() -> None:
    problem = Problem("countdown", "Make 14 from 2 and 7.", "2*7", "countdown:2,7=14", 1)
    found = TASK.solve(problem, Random(0), "search").reasoning
    assert found == "14: 2 7\n7+2=9 7*2=14\n7*2=14"
    problem = Problem("countdown", "Make 17 from 9, 4, 2.", "9+4*2", "countdown:2,4,9=17", 2)
    found = TASK.solve(problem, Random(1), "search").reasoning
    assert found.replace("\n", "\n    ") in (countdown_search.__doc__ or "")
    problem = Problem("countdown", "用1、1、1、1算出4。", "1+1+1+1", "countdown:1,1,1,1=4", 3, "zh")
    solution = TASK.solve(problem, Random(0), "short")
    assert solution.reasoning.startswith("4: 1 1 1 1\n1+1=2\n4: 2 1 1\n")
    assert TASK.check(problem, solution.answer).is_correct


def test_a_right_expression_of_any_shape_counts_and_a_wrong_one_names_its_fault() -> None:
    problem = Problem("countdown", "Make 24 from 8, 3, 8, 3.", "", "countdown:3,3,8,8=24", 3)
    assert TASK.check(problem, "8/(3-8/3)").is_correct
    assert TASK.check(problem, "8*3+(8-8)").reason == "3, 8, 8, 8 used, 3, 3, 8, 8 given"
    assert TASK.check(problem, "8+8+3+3").reason == "22 made, 24 expected"
    assert not TASK.check(problem, problem.question).is_correct
    with pytest.raises(TaskError, match="was not reached"):
        TASK.solve(problem, Random(0), "search")


def test_a_key_of_another_form_is_refused() -> None:
    for key in ("countdown:", "countdown:3=3", "countdown:1,2,3,4,5=6", "countdown:a,b=3", "countdown:1,2"):
        with pytest.raises(TaskError):
            TASK.solve(Problem("countdown", "?", "", key, 1), Random(0))


def test_nearly_every_question_says_that_all_the_numbers_are_used() -> None:
    rule = re.compile(
        r"\b(?:once|all|single time)\b|exactly once|no number|left out|leaving a number|between|各一次|用一次"
        r"|都[要用]|用上|连起来|一个数也|遗漏"
    )
    for problem in _problems(3000):
        assert rule.search(problem.question), problem.question


def test_questions_are_many() -> None:
    for language, least in (("en", 40), ("zh", 20)):
        random = Random(9)
        drawn = [TASK.sample(random, language=language).question for _ in range(4000)]
        shapes = {re.sub(r"\[?\d+(?:[ ,、，和]+(?:and )?\d+)*\]?", "N", question) for question in drawn}
        assert len(shapes) >= least
