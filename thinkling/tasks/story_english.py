"""Word problems in English, form by form: data for the task "stories", nothing else.

{a} to {d} are the numbers of the form, {m} {n} {p} names, {o} things and {s} one of them, {k} containers and
{h} one of them, {i} the place of a sentence that does not matter.
"""

from __future__ import annotations

from thinkling.tasks.phrase import Phrases

THINGS = (
    *("apple", "pear", "book", "pen", "stamp", "coin", "marble", "card", "sticker", "egg", "cookie", "cake"),
    *(
        "shell",
        "button",
        "flower",
        "toy",
        "stone",
        "ball",
        "nut",
        "lemon",
        "candle",
        "ticket",
        "doll",
        "plum",
    ),
)
CONTAINERS = ("box", "bag", "basket", "crate", "jar", "tin", "drawer", "tray")
ASIDES = Phrases(
    (
        "The house at the corner has {x} [windows|lamps|doors]. ",
        "It is {x} degrees outside. ",
        "The [bus|train|house] has the number {x}. ",
        "The clock strikes every {x} minutes. ",
        "{z} has {x} [cousins|cats|hats|keys]. ",
        "The sun sets in {x} minutes. ",
        "{x} birds [sit on the roof|fly by]. ",
        "{z} sleeps in room {x}. ",
        "The radio plays {x} songs. ",
    )
)
"""Numbers that do not matter: of things that no story counts."""

LEADS = (
    "Question: ",
    "Tell me: ",
    "Now the question: ",
    "Say: ",
    "Work this out: ",
    "I wonder: ",
    "The question is: ",
)
"""What may stand before the question itself."""

