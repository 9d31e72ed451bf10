"""Small talk: hello, how are you, who are you, thanks, goodbye. Answered at once, without thinking.

There is no one right answer, so a rule decides: the answer is short, holds one of the expressions that belong
to the matter, and does not try to be an answer to everything. The split is over the wording, whatever its
punctuation and capitals ("greetings:how:hello how are you").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from thinkling.errors import TaskError
from thinkling.records import Problem, Verdict
from thinkling.tasks.task import (
    BARE,
    ENGLISH,
    Solution,
    key_body,
    require_language,
    require_level,
    require_style,
)

MAX_CHARACTERS = 200
"""A longer answer is refused unread."""
MAX_WORDS = 30
"""Small talk is short."""
MAX_MATTERS = 2
"""An answer that holds the expressions of more matters than this answers none of them."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a person may be after: `questions` ask it, `answers` are good ones, `expressions` tell them."""

    questions: tuple[str, ...]
    answers: tuple[str, ...]
    expressions: tuple[str, ...]


_HELLO = (
    "Hello;Hi;Hey;Hi there;Hello there;Hey there;Good morning;Good afternoon;Good evening;Greetings;"
    "Howdy;Hiya;Hello again;Hi again;Hello, my friend;Hi, friend;Good day;Hello, assistant;"
    "Hello, thinkling;Hi, thinkling"
)
_HOW = (
    "How are you;How are you doing;How are you today;How are you doing today;How is it going;"
    "How's it going;How are things;How do you do;How have you been;How do you feel;"
    "How do you feel today;Are you well;Is everything fine;How is your day;How is your day going;"
    "How's your day;What's up;Are you doing well;How are you this morning;How are you this evening;"
    "How's everything;You okay;Are you okay"
)
_WHO = (
    "Who are you;What are you;What's your name;What is your name;Can you introduce yourself;"
    "Introduce yourself;Please introduce yourself;Tell me about yourself;Are you a robot;"
    "Are you a person;Are you human;Are you an AI;Who am I talking to;Who is this;"
    "What should I call you;Do you have a name;What kind of thing are you;Tell me who you are;"
    "May I ask who you are;Can you tell me your name;What do people call you;Are you real"
)
_ABLE = (
    "What can you do;How can you help me;What do you know;Can you help me;What are you good at;Help;"
    "I need help;What can I ask you;What do you do;What are you able to do;Can you do something for me;"
    "What are your skills;Show me what you can do;What is it that you do;How do you help people;"
    "What sort of questions can I ask"
)
_THANKS = (
    "Thanks;Thank you;Thank you very much;Thanks a lot;Many thanks;Thank you so much;"
    "Thanks for your help;Thank you for your help;Thanks, that was helpful;Thanks, well done;"
    "Great, thanks;Great, thank you;Cool, thanks;Perfect, thank you;That was helpful, thank you;"
    "Thanks a million;I thank you;Thanks again;Thank you again;Okay, thanks;Nice, thanks;"
    "Thanks for the answer;Thank you for the answer;Good job, thanks"
)
_NICE = (
    "Nice to meet you;It is nice to meet you;Pleased to meet you;Good to meet you;Glad to meet you;"
    "It's a pleasure to meet you;Nice to see you;Good to see you;It's good to meet you;"
    "I am happy to meet you"
)
_BYE = (
    "Goodbye;Bye;Bye bye;See you;See you later;See you soon;See you tomorrow;Good night;Take care;"
    "Farewell;Until next time;I have to go;I have to go now;I must leave now;Talk to you later;"
    "Have a nice day;Have a good day;Have a good evening;That's all for today;That is all, goodbye;"
    "Thanks, bye;Okay, bye;Thank you and goodbye;Bye for now;So long;Good night, thinkling;"
    "Goodbye, thinkling;I am leaving"
)

