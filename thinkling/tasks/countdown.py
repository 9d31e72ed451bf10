"""The numbers game: make a target of given numbers with + - * / and brackets, each number exactly once.

The key knows the sorted numbers and the target ("countdown:3,7,20=41"). Any right expression counts, and
`Problem.answer` is one of them. "search" tries one thing after another until the target is hit, "short"
writes only what hits (see `thinkling.tasks.countdown_search`).
"""

from __future__ import annotations

import re
from random import Random

from thinkling.errors import TaskError
from thinkling.records import Problem, Verdict
from thinkling.tasks.countdown_search import (
    Found,
    draw,
    false_search,
    formula,
    search,
    short_search,
    wrong_expression,
)
from thinkling.tasks.task import (
    BARE,
    CHINESE,
    ENGLISH,
    Solution,
    key_body,
    require_language,
    require_level,
    require_style,
)
from thinkling.tasks.verify.expression import check_expression
from thinkling.tasks.wording import dressed

_QUESTIONS = {
    ENGLISH: (
        "Make {t} from {n}, each used once.",
        "Make {t} from the numbers {n}, using every number once.",
        "Make {t} using each of {n} exactly once.",
        "Make {t} out of {n}, each used once.",
        "Can you make {t} from {n} if every number is used once?",
        "Can you reach {t} with {n}? Use each number once.",
        "Reach {t} with {n}, each number once.",
        "Get {t} from all of {n}.",
        "How do you get {t} from {n}, using each once?",
        "How can I make {t} with all the numbers {n}?",
        "How would you combine all of {n} to get {t}?",
        "Combine {n} to get {t}; no number may be left out.",
        "Combine the numbers {n}, each one once, so that the result is {t}.",
        "Use all of {n} to make {t}.",
        "Use each of {n} exactly once to make {t}.",
        "Use every one of the numbers {n} once and + - * / to reach {t}.",
        "Using all of {n}, make {t}.",
        "Using all the numbers {n} once, write an expression that equals {t}.",
        "Using each of the numbers {n} once, find an expression for {t}.",
        "With {n}, each once, make {t}.",
        "With all the numbers {n} and the operations + - * / how do you get {t}?",
        "Write {t} with {n}, using every number once.",
        "Write an expression with each of {n} once whose value is {t}.",
        "Give an expression that uses {n} once each and equals {t}.",
        "Find an expression that makes {t} from {n}. Every number must be used once.",
        "Find a way to get {t} from {n} without leaving a number out.",
        "Which expression with all of {n} gives {t}?",
        "Put +, -, *, / and brackets between {n}, in any order, to make {t}.",
        "Numbers: {n}, each once. Target: {t}.",
        "Target: {t}. Numbers, all to be used: {n}.",
        "Target {t}, numbers {n}, use all",
        "The target is {t} and the numbers are {n}. Find an expression that uses each once.",
        "The numbers are {n}. Make {t} with all of them.",
        "I have the numbers {n} and want {t}, using each once. How?",
        "Given {n}, reach {t} with plus, minus, times and divide; take each number once.",
        "Let's play: make {t} from {n}, every number exactly once.",
        "Use all: {n} -> {t}",
        "{n} -> {t}, each number once",
        "{n}: make {t}. Use all of them once.",
        "{t} from all of {n}?",
        "Turn {n} into {t}, each number used a single time.",
        "What do I have to do with {n}, taking each once, to arrive at {t}?",
        "Find a calculation with the result {t} in which each of {n} appears once.",
        "None of {n} may be left out or used twice: make {t}.",
        "make {t} with {n}, use each once",
        "can u get {t} from {n} using all of them once",
        "I want {t}. I have {n}, each to be used once. What do I write?",
        "My numbers are {n}, the goal is {t}, and all of them must be used once.",
        "How can {n} be turned into {t} if each number is used exactly once?",
        "On the table lie the cards {n}. Use all of them once to make {t}.",
        "I drew {n}. How do I reach {t} with all of them, each once?",
        "The teacher gave us {n} and asked for {t}. Each number must be used once.",
        "Hit {t} with {n}, using each number exactly once.",
        "Which calculation with {n}, each used once, comes to {t}?",
        "Is there a way to make {t} from {n}, each used once? Show it.",
        "Using + - * / and all of {n}, how do you reach {t}?",
        "Please make {t} out of {n}, taking each number once.",
        "Could you make {t} from {n}, using all the numbers?",
        "Would you find a calculation that uses each of {n} once and gives {t}?",
        "I need a calculation for {t} with {n}, every number once.",
        "We play the numbers game: the numbers are {n}, the target is {t}, and each is used once.",
        "By adding, subtracting, multiplying or dividing all of {n}, each once, get {t}.",
        "{t} is the goal. Use {n}, each exactly once.",
        "What expression with {n}, each once, is worth {t}?",
        "Show me how {n}, all used once, give {t}.",
        "Tell me how to get {t} out of {n} when each number is used once.",
        "Build {t} from {n} and use every number once.",
        "Form {t} with all of {n}, each once.",
        "Help me reach {t} with {n}; each number has to be used once.",
        "Do you see how to make {t} with {n}, all used once?",
        "If I must use each of {n} exactly once, how do I get {t}?",
        "With any signs and brackets, but each of {n} just once, make {t}.",
        "My cards show {n}. Used once each, all of them should make {t}. How?",
        "You may add, subtract, multiply and divide. Use {n}, each once, and arrive at {t}.",
    ),
    CHINESE: (
        "用{n}算出{t}，每个数用一次。",
        "用{n}这些数字算出{t}，每个数字都要用一次。",
        "用数字{n}凑出{t}，每个只用一次。",
        "怎样用{n}得到{t}？每个数用一次。",
        "如何用上{n}的每个数凑成{t}？",
        "请用{n}各一次写一个等于{t}的算式。",
        "每个数字用一次，用{n}得到{t}。",
        "用{n}各一次，加减乘除得到{t}。",
        "把{n}用加减乘除连起来，使结果等于{t}。",
        "数字：{n}，每个用一次。目标：{t}。",
        "目标是{t}，数字是{n}，请列出算式，每个数用一次。",
        "目标{t}，数字{n}，全部用上",
        "已知{n}，求一个结果为{t}的算式，每个数恰好用一次。",
        "能不能用{n}算出{t}？数字都要用上。",
        "我有数字{n}，想得到{t}，每个用一次，怎么算？",
        "给你{n}，请用上所有的数凑出{t}。",
        "{n}都用一次，怎么算才等于{t}？",
        "{n}凑{t}，每个数用一次",
        "怎么由{n}得出{t}？一个数也不能少。",
        "用四则运算把{n}变成{t}，每个数用一次。",
        "写出一个算式：用{n}各一次，结果是{t}。",
        "数字游戏：用{n}算出{t}，每个数都用一次。",
        "不重复也不遗漏地用{n}算出{t}。",
        "想得到{t}，手上有{n}，每个用一次，怎么列式？",
        "桌上有{n}几张牌，都用一次，怎么得到{t}？",
        "抽到{n}，要算出{t}，每个数用一次，怎么算？",
        "老师给了{n}，让我们凑成{t}，每个数用一次。",
        "请列出得{t}的算式，{n}每个用一次。",
        "{t}怎么用{n}算出来？每个数恰好用一次。",
        "利用{n}，每个数用一次，使结果为{t}。",
        "把{n}都用上，算出{t}。",
        "{n}全部用上，能得到{t}吗？怎么算？",
        "凑数游戏：数字{n}，目标{t}，每个用一次。",
        "给{n}添上运算符号和括号，使结果是{t}，每个数用一次。",
        "要用{n}得到{t}，每个数只能用一次，该怎么写？",
        "帮我用{n}凑{t}，一个数也别漏，每个用一次。",
        "加减乘除都行，用{n}各一次得{t}。",
    ),
}
_ANSWERS = {
    ENGLISH: ("{e}", "{e}", "{e}", "{e} = {t}", "The answer is {e}.", "{e} makes {t}.", "You can use {e}."),
    CHINESE: ("{e}", "{e}", "{e}", "{e} = {t}", "答案是{e}。", "{e}等于{t}。", "可以用{e}。"),
}
_LAST_JOINTS = {ENGLISH: " and ", CHINESE: "和"}
_LARGEST_NUMBER = 25
_USUAL_LEVEL = 2
_NUMBER = re.compile(r"[0-9]+")
_BODY = re.compile(r"[0-9]{1,4}(?:,[0-9]{1,4}){1,3}=[0-9]{1,4}")


