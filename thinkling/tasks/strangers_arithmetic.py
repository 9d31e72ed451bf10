"""Differences, products and the larger number, as one asks who has not seen the tasks' questions: pure data.

Fields: the numbers {a} and {b}.
"""

from __future__ import annotations

DIFFERENCES = (
    "{a}-{b}",
    "{a} - {b} = ?",
    "{a} minus {b}?",
    "take {b} away from {a}",
    "What's left of {a} once {b} is [gone|removed|taken out]?",
    "Subtract {b} from {a}, please.",
    "how much bigger is {a} than {b}",
    "From {b}, how far is it up to {a}?",
    "By how much does {a} [exceed|beat|top] {b}?",
    "what must i add to {b} to get {a}",
    "{b} + what = {a}?",
    "{a} less {b}, what is it?",
    "Reduce {a} by {b}.",
    "difference between {a} and {b}??",
    "Begin at {a} and count back {b}. Where do you stop?",
    "[Sir|Madam|My friend], {b} is how much smaller than {a}?",
    "If {b} gets knocked off {a}, what [remains|is left]?",
    "y = {a} - {b}, give me y",
    "My teacher [wrote|put] {a} - {b} on the board and I was [asleep|daydreaming]. What's the answer?",
    "Would you mind telling me what {a} take away {b} comes to?",
    "I had {a} balloons and {b} [popped|flew away|burst]. How many are left?",
    "Paid with {a} dollars for something costing {b} dollars. My change?",
    "book has {a} pages, i finished {b} of them, how many to go",
    "[Grandpa|My uncle|The neighbour] is {a}, my mother is {b}. How many years older is he?",
    "{a} eggs in the crate, {b} [were cracked|came broken]. How many good ones can I sell?",
    "They won {a} to {b}. What was the winning margin?",
    "The recipe wants {a} grams of flour but I have only {b} grams. How many grams am I short?",
    "My hero had {a} health, then a [troll|dragon|skeleton] hit for {b}. Health now?",
    "It's {b} degrees outside and {a} degrees in the kitchen. How many degrees warmer is the kitchen?",
    "There were {a} cars in the car park until {b} drove off. How many stayed?",
    "The trip is {a} miles and we've done {b}. How many miles remain?",
    "I need {a} euros for the [jacket|lamp|game]. Saved {b} so far. How much is missing?",
    "Of {a} guests invited, {b} cannot come. How many guests will be at the table?",
    "Cut {b} centimetres off a [ribbon|cable|rope] of {a} centimetres. How long is it now, in centimetres?",
    "The exam lasts {a} minutes and {b} minutes have passed. How many minutes do I still have?",
    "My sister picked {a} strawberries, me just {b}. How many more did she pick?",
    "Hotel has {a} rooms, {b} taken. How many free?",
    "I weighed {a} kilos before the diet and {b} kilos after. How many kilos did I lose?",
    (
        "The tank held {a} litres this morning; {b} litres have [leaked out|been used] since. How "
        "many litres are in it now?"
    ),
    "phone was at {a} percent, now its {b} percent. how many points did it drop",
)
"""{a} - {b}, which is at least 1; both are at least 2."""
COMPARE = (
    "{a} or {b}, which is bigger?",
    "which number is larger: {a} or {b}",
    "Is {a} or {b} the greater number?",
    "max({a}, {b})",
    "Out of {a} and {b}, [pick|choose|name] the bigger one.",
    "Between {a} and {b}, which one is higher?",
    "Give me the larger of {b} and {a}.",
    "Which has the greater value, {a} or {b}?",
    "[My son|My boss|My wife] and I can't agree: is {a} the bigger number, or {b}?",
    "bigger decimal? {a} vs {b}",
    "{a} against {b} - which one wins for size?",
    "On the number line, which lies further to the right, {a} or {b}?",
    "Please write down whichever of {a} and {b} is [greater|larger|bigger].",
    "Sort {a} and {b} from low to high. Which one comes last?",
    "I have numbers {a} and {b}. Which is the more big?",
    "Of these, which is worth more: {a}, {b}?",
    "Compare {a} with {b} and [tell me|return|state] the larger value.",
    "if x = {a} and y = {b}, what is the value of the bigger one",
    "Mathematically speaking, which is greater: {b} or {a}?",
    "{a}, {b}. Biggest?",
    "Would you be so kind as to tell me which is the larger, {a} or {b}?",
    "Cross out the smaller of {a} and {b}. What's left?",
    "Which is further from zero, {a} or {b}?",
    "What do you call bigger, {a} or {b}? Answer with the number [only|alone].",
    "I say {a}, my [friend|rival|twin] says {b}. What's the higher of our numbers?",
    "As plain decimals, which is more, {a} or {b}?",
    "which of the pair {a} and {b} is the big one",
    "float compare: {a} and {b}, return the greater",
    "Suppose you creep up from nothing in tiny steps. Which do you reach later, {a} or {b}?",
    (
        "One [rope|hose|curtain rail] is {a} metres and the other is {b} metres. How many metres "
        "is the longer one?"
    ),
    (
        "[Cheese|Coffee|Shampoo] costs {a} euros here and {b} euros [next door|across the road]. "
        "What's the dearer price?"
    ),
    "My baby weighed {a} kilos, my sister's weighed {b}. What was the heavier weight?",
    "Yesterday {a} degrees, today {b}. Temperature on the warmer day?",
    "I got {a} in [maths|drama|biology] and {b} in history, and higher is better. Which was my best grade?",
    "The [gymnast|diver|skater] got {a} from one judge and {b} from another. What was the higher mark?",
    "ran the sprint in {a} seconds then in {b} seconds, which is my slower time",
    "Plank lengths are {a} and {b} feet. What is the length of the longest?",
    "At auction the bids were {a} and {b} dollars. Which bid wins, if the highest takes it?",
    "The earthquakes had magnitudes {a} and {b}. What was the magnitude of the stronger?",
    "My long jump was {a} m, [Tom's|Aisha's|Pedro's] was {b} m. What distance did the winner jump?",
    (
        "The bank on the corner pays {a} percent on savings, the online one {b}. What is the "
        "better rate for a saver?"
    ),
    "This pot holds {a} litres, that pot holds {b} litres. I want the roomier. How many litres?",
    "Trucks of {a} tons and {b} tons want to cross. What does the heavier one weigh in tons?",
    (
        "We caught a fish of {a} pounds and a fish of {b} pounds. Which weight goes on the record "
        "board as the [biggest|top] catch?"
    ),
    "Sensor P reads {a} [volts|bar|amps], sensor Q reads {b}. What is the larger reading?",
    "Film rated {a}, book rated {b}. What's the higher rating?",
    "hike on [monday|friday] {a} miles, on [tuesday|sunday] {b} miles. longest hike in miles?",
    "My [sunflowers|tomato plants|candles] are {b} cm and {a} cm tall. How tall is the tallest?",
    "Flour bags weigh {a} kg and {b} kg. I'll take the heavier bag. How many kg am I carrying?",
    "Petrol was {a} per litre last month and {b} this month. What was the more expensive price?",
    "Screen sizes: {a} inches and {b} inches. Grandma wants the [big|larger] one. How many inches?",
    "The download takes {a} minutes on wifi and {b} minutes on cable. What is the longer wait, in minutes?",
    (
        "I measured the shaft and got {a} mm, then again and got {b} mm. For safety I keep the "
        "greater value. Which value do I [write down|keep|use]?"
    ),
    "The boss says my hourly pay can be {a} or {b} dollars. Of course I want more. Which do I choose?",
    (
        "My drop rate is {a} percent with the [sword|axe] and {b} percent with the [bow|staff]. "
        "What's the better drop rate?"
    ),
    (
        "The river is {a} metres deep by the bridge and {b} metres deep by the mill. How deep is "
        "the deeper spot, in metres?"
    ),
    (
        "In the [pie|chili|jam] contest, mine scored {a} and hers {b}, and the top score wins. "
        "What did the winner score?"
    ),
    "Rain gauge showed {a} mm in April and {b} mm in May. How much fell in the wetter month?",
    "A nurse noted readings of {a} and {b} from the same patient. Which was the higher reading?",
)
"""The larger one of {a} and {b}, as a number."""
MULTIPLY = (
    "{a}*{b}",
    "{a} x {b} =",
    "{a} times {b}?",
    "whats {a} multiplied by {b}",
    "[Find|Give me|State] the product of {a} and {b}.",
    "{a} lots of {b} is how much?",
    "{a} groups of {b}. total?",
    "Multiply {b} by {a}, would you?",
    "x = {a} * {b}, solve for x",
    "How much makes {a} times {b}?",
    "Testing you: {a} times {b}!",
    "Calculate please the multiplication of {a} with {b}.",
    "What number is {a} times as big as {b}?",
    "Divide a [secret|mystery|certain] number by {a} and you get {b}. What's that number?",
    "Scale {b} up by a factor of {a}.",
    "Write {b} down {a} times and add all of them. What's the total?",
    "my homework: {a} x {b}. [HELP|help me|pls answer]",
    "In the times table, what stands where row {a} meets column {b}?",
    "({a})({b}) = ?",
    "i forgot my tables, {a} times {b} is what",
    "Take {a}. Multiply by {b}. [Result|Answer|Outcome]?",
    "What do you get when {a} is [multiplied|timesed] by {b}?",
    "I should be [grateful for|glad to have] the answer to {a} times {b}.",
    "eval {a} * {b}",
    "the answer for {a} into {b}, multiply i mean",
    "Which number divided by {b} gives {a}?",
    "Count in steps of {b}, starting from zero, and take {a} steps. Where are you?",
    "{b} repeated {a} times and summed, plz",
    "Factors are {a} and {b}. Product?",
    "Can a [robot|computer|bot] do {a} times {b}? Show me the answer.",
    "{a} rows of [chairs|benches|desks], {b} in each row. How many is that?",
    "I bought {a} boxes with {b} [pencils|crayons|candles] in each. How many do I have?",
    "Tickets are {b} dollars each and we need {a}. What's the total price in dollars?",
    "I save {b} euros every week. How much will I have saved in {a} weeks?",
    "The [bathroom|kitchen|pool] wall is {a} tiles wide and {b} tiles high. How many tiles cover it?",
    "Each [goblin|bandit|slime] drops {b} gold and I beat {a} of them. How much gold do I get?",
    "{a} buses came, every one carrying {b} tourists. Tourists in all?",
    "need {b} grams [rice|pasta|lentils] per person, {a} people coming. how many grams",
    "I walk the dog {b} minutes a day. After {a} days, how many minutes have we walked?",
    "The garden is {a} metres long and {b} metres wide. What's its area in square metres?",
    (
        "Every spider in my game has {b} eyes. There are {a} spiders. How many eyes are "
        "[watching|staring at] me?"
    ),
    "A worker packs {b} parcels per hour. How many parcels in {a} hours?",
    "We have {a} hives and {b} jars of honey come from each. How many jars?",
    "My book has {a} chapters of {b} pages each. Pages in total?",
    "The choir has {a} rows with {b} singers apiece. How many singers are there?",
    "Eggs come {b} to a tray. I ordered {a} trays. How many eggs will [arrive|be delivered]?",
    "The [car|train|ferry] goes at {b} km per hour for {a} hours. How far does it get, in km?",
    "Each of my {a} [grandchildren|pupils|neighbours] gets {b} chocolates. How many chocolates should I buy?",
    "A current of {a} amps flows through {b} ohms. How many volts are across it?",
    "Building with {a} floors, {b} windows on every floor. How many windows must I wash?",
    "rent a [bike|kayak|scooter] {b} bucks a day, keep it {a} days. what do i pay",
    "At the fair, {a} kids each threw {b} balls. How many balls were thrown?",
    "Each shirt uses {b} buttons. Buttons for {a} shirts?",
    "The printer does {b} pages a minute and ran for {a} minutes. How many pages came out?",
    "A [teacher|coach] hands {b} sheets to every one of {a} children. How many sheets are handed out?",
    "The parking lot has {a} lanes and {b} spaces in every lane. How many cars fit?",
    "My [matrix|spreadsheet|table] has {a} rows and {b} columns. How many cells is that?",
    "I do {b} push-ups each morning. How many push-ups in {a} mornings?",
    "We planted {b} bulbs in each of {a} pots. How many bulbs went into the soil?",
    "Imagine {a} pirates and each pirate owns {b} parrots. How many parrots are on the ship?",
)
"""{a} times {b}, both at least 2."""
