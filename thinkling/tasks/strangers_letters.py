"""Letters in words, as one asks for them who has not seen the tasks' questions: pure data.

Fields: the letter {c} and the word {w}.
"""

from __future__ import annotations

LETTERS = (
    "how many {c}'s in {w}",
    "How many times does the letter {c} [occur|show up] in the word {w}?",
    'count the {c}s in "{w}"',
    "{w}: how many {c}'s?",
    "Number of letters {c} in {w}?",
    "In {w}, the letter {c} is used how many times?",
    "Look at the word {w}. How many of its letters are {c}?",
    "number of {c}s, word: {w}",
    "Please be so [good|kind] as to count every {c} in the word {w} for me.",
    "I [want|need] the exact count of {c} in {w}.",
    "How often do we [meet|see|find] the letter {c} in {w}?",
    "Spell out {w} and tell me how many {c}'s you [find|come across].",
    "what is '{w}'.count('{c}') in python",
    "For the word '{w}', frequency of '{c}'?",
    "Tally of {c} in {w}, please.",
    "how many time is letter {c} inside word {w}?",
    "If you go through {w} letter by letter, how many times do you hit {c}?",
    "yo how many {c}s does {w} got",
    "The word {w} contains how many letters {c}?",
    "Just a number: occurrences of {c} in {w}.",
    "Can you [see|work out] how many {c}'s there are in {w}?",
    "[Daddy|Mummy|Miss], how many {c}'s are in {w}?",
    "Out of all the letters in {w}, how many are {c}'s?",
    "When writing {w}, how many times do I [write|need|put] the letter {c}?",
    "letter {c} in {w} - how many?",
    "Tell me how many of the letter {c} one would find in the word {w}.",
    "I keep [losing count|getting muddled]. How many {c}'s are there in {w}?",
    'given s = "{w}", how many characters of s equal "{c}"?',
    "Read {w} slowly and say how many {c}'s it has.",
    "How many letters {c} do you count in {w}?",
    "wait how many {c}'s r in {w} again",
    "What's the {c} count for {w}?",
    "The letter is {c}. The word is {w}. How many times is the one in the other?",
    "I'd like to know the number of {c}'s that the word {w} is written with.",
    "{c} in {w}, how many times",
    "How many positions in the string {w} hold the character {c}?",
    "Excuse me, in English word {w}, how many {c} letters is there?",
    "[People|My kids|The students] argue about the {c}'s in {w}. How many are there really?",
    "Underline each {c} in {w}. How many underlines [are there|did you make]?",
    "Count {c}. Word {w}. Go!",
    "My {c} key is [broken|stuck|dead]. If I type {w}, how many letters will be missing?",
    (
        "In hangman the secret word is {w} and my [daughter|nephew|friend] guesses {c}. How many "
        "blanks get filled?"
    ),
    "I'm icing {w} on a cake with sugar letters. How many {c}'s must I [make|cut out|buy]?",
    "For a scrabble move I want to lay down {w}. How many {c} tiles does it take?",
    "The sign over my [shop|bakery|garage] will read {w}. How many plastic letters {c} should I order?",
    "My password is {w} (not really!). How many {c}'s would I be typing?",
    "My answer to the crossword clue is {w}. How many of its squares contain {c}?",
    "A tattoo artist is inking the word {w}. How many times will he draw the letter {c}?",
    "At the spelling bee I got {w}. How many {c}'s should I have said?",
    "Stencil job: {w}. How many times do I [reach for|use|pick up] the {c} stencil?",
    "My [cat|boat|hamster] is called {w}. How many {c}'s are there in that name?",
    "We are embroidering {w} on a pillow and every {c} is done in gold thread. How many gold letters?",
    (
        "If I paint {w} on the [fence|wall|door] and make each {c} red but nothing else, how many "
        "red letters will there be?"
    ),
    "my kid cut the word {w} out of paper, letter by letter. how many paper {c}'s are on the floor now",
    (
        "Someone rubbed every {c} off the blackboard where I had written {w}. How many letters "
        "[vanished|were lost]?"
    ),
    "I replace every {c} in {w} with a [star|dash|dot]. How many letters did I replace?",
    "Fridge magnets: to spell {w}, how many {c} magnets do I need?",
    "Our band is named {w}. How many {c}'s go on the [poster|drum|banner] if the name is on it once?",
    "The typesetter is setting {w} in lead type. How many {c} pieces will he pick from the case?",
    "Neon sign says {w} and all the {c}'s stopped glowing. How many dark letters?",
    "We spell {w} with alphabet soup noodles. How many noodles shaped like {c} do we use?",
    "Each {c} costs me one coin in this word game. The puzzle is {w}. How many coins do I pay?",
    "The engraver charges only for the letter {c}. How many letters would I pay for in {w}?",
    "I typed {w} correctly. How many times did my finger press {c}?",
    "During a phone call I had to spell {w} aloud. How many times did I say the letter {c}?",
    "my [username|gamertag|nickname] is {w}, how many {c}s in it lol",
    "At the match, fans hold up one letter card each to make {w}. How many fans hold {c}?",
    "Beads with letters on them: I'm making a [bracelet|necklace|keyring] that says {w}. How many {c} beads?",
    "Every time the teacher writes {c}, the class claps once. She writes {w}. How many claps?",
    "The [host|quiz master] shouts: show me all the {c}'s! The board hides {w}. How many tiles turn over?",
    "Writing {w} in my notebook, I put a red dot on each {c}. How many red dots will I make?",
    (
        "A parrot squawks once whenever it hears the letter {c}. I spell {w} to it, letter after "
        "letter. How many squawks?"
    ),
    "I am carving {w} into a bench. The letter {c} is the hardest. How many times must I carve it?",
    (
        "On the [lorry|van|tram] it says {w}. A child asks how many {c}'s are painted there. What "
        "is the right answer?"
    ),
    "Morse practice: when I send {w}, how many times do I send the code for {c}?",
    "Sky writer plane draws {w} in smoke. How many {c}'s in the sky?",
    (
        "The new [street|school|park] is going to be called {w}, and the council buys each letter "
        "for the sign separately. How many {c}'s do they buy?"
    ),
    "My student wrote {w} and it is spelled right. How many {c}'s did she write?",
    "if a mouse nibbles all the {c}'s out of the word {w}, how many letters has it eaten",
    "Word search, hidden word {w}. I circle only the {c}'s in it, one by one. How many circles?",
)
"""How often the letter {c} stands in the word {w}."""