class Countdown:
    """The task "countdown": targets from 1 to 100. Levels 1, 2, 3: two, three, four numbers from 1 to 25."""

    name = "countdown"
    styles = (BARE, "search", "short")
    levels = (1, 2, 3)
    languages = (ENGLISH, CHINESE)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """Random numbers, of which random steps make the target; without a level there are three."""
        require_level(self, level)
        require_language(self, language)
        chosen = _USUAL_LEVEL if level is None else level
        route = None
        while route is None:  # one draw in twenty leads nowhere
            numbers = tuple(random.randint(1, _LARGEST_NUMBER) for _ in range(chosen + 1))
            route = draw(numbers, random)
        target = route[-1].result
        asked = random.choice(_QUESTIONS[language]).format(n=_listed(numbers, random, language), t=target)
        return Problem(
            kind=self.name,
            question=dressed(asked, random, language),
            answer=formula(route),
            key=f"countdown:{','.join(map(str, sorted(numbers)))}={target}",
            level=chosen,
            language=language,
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A right expression; a search takes the numbers in the order of the question.

        Raises TaskError where whole numbers not below zero lead to no hit.
        """
        require_style(self, style)
        numbers, target = self._numbers_and_target(problem)
        found = (search if style == "search" else short_search)(numbers, target, random)
        if found is None:
            raise TaskError(
                f"the target of {problem.key!r} was not reached.", "draw problems with Countdown.sample"
            )
        return _answered(problem, found, style, random)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """An expression with another value, or a search that ends with a wrong result, taken for a hit."""
        require_style(self, style)
        numbers, target = self._numbers_and_target(problem)
        if style == BARE:
            found = Found("", wrong_expression(numbers, target, random))
        else:
            found = false_search(numbers, target, random, is_short=style == "short")
        return _answered(problem, found, style, random)

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where the one expression of the answer makes the target and uses each number exactly once."""
        return check_expression(*self._numbers_and_target(problem), answer)

    def _numbers_and_target(self, problem: Problem) -> tuple[tuple[int, ...], int]:
        """The numbers as the question orders them, or as the key does where the question says others."""
        body = key_body(self, problem)
        if not _BODY.fullmatch(body):
            raise TaskError(
                f"the key {problem.key!r} names no numbers and target.", "draw it with Countdown.sample"
            )
        given, _, target = body.partition("=")
        numbers = tuple(map(int, given.split(",")))
        said = tuple(map(int, _NUMBER.findall(problem.question)))
        for asked in (said[1:], said[:-1]):
            if sorted(asked) == sorted(numbers):
                return asked, int(target)
        return numbers, int(target)


def _listed(numbers: tuple[int, ...], random: Random, language: str) -> str:
    """The numbers as a person lists them: "3, 7 and 20", "3 7 20", "[3, 7, 20]", "3、7、20"."""
    kind = random.random()
    if kind < 0.25:
        comma = ", " if language == ENGLISH else "、"
        return comma.join(map(str, numbers[:-1])) + _LAST_JOINTS[language] + str(numbers[-1])
    if kind < 0.4:
        return " ".join(map(str, numbers))
    if kind < 0.5:
        return f"[{', '.join(map(str, numbers))}]"
    joint = ", " if language == ENGLISH else random.choice(("、", "，", ", "))
    return joint.join(map(str, numbers))


def _answered(problem: Problem, found: Found, style: str, random: Random) -> Solution:
    target = problem.key.rpartition("=")[2]
    answer = random.choice(_ANSWERS[problem.language]).format(e=found.expression, t=target)
    return Solution("" if style == BARE else found.text, answer)
