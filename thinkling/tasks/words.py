"""Words to spell: several hundred English ones of 4 to 10 letters, and a maker of pronounceable others.

Levels 1, 2, 3 are words of 4 to 5, 6 to 7, 8 to 10 letters.
"""

from __future__ import annotations

from random import Random

SHORTEST, LONGEST = 4, 10
"""Letters in a word."""
_LENGTHS = {1: (SHORTEST, 5), 2: (6, 7), 3: (8, LONGEST)}
LEVELS: tuple[int, ...] = tuple(_LENGTHS)
"""The difficulties of words, easiest first."""

_ENGLISH = """
acorn address afternoon airplane almond alphabet amber anchor animal answer apple apricot apron
arrow autumn avocado baby bacon balloon bamboo banana barrel basket battery beach beard beaver
bedroom beetle berry bicycle birthday biscuit blanket blossom bottle bread breeze brick bridge
broccoli broom brother bubble bucket buffalo butter butterfly button cabbage cactus camel camera
candle canoe canyon captain caramel carpet carrot castle ceiling cello cellar cereal chair chapter
cheese cherry chess chicken chimney chocolate cinnamon circle city clever clock cloud clover coconut
coffee collar college comet committee common compass copper corner cotton country cousin cradle
crayon cricket crystal cucumber cupboard curtain daisy dancer daughter deer dentist desert diamond
dinner dinosaur doctor dollar dolphin donkey door dragon dream drawer dresser duck eagle early earth
echo eight elbow elephant eleven engine evening family farmer father feather fence ferry fiddle
field fifteen finger firefly flower flute forest forty fountain freedom freezer friend fruit funnel
galaxy garden garlic gentle giraffe glacier glasses goose gorilla grammar granite grape grass
gravity green guitar hammer hammock happy harbor harvest hazelnut heather helmet hobby holiday honey
horse hotel hunter iceberg igloo insect island jacket jelly jewel jigsaw journey jungle kangaroo
kennel kettle keyboard kitchen kitten ladder ladybug lagoon lamp language lantern laundry leather
lemon leopard lesson letter lettuce library lightning lily lion little lizard llama lobster lollipop
magnet mammal mango maple marble market marmalade meadow medal melon memory message middle milk
minnow mirror missing mitten monkey moon morning mother mountain mouse muffin museum mushroom music
mustard narrow necklace needle nephew nest noodle notebook number nutmeg ocean office olive onion
orange orchard ostrich otter oven oyster paddle paint palace pancake panda pantry papaya paper
parrot passenger peach peanut pear pebble pencil penguin pepper piano pickle picnic picture pillow
pineapple pirate pizza planet plum pocket pony poppy possible potato pottery prairie puddle pumpkin
puppet puppy puzzle pyramid quarter queen question quiet quilt rabbit raccoon radish railroad
rainbow raisin raspberry rattle raven ribbon river robin robot rocket rooster rubber sailor salad
salmon sandwich school scissors season secret settler seven shadow sheep shelter shoulder silver
sister sleeve slipper snowball soccer sparrow spinach spoon spring squirrel stapler station stomach
street strawberry success sugar suitcase summer sunflower sunset supper surprise swallow sweater
table tailor teacher teapot telephone temple tennis terrier thirteen thread thunder ticket tiger
toast toffee tomato tomorrow tower tractor traffic travel treasure tree triangle trumpet tulip
tunnel turkey turtle twenty umbrella uncle unicorn vacuum valley vanilla velvet village vinegar
violin volcano voyage waffle wagon walnut walrus water waterfall weather weekend whisper willow
window winter wizard wonder woodpecker writer yellow yogurt zebra zipper zucchini
"""
WORDS: tuple[str, ...] = tuple(_ENGLISH.split())
_WORDS_OF_LEVEL = {
    level: tuple(word for word in WORDS if shortest <= len(word) <= longest)
    for level, (shortest, longest) in _LENGTHS.items()
}

_ONSETS = (
    *"bcdfghjklmnprstvwz",
    "br",
    "ch",
    "cl",
    "cr",
    "dr",
    "fl",
    "gr",
    "pl",
    "pr",
    "sh",
    "sl",
    "sp",
    "st",
    "th",
    "tr",
)
_VOWELS = (*"aeiou", *"aeiou", "ee", "oo", "ai", "ea", "ou")
_CODAS = ("", "", "", "", "l", "m", "n", "r", "s", "t", "ck", "ll", "ng", "nt", "rr", "ss", "st", "tt")


def pseudo_word(random: Random, shortest: int = SHORTEST, longest: int = LONGEST) -> str:
    """A word that nobody has used but that can be said, of `shortest` to `longest` letters."""
    target = random.randint(shortest, longest)
    word = ""
    while not shortest <= len(word) <= longest:
        word = ""
        while len(word) < target:
            word += random.choice(_ONSETS) + random.choice(_VOWELS) + random.choice(_CODAS)
    return word


def word_of_level(random: Random, level: int) -> str:
    """A word of the level's length: an English one half of the time, else a made-up one."""
    if random.random() < 0.5:
        return random.choice(_WORDS_OF_LEVEL[level])
    return pseudo_word(random, *_LENGTHS[level])