_FORMS = {
    "sum": (
        "{m} has {a} {o} and {n} has {b} {o}. {i}How many {o} do they have [together|in all|altogether]?",
        "{m} [had|owned] {a} {o} and [got|found|bought] {b} more. {i}How many {o} does {m} have now?",
        "There are {a} {o} in one {h} and {b} {o} in another. {i}How many {o} are there in [all|total]?",
        "{m} is {a} years old. {n} is {b} years older. {i}How old is {n}?",
        "{m} walked {a} km on Monday and {b} km on Tuesday. {i}How many km did {m} walk [in all|altogether]?",
        "In the morning {m} [picked|sold|counted] {a} {o}, in the afternoon {b}. {i}How many {o} in all?",
        "A [book|hat|bag] costs {a} dollars, a [pen|cap|belt] {b} dollars. {i}How many dollars do both cost?",
        "{a} {o} were in the {h}. {m} put {b} more into it. {i}How many {o} are in it now?",
        "[Some|A few] {o}: {a} are red and {b} are blue. {i}How many {o} is that together?",
        "{i}How many {o} does {m} have after getting {b} more, if there were {a} before?",
    ),
    "left": (
        "{m} has {a} {o} and [gives|sells|lends] {b} of them to {n}. {i}How many {o} does {m} have left?",
        "There were {a} {o} in the {h}. {m} [took|removed|used] {b}. {i}How many {o} are left?",
        "{m} has {a} {o}. {n} has {b} {o}. {i}How many more {o} does {m} have than {n}?",
        "{n} has {b} {o} and {m} has {a}. {i}How many fewer {o} does {n} have?",
        "{m} is {a} years old and {n} is {b}. {i}How many years older is {m}?",
        "{m} had {a} dollars and [spent|lost|gave away] {b}. {i}How many dollars are left?",
        "The way to [school|town|the lake] is {a} km. {m} has gone {b} km. {i}How many km are left?",
        "{m} wants to read {a} pages and has read {b}. {i}How many pages are [left|still to read]?",
        "{b} of the {a} {o} are red, the others are blue. {i}How many {o} are blue?",
        "{m} [needs|wants] {a} {o} and has {b}. {i}How many {o} are missing?",
    ),
    "product": (
        "There are {a} {k} with {b} {o} [each|in each]. {i}How many {o} are there in [all|total]?",
        "{m} has {a} {k}. [Each|Every] {h} holds {b} {o}. {i}How many {o} does {m} have?",
        "A [hall|room|garden] has {a} rows of {b} chairs. {i}How many chairs are there?",
        "One {s} costs {b} dollars. {i}How many dollars do {a} {o} cost?",
        "{m} [runs|walks|rides] {b} km every day. {i}How many km is that in {a} days?",
        "A [bike|boat|cart] goes {b} km in an hour. {i}How many km does it go in {a} hours?",
        "{a} friends have {b} {o} each. {i}How many {o} do they have [together|in all]?",
        "{m} [plants|puts] {a} rows with {b} flowers in each row. {i}How many flowers are there?",
        "{m} [buys|picks|collects] {b} {o} a day for {a} days. {i}How many {o} is that?",
    ),
    "quotient": (
        "{a} {o} are shared [equally|fairly] among {b} [friends|children]. {i}How many {o} does each get?",
        "{m} puts {a} {o} into {b} {k}, the same number in each. {i}How many {o} are in each {h}?",
        "{m} has {a} {o} and puts {b} into each {h}. {i}How many {k} does {m} need?",
        "{b} {o} cost {a} dollars. {i}How many dollars does one {s} cost?",
        "{m} reads {b} pages a day. {i}How many days does {m} need for {a} pages?",
        "{m} rides {a} km in {b} hours. {i}How many km is that in one hour?",
        "{a} chairs stand in {b} equal rows. {i}How many chairs are in one row?",
        "{a} children form {b} equal teams. {i}How many children are in a team?",
    ),
    "sum_three": (
        "{m} has {a} {o}, {n} has {b} and {p} has {c}. {i}How many {o} do they have together?",
        "{m} [picked|sold] {a} {o} on Monday, {b} on Tuesday and {c} on Friday. {i}How many {o} in all?",
        "{m} is {a} years old. {n} is {b} years older. {p} is {c} years older than {n}. {i}How old is {p}?",
        "{m} had {a} {o}, found {b} and bought {c}. {i}How many {o} does {m} have now?",
        "A [trip|tour] goes {a} km by bus, {b} km by train and {c} km on foot. {i}How many km in all?",
        "Three {k} hold {a}, {b} and {c} {o}. {i}How many {o} are there in total?",
    ),
    "left_two": (
        "{m} had {a} {o} and gave {b} to {n} and {c} to {p}. {i}How many {o} are left?",
        "{a} people were on a bus. {b} got off, and then {c} more. {i}How many people are on the bus now?",
        "{m} had {a} dollars and paid {b} dollars for a hat and {c} for a ball. {i}"
        "How many dollars are left?",
        "A book has {a} pages. {m} read {b} on Monday and {c} on Tuesday. {i}How many pages are left?",
        "Of {a} {o}, {b} are red, {c} are blue and the rest are green. {i}How many {o} are green?",
        "A rope is {a} m long. {m} cuts off {b} m and then {c} m. {i}How many m are left?",
    ),
    "left_more": (
        "{m} had {a} {o}, gave {b} to {n} and [got|bought|found] {c}. {i}How many {o} does {m} have now?",
        "{a} people were on a bus. {b} got off and {c} got on. {i}How many people are on the bus now?",
        "A shop had {a} {o}. It sold {b}, then {c} came in. {i}How many {o} does it have?",
        "{m} had {a} dollars, spent {b} and earned {c}. {i}How many dollars does {m} have?",
        "There were {a} {o} in the {h}. {m} took out {b}, {n} put in {c}. {i}How many {o} are in it now?",
        "From {a} {o} {m} loses {b}. Later {m} finds {c}. {i}How many {o} is that?",
    ),
    "groups_more": (
        "{m} has {a} {k} with {b} {o} each and {c} {o} more. {i}How many {o} does {m} have?",
        "{m} buys {a} {k} of {b} {o} each. {n} adds {c} {o}. {i}How many {o} are there?",
        "A hall has {a} rows of {b} chairs and {c} chairs at the wall. {i}How many chairs are there?",
        "{m} runs {b} km a day for {a} days and then {c} km more. {i}How many km is that in all?",
        "{m} buys {a} {o} at {b} dollars each and a bag for {c} dollars. {i}How many dollars is that?",
        "{m} saves {b} dollars a week for {a} weeks and had {c} dollars. {i}How many dollars are there now?",
    ),
    "groups_left": (
        "{m} has {a} {k} with {b} {o} each and gives {c} {o} to {n}. {i}How many {o} are left?",
        "A hall has {a} rows of {b} chairs. {c} chairs are taken away. {i}How many chairs are left?",
        "{m} baked {a} trays of {b} cookies. {c} cookies were eaten. {i}How many cookies are left?",
        "{m} earns {b} dollars a day for {a} days and spends {c} dollars. {i}How many dollars are left?",
        "There are {a} {k} of {b} {o}, but {c} {o} are broken. {i}How many {o} are good?",
        "{m} fills {a} rows with {b} {o} each and then takes {c} {o} back. {i}How many {o} remain?",
    ),
    "change": (
        "{m} has {a} dollars and buys {b} {o} at {c} dollars each. {i}How many dollars are left?",
        "{b} {o} at {c} dollars each are paid with {a} dollars. {i}How many dollars come back?",
        "{m} pays with {a} dollars for {b} {o} at {c} dollars each. {i}How many dollars does {m} get back?",
        "One {s} costs {c} dollars. {m} has {a} dollars and buys {b} of them. {i}How many dollars remain?",
        "{m} had {a} {o} and filled {b} {k} with {c} {o} each. {i}How many {o} are left over?",
        "A book has {a} pages. {m} reads {c} pages a day for {b} days. {i}How many pages are left?",
    ),
    "shared_sum": (
        "{m} has {a} {o} and {n} has {b}. They fill {c} {k} equally. {i}How many {o} are in each {h}?",
        "{a} boys and {b} girls form {c} equal teams. {i}How many children are in each team?",
        "{m} picked {a} {o}, {n} picked {b}. All are shared among {c} friends. {i}"
        "How many {o} does each get?",
        "{a} red and {b} blue {o} are packed equally into {c} {k}. {i}How many {o} go into each {h}?",
        "{m} earns {a} and {n} {b} dollars; they make {c} equal parts of it. {i}How many dollars is a part?",
    ),
    "shared_left": (
        "{m} had {a} {o}, kept {b} and shared the rest among {c} friends. {i}How many {o} did each get?",
        "Of {a} {o}, {b} are broken. The others go equally into {c} {k}. {i}How many {o} are in each {h}?",
        "Of {a} children {b} are ill. The others form {c} equal teams. {i}How many children are in a team?",
        "{m} had {a} dollars, kept {b} and gave the rest to {c} friends equally. {i}How many dollars each?",
        "A book has {a} pages. {m} has read {b} and reads the rest in {c} days. {i}How many pages a day?",
    ),
    "remainder": (
        "{m} has {a} {o} and fills {k} with {b} {o} each. {i}How many {o} are left over?",
        "{a} {o} are shared equally among {b} children. {i}How many {o} are left over?",
        "{a} children form groups of {b}. {i}How many children are left without a group?",
        "A ribbon of {a} cm is cut into pieces of {b} cm. {i}How many cm are left over?",
        "{m} packs {a} {o}, {b} to a {h}. {i}How many {o} do not fill a {h}?",
        "{m} has {a} dollars. One {s} costs {b} dollars, and {m} buys as many as possible. {i}"
        "How many dollars are left?",
    ),
    "more_together": (
        "{m} has {a} {o}. {n} has {b} more than {m}. {i}How many {o} do they have together?",
        "{m} is {a} years old and {n} is {b} years older. {i}What do their ages add up to?",
        "On Monday {m} ran {a} km, on Tuesday {b} km more than on Monday. {i}How many km in both days?",
        "One {h} holds {a} {o}, another holds {b} more than that. {i}How many {o} do both hold?",
        "A cap costs {a} dollars, a coat costs {b} dollars more. {i}How many dollars do both cost?",
    ),
    "fewer_together": (
        "{m} has {a} {o}. {n} has {b} fewer than {m}. {i}How many {o} do they have together?",
        "{m} is {a} years old and {n} is {b} years younger. {i}What do their ages add up to?",
        "On Monday {m} ran {a} km, on Tuesday {b} km less than on Monday. {i}How many km in both days?",
        "One {h} holds {a} {o}, another holds {b} less than that. {i}How many {o} do both hold?",
        "A coat costs {a} dollars, a cap costs {b} dollars less. {i}How many dollars do both cost?",
    ),
    "sum_groups": (
        "Every day {m} [finds|sells] {a} red and {b} blue {o}. {i}How many {o} is that in {c} days?",
        "There are {c} {k}, each with {a} red and {b} blue {o}. {i}How many {o} are there in all?",
        "A ticket costs {a} dollars, a meal {b} dollars. {i}How many dollars do {c} people pay for both?",
        "{m} runs {a} km in the morning and {b} km in the evening. {i}How many km is that in {c} days?",
        "{c} groups of {a} boys and {b} girls [meet|play]. {i}How many children are there?",
    ),
    "two_groups": (
        "{m} has {a} bags of {b} {o} and {c} boxes of {d} {o}. {i}How many {o} does {m} have?",
        "{m} buys {a} pens at {b} dollars each and {c} books at {d} dollars each. {i}"
        "How many dollars is that?",
        "A hall has {a} rows of {b} chairs and {c} rows of {d} chairs. {i}How many chairs are there?",
        "{m} walks {b} km a day for {a} days, then {d} km a day for {c} days. {i}How many km in all?",
        "{m} fills {a} {k} with {b} {o} each, {n} fills {c} with {d} {o} each. {i}How many {o} in all?",
    ),
    "change_two": (
        "{m} has {a} dollars, buys {b} {o} at {c} dollars each and a bag for {d}. {i}"
        "How many dollars are left?",
        "{m} pays with {a} dollars for {b} {o} at {c} dollars each and a cap for {d} dollars. {i}"
        "How many dollars come back?",
        "{m} had {a} {o}, filled {b} {k} with {c} each and gave {d} to {n}. {i}How many {o} are left?",
        "Of {a} pages {m} reads {c} a day for {b} days and then {d} more. {i}How many pages are left?",
    ),
    "groups_left_shared": (
        "{m} has {a} {k} with {b} {o} each, keeps {c} {o} and shares the rest among {d} friends. {i}"
        "How many {o} does each friend get?",
        "{a} rows of {b} chairs: {c} chairs are broken, the others go equally to {d} rooms. {i}"
        "How many chairs does a room get?",
        "{m} earns {b} dollars a day for {a} days, spends {c} and splits the rest into {d} equal parts. {i}"
        "How many dollars is one part?",
        "{a} {k} of {b} {o} arrive. {c} {o} are bad; {d} shops share the others equally. {i}"
        "How many {o} does a shop get?",
    ),
    "groups_more_left": (
        "{m} has {a} {k} with {b} {o} each, finds {c} more and gives {d} to {n}. {i}How many {o} are left?",
        "A hall has {a} rows of {b} chairs. {c} chairs are added, {d} taken away. {i}"
        "How many chairs are left?",
        "{m} saves {b} dollars a week for {a} weeks, gets {c} dollars and spends {d}. {i}"
        "How many dollars are there now?",
        "A shop gets {a} {k} of {b} {o}. It had {c} {o}, and it sells {d}. {i}How many {o} does it have?",
    ),
    "sum_three_left": (
        "{m} has {a} {o}, {n} {b} and {p} {c}. Together they give away {d}. {i}How many {o} are left?",
        "{a}, {b} and {c} children come in three buses, and {d} go home. {i}How many children are left?",
        "{m} got {a}, {b} and {c} dollars and spent {d} dollars. {i}How many dollars are left?",
        "{m} picked {a} {o}, then {b}, then {c}. {d} of them were bad. {i}How many {o} were good?",
    ),
    "sum_remainder": (
        "{m} has {a} {o} and {n} has {b}. They fill {k} with {c} {o} each. {i}How many {o} are left over?",
        "{a} boys and {b} girls form groups of {c}. {i}How many children are left without a group?",
        "{m} and {n} pick {a} and {b} {o}; {c} friends share all equally. {i}How many {o} are left over?",
        "{a} red and {b} blue {o} are packed, {c} to a {h}. {i}How many {o} do not fill a {h}?",
    ),
}
WORDINGS = {name: Phrases(templates) for name, templates in _FORMS.items()}
"""The templates of every form."""
