"""Sums of numbers, as one asks who has not seen the tasks' questions: pure data. Fields: {a} and {b}."""

from __future__ import annotations

SUMS = (
    "{a} plus {b}?",
    "{a}+{b}",
    "{a} + {b} =",
    "whats {a} and {b} together",
    "[Kindly|Please] add {b} to {a}.",
    "sum of {a} and {b} [pls|plz|thx]",
    "If I put {a} on top of {b}, what number do I [get|reach|have]?",
    "{a} added to {b} makes what?",
    "what do u get from {a} + {b}",
    "Total up {a} and {b} for me, would you?",
    "[Tell me|Name|Say] the number that is {b} more than {a}.",
    "Start at {a} and count up {b} more. Where do you [land|end up|stop]?",
    "Increase {a} by {b}.",
    "hey quick one, {a} plus {b}",
    "I'm doing sums in my head and got stuck: {a} and then {b} on top. What's the answer?",
    "Which number is equal to {a} + {b}?",
    "Fill in the blank: {a} + {b} = __",
    "x = {a} + {b}. x?",
    (
        "Could you [be so kind as to|perhaps] work out {a} plus {b}? My [eyesight|memory] is not what "
        "it used to be, I'm afraid."
    ),
    "Result of addition of {a} with {b}, please?",
    "{a} & {b} summed",
    "compute {a}+{b}",
    "Let a number be {a}. Raise it by {b}. What is it now?",
    "how much makes {a} plus {b}?",
    "add these: {a}, {b}",
    "My calculator [died|is out of battery|won't turn on]. {a} + {b} please!",
    "I need one number: {a} plus {b}.",
    "Combine {a} with {b}, what's the total?",
    "Adding {a} and {b} gives...?",
    "Take {b} away from a [mystery|secret|hidden] number and {a} is left. What was the number?",
    "Evaluate ({a}) + ({b}).",
    "ok so {a} and another {b}, thats how many",
    "[Mum|My sister|Grandad] says {a} plus {b} is easy but I don't get it. What is it?",
    "print({a} + {b}) [outputs|shows|displays] what?",
    "My brother is {a} and I'm {b}. What do our ages come to when added?",
    "whats {a} plus {b}",
    "{a} + {b} = ?",
    "[Hi|Hello|Hey there], could you tell me what {a} and {b} make together?",
    "Add {b} to {a}.",
    "Please [compute|calculate|determine] the sum of {a} and {b}.",
    "How much is {a} plus {b}?",
    "sum {a} {b}",
    "[Quick question|Quick one|Fast one]: {a} added to {b}?",
    (
        "Can you work out {a} + {b} for me? I left my glasses [in the car|upstairs|at work] and can't "
        "see my calculator."
    ),
    "Good day [sir|friend|madam], please what is the addition of {a} and {b}?",
    "Evaluate: {a} + {b}",
    "[Total of|Sum total of] {a} and {b}?",
    "{a} plus {b} is how many",
    "Find x if x = {a} + {b}.",
    "add these pls: {a}, {b}",
    "Would you be so [kind|good] as to add the numbers {a} and {b} together for me?",
    "print({a} + {b}) would output what?",
    "[ugh|omg|argh] brain fog, {a} + {b} ???",
    "Fill in the blank: {a} + {b} = ___",
    "{b} and {a} combined, what number is that?",
    "Excuse me, how many makes {a} with {b}?",
    "calc {a}+{b}",
    (
        "I typed {a} plus {b} into my calculator but the [battery died|screen is broken|display is "
        "cracked]. What would it have said?"
    ),
    "What do you get when you count on {b} from {a}?",
    "Sum of {b} and {a}, please and thank you.",
    "[Mental math time|Pop quiz|Quiz time]! {a} plus {b} equals...?",
    "a teacher wrote {a} + {b} on the board, what goes after the equals sign",
    "What is the result of adding {a} to {b}?",
    "solve {a} + {b}",
    "so {a}, and then another {b} on top of that, makes?",
    "In darts my [brother|flatmate|dad] got {a} with his first throw and {b} with his second. Total?",
    "Please help: my salary bonus is {a} for attendance and {b} for sales. How much is bonus together?",
    (
        "At the [flea market|school fair|garage sale] I earned {a} from toys and {b} from old clothes. "
        "What did I take home?"
    ),
    "I owe [Kim|Dave|Rosa] {a} for the pizza and {b} for the cinema. How much do I owe overall?",
    "Our penalty points stood at {a}; the referee just gave us {b} more. Where do we stand?",
    "mum gave me {a} for chores n nan slipped me {b} on top, what am i worth now",
)
"""{a} + {b}, whatever the numbers."""