MATTERS: dict[str, Matter] = {
    "hello": Matter(
        tuple(_HELLO.split(";")),
        ("Hello! How can I help you?", "Hi! What can I do for you?", "Hello! What would you like to know?"),
        ("hello", "hi", "hey", "good morning", "good afternoon", "good evening", "greetings"),
    ),
    "how": Matter(
        tuple(_HOW.split(";")),
        (
            "I am doing well, thank you! How can I help you?",
            "I am fine, thank you! What can I do for you?",
            "Very well, thank you! How can I help you?",
        ),
        ("doing well", "doing great", "doing fine", "am fine", "am well", "am good", "very well", "i'm fine"),
    ),
    "who": Matter(
        tuple(_WHO.split(";")),
        (
            "I am thinkling, a tiny language model that thinks before it answers.",
            "My name is thinkling. I am a tiny language model.",
            "I am thinkling, a small language model.",
        ),
        ("thinkling", "language model"),
    ),
    "able": Matter(
        tuple(_ABLE.split(";")),
        (
            "I can multiply, add, sort numbers and count letters. Ask me something!",
            "Ask me to multiply two numbers, to sort a list, or to count letters.",
        ),
        ("multiply", "sort numbers", "sort a list", "count letters"),
    ),
    "thanks": Matter(
        tuple(_THANKS.split(";")),
        ("You are welcome!", "You're welcome! Ask me anytime.", "My pleasure!"),
        ("you are welcome", "you're welcome", "my pleasure", "glad to help", "happy to help"),
    ),
    "nice": Matter(
        tuple(_NICE.split(";")),
        ("Nice to meet you too! How can I help you?", "It is nice to meet you too!"),
        ("nice to meet you too", "good to meet you too", "likewise"),
    ),
    "bye": Matter(
        tuple(_BYE.split(";")),
        ("Goodbye! Have a nice day.", "Goodbye! See you soon.", "Bye! Take care."),
        ("goodbye", "bye", "see you", "take care", "good night", "farewell"),
    ),
}
_NAMES = tuple(MATTERS)
_GREETABLE = frozenset({"how", "who", "able", "nice"})
_ASKING = frozenset({"how", "who", "able"})
_NOT_WORD = re.compile(r"[^a-z0-9' ]+")


class Greetings:
    """The task "greetings". One level, 0: nothing to think about."""

    name = "greetings"
    styles = (BARE,)
    levels = (0,)
    languages = (ENGLISH,)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """A matter, one of its wordings, and half of the time a greeting before it, where one is fitting."""
        require_level(self, level)
        require_language(self, language)
        name = random.choice(_NAMES)
        matter = MATTERS[name]
        wording = _early(matter.questions, random)
        end = random.choice(("?", "?", "?", "")) if name in _ASKING else random.choice(("!", "!", ".", ""))
        if name in _GREETABLE and random.random() < 0.5:
            wording = _early(MATTERS["hello"].questions, random) + random.choice(("! ", ", ", ". ")) + wording
        if random.random() < 0.1:
            wording = wording.lower()
        return Problem(
            kind=self.name,
            question=wording + end,
            answer=matter.answers[0],
            key=f"greetings:{name}:{_plain(wording)}",
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """One of the matter's answers; who was greeted greets back."""
        require_style(self, style)
        name = self._matter(problem)
        answer = random.choice(MATTERS[name].answers)
        is_greeted = name in _GREETABLE and _holds(_plain(problem.question), MATTERS["hello"].expressions)
        return Solution("", f"Hello! {answer}" if is_greeted else answer)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """An answer to another matter."""
        require_style(self, style)
        own = self._matter(problem)
        return Solution("", random.choice(MATTERS[random.choice([n for n in _NAMES if n != own])].answers))

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where a short answer holds an expression of the matter, and not those of many others."""
        name = self._matter(problem)
        if len(answer) > MAX_CHARACTERS or len(answer.split()) > MAX_WORDS:
            return Verdict(0.0, False, "answer too long")
        plain = _plain(answer)
        if not plain:
            return Verdict(0.0, False, "empty answer")
        if sum(_holds(plain, matter.expressions) for matter in MATTERS.values()) > MAX_MATTERS:
            return Verdict(0.0, False, "answers too many things at once")
        if not _holds(plain, MATTERS[name].expressions):
            return Verdict(0.0, False, "not an answer to that")
        return Verdict(1.0, True, "right")

    def _matter(self, problem: Problem) -> str:
        name = key_body(self, problem).partition(":")[0]
        if name not in MATTERS:
            raise TaskError(f"the key {problem.key!r} names no known matter.", f"one of {', '.join(_NAMES)}")
        return name


def _early(wordings: tuple[str, ...], random: Random) -> str:
    """One of the wordings; the first ones, which people use most, are drawn more often."""
    return wordings[int(len(wordings) * random.random() ** 2)]


def _plain(text: str) -> str:
    """Lower case words with single spaces between them."""
    return " ".join(_NOT_WORD.sub(" ", text.lower().replace("\u2019", "'")).split())


def _holds(plain: str, expressions: tuple[str, ...]) -> bool:
    padded = f" {plain} "
    return any(f" {expression} " in padded for expression in expressions)
