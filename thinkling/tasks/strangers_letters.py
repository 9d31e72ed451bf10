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
    "how many {c} in {w}",
    'How many {c}\'s are there in "{w}"?',
    'Count the letter "{c}" in "{w}".',
    "[Hi|Hello|Hey], could you count how often {c} occurs in {w}?",
    "number of {c} in {w}?",
    "I'm spelling out '{w}'. How many times will I say '{c}'?",
    "In the word {w}, what is the number of {c}'s?",
    "how often do u see a {c} in {w}",
    "Please [tell me|let me know|say] how many letters {c} the word '{w}' contains.",
    'I\'m making a [sign|banner|poster] that reads "{w}". How many cut-outs of the letter {c} do I need?',
    "My [crossword|word puzzle|word search] solution is {w}. How many squares hold the letter {c}?",
    "{w}: how many {c}?",
    "Spell {w} and count every {c}. What do you get?",
    (
        "For a [name tag|pillow|baby blanket] I have to embroider the word {w}. How many times do I "
        "stitch a {c}?"
    ),
    "let's see if you AIs can do this: how many '{c}' are in '{w}'?",
    'Frequency of "{c}" in "{w}"?',
    "does {w} have any {c} and how many, just gimme the number",
    "Given the string \"{w}\", return the count of the character '{c}'.",
    "My [daughter|grandson|pupil] wants to know how many times you write {c} when you write {w}.",
    "Excuse me, in word {w} how many letter {c} there is?",
    "I want to lay the word {w} with [letter|wooden|magnetic] tiles. How many {c} tiles must I find?",
    "The {c} key on my keyboard is [broken|stuck|dead]. How often would I have needed it for typing {w}?",
    'What does "{w}".count("{c}") give?',
    "[pls|plz|please] count {c} in {w} thx",
    "How many of the letters in {w} are a {c}?",
    "We're practising for the spelling bee and the word is '{w}'. How many {c}'s should be in it?",
    'If I crossed out each {c} in "{w}", how many letters would I cross out?',
    "The word on the [board|slide|card] is {w}. Find the letter {c}: how many are there?",
    "Letter: {c}. Word: {w}. Occurrences?",
    "Look at “{w}” letter by letter. How many times is it “{c}”?",
    "I can never remember how {w} is spelled. How many times does it have {c}?",
    "Would you kindly count the {c}'s in the word {w} for me? My eyes are not what they were.",
    "how many times {c} comes in {w}",
    (
        "In hangman [somebody|my kid|Nora] guesses {c}, and the secret word is {w}. How many blanks "
        "get filled in?"
    ),
    "My password hint is {w} and I swap each {c} for a [star|dot|dash]. How many of those will there be?",
    "What's the count of {c} in {w}?",
    "[Everyone|My teacher|The internet] says chatbots can't count letters. So: {w}, how many {c}'s?",
    "tell me the amount of {c}s in the word {w}",
    (
        "I've bought alphabet stickers to put {w} on the [nursery door|mailbox|boat]. How many "
        "stickers with {c} will I use?"
    ),
    "Does the letter '{c}' occur in {w}, and if so how many times? Only the number, please.",
    "{c} in {w}, how many times?",
    '[Check|Verify|Look up] the spelling of "{w}" and report how many {c}\'s it contains.',
    "A wheel-of-fortune contestant picks {c}; the puzzle is just the word {w}. How many letters light up?",
    "ok so {w} is written with how many {c}",
    "How frequently does {c} show up in '{w}'?",
    "I need to know how many times the character {c} is found in {w}.",
    "Counting only the letter {c}, how many letters does {w} have?",
    "My little [brother|sister|cousin] claims he knows how many {c}'s {w} has. What is the right answer?",
    "When you write {w} on paper, how many times does your pen make a {c}?",
    "[Cake icing|Baking|Decorating] question: the cake says {w}. How many {c}'s do I have to pipe?",
    "Kindly give the number of occurrences of '{c}' within '{w}'.",
    "[bro|dude|man] how many {c}'s in {w}, dont mess it up",
    'I highlighted every {c} in the word "{w}" in [yellow|pink|green]. How many highlights are there?',
    "Please, the word {w}, how many times it is having the letter {c}?",
    "We're printing {w} with old lead type. How many pieces of {c} should I pull from the case?",
    "Can you go through {w} slowly and say how many {c} you come across?",
    "How many instances of the letter {c} make up part of the word {w}?",
    "Each {c} is worth a [point|coin|cookie] in our board game. I laid the word {w}. How many do I get?",
    "count: letter {c}, word {w}",
    (
        "The neon sign [over the bar|at the diner|on the motel] says {w}, but every {c} has gone dark. "
        "How many letters are out?"
    ),
    'In "{w}" there are how many letters "{c}"?',
    "is it one or more {c} in {w}? how many exactly",
    (
        "[Teacher|Miss Cole|Our tutor] asked us to circle all the {c}'s in {w}. How many circles "
        "should I have drawn?"
    ),
    "Hello dear, how many times must I type {c} to write the word {w}?",
    "Take the word {w}. How many of its letters equal {c}?",
    "I'm testing a few AI models with the same question: how many times is {c} contained in {w}?",
    "the word's {w}. the letter's {c}. how many?",
    (
        'I\'m stringing letter beads into a [bracelet|keychain|necklace] that says "{w}". How many '
        "beads with a {c} on them go on?"
    ),
    "Could you please spell {w} to yourself and tell me the tally for {c}?",
    "If you sorted the letters of {w} into piles, how many would be in the {c} pile?",
    "how many {c} letters does {w} got",
    "You'd find the letter '{c}' how many times in the English word '{w}'?",
    "I keep [mistyping|misspelling|getting wrong] {w}. Remind me, how many {c}'s?",
    "Write {w} backwards if you like, but how many {c}'s does it include?",
    "I'm carving {w} into a wooden bench and the letter {c} is tricky. How many times do I have to carve it?",
    "Char count of {c} inside {w}, number only.",
    "In Morse code [class|club|camp] we're tapping out {w}. How many times do we tap the code for {c}?",
    (
        "My [son|nephew|little boy] is learning the letter {c}. If he looks for it in the word {w}, "
        "how many will he find?"
    ),
    (
        "Settle a bet for [us|me and my mate|my wife and me]: how many times is the letter {c} used in "
        "spelling {w}?"
    ),
)
"""How often the letter {c} stands in the word {w}."""
