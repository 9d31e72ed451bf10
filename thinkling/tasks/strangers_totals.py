"""Sums of things, as one asks who has not seen the tasks' questions: pure data. Fields: {a} and {b}."""

from __future__ import annotations

TOTALS = (
    "What number comes {b} steps after {a} on the number line?",
    "[Tom|Luis|Stefan] turned {a} this year. How old will he be in {b} years?",
    "I had {a} coins in the jar and [dropped in|added|put in] {b} more. How many coins now?",
    "We scored {a} points in the first half and {b} in the second. What's our total?",
    "Lunch cost {a} dollars, taxi {b} dollars. How much did I spend?",
    "{a} people on the bus, {b} more get on, nobody gets off. How many [people|passengers|riders] now?",
    (
        "[A tree|An oak|A tortoise] was {a} years old when we moved in, and that was {b} years ago. "
        "How old is it now?"
    ),
    "read {a} pages yesterday n {b} today, how many pages is that",
    "Our farm keeps {a} sheep and {b} goats. How many animals are there [altogether|in total]?",
    "The east wing has {b} rooms and the west wing has {a}. How many rooms do the wings have between them?",
    (
        "The dough needs {a} minutes of resting and then {b} minutes in the oven. How many minutes "
        "from start to finish?"
    ),
    "drove {a} km then another {b} km. total km?",
    (
        "This tray holds {a} [cookies|buns|biscuits], that one holds {b}. If I tip them all into the "
        "same tin, how many are in the tin?"
    ),
    (
        "In my shop I sold {a} [apples|newspapers|umbrellas] before noon and {b} after. How many did I "
        "sell today?"
    ),
    "I have {a} stickers. My cousin gives me {b}. How many stickers do I have?",
    (
        "My [knight|wizard|ranger] has {a} hit points and a potion restores {b}. What are the hit "
        "points now, assuming no cap?"
    ),
    "It was {a} degrees this morning and it has warmed up by {b} degrees since. What is the temperature?",
    "I am {b} years old. What age will I be in {a} years?",
    (
        "The morning class has {a} pupils and the evening class has {b}. How many chairs do we need if "
        "everyone sits in the hall together?"
    ),
    "The bill is {a} euros and I would like to leave {b} euros as a tip. What do I pay altogether, dear?",
    (
        "There are {a} [emails|messages] in my work inbox and {b} in the private one. How many is that "
        "to answer?"
    ),
    "This wave {a} zombies, next wave {b} zombies. How many zombies in those waves combined?",
    "A resistor of {a} ohms in series with another of {b} ohms: total resistance in ohms?",
    "Put {a} grams of butter and {b} grams of sugar in the bowl. What does the mixture weigh, in grams?",
    "Pretend there are {a} [frogs|ducks|newts] in a pond and {b} more hop in. How many are in there now?",
    (
        "For the wedding, [the bride's side|my family] brings {a} guests and [the groom's side|his "
        "family] brings {b}. How many guests are coming?"
    ),
    "bought {a} red tulips and {b} yellow ones, how many flowers",
    "After giving away {b} marbles I still have {a}. How many did I have before?",
    "The lift goes up {a} floors, stops, and then climbs {b} floors more. How many floors did it climb?",
    "Walked {a} steps to the door, {b} steps to the gate. Steps overall?",
    (
        "There are {a} lines in the header and {b} lines in the body of my file, nothing else. What is "
        "the line count?"
    ),
    "I swam {a} lengths, had a rest, and swam {b} again. How many lengths [did I do|was that]?",
    "{a} boys and {b} girls came to the party. How many kids was that?",
    "I lay a plank of {a} inches and a plank of {b} inches end to end. How many inches does that reach?",
    (
        "The first parcel weighs {a} kilos and the second weighs {b}. What will the scale "
        "[show|read|say] with both on it?"
    ),
    "Seen {a} episodes, {b} still to go. How many episodes does the show have?",
    "{a} and {b}, summed please",
    "if i add {a} and {b} what do i get",
    "I need {a}+{b}, just the number thx",
    "[yo|oi|ayo] {a} plus {b} go",
    "Take {a}, [put|stack|pile] {b} on top. Result?",
    "My [daughter|son|nephew|granddaughter] is stuck on {a} plus {b}. What should the answer be?",
    "what does {b} plus {a} come to",
    "Start at {a} on the number line and hop {b} steps to the right. Where do you land?",
    "Increase {a} by {b}. What's the new number?",
    "For my maths [homework|lesson|class] I must calculate {a} plus {b}. Can you help me?",
    "Let m = {a} and n = {b}. Give me m + n.",
    "The addends are {a} and {b}. State the sum.",
    "do u know what {a} n {b} is when u add em up",
    "In a spreadsheet, cell A holds {a} and cell B holds {b}. What does adding the cells give?",
    "Tell me {a} plus {b}, nothing else.",
    "I said {b} + {a} out loud and nobody in the class answered. Can you?",
    "[hey|hiya|heyy] can u add {a} with {b} real quick",
    "[Please to add|Kindly add|I ask you add] the number {a} and the number {b}, what is result?",
    "My [flashcard|worksheet|exercise book] says {a} + {b}. What's on the answer side?",
    "We scored {a} points in the first half and {b} in the second. What was our final score?",
    "It was {a} degrees this morning and it has warmed up by {b} degrees since. What's the temperature now?",
    (
        "[Grandma|Auntie|Mum] baked {a} gingerbread biscuits and {b} shortbread ones. How many "
        "biscuits is that altogether?"
    ),
    (
        "There were {a} passengers on the [bus|tram|ferry] and at the next stop {b} more got on, "
        "nobody left. How many are on board now?"
    ),
    "i had {a} [gems|coins|crystals] in my game and just got {b} from a chest. how many now",
    (
        "My flight was delayed by {a} minutes and then by a further {b} minutes. How long is the delay "
        "in total, in minutes?"
    ),
    "{a} [euros|dollars|francs] in my purse, {b} of the same in my coat pocket. What have I got on me?",
    "The choir has {a} sopranos and {b} altos, and no one else. How big is the choir?",
    "I read {a} pages before lunch and {b} pages in bed. How many pages did I get through today?",
    (
        "Our hens laid {a} eggs on [Monday|Saturday|Thursday] and {b} the day after. How many eggs do "
        "we have from both days?"
    ),
    "Shift one was {a} hours this week, shift two {b} hours. Hours to put on my timesheet?",
    (
        "Two beams are laid end to end. The first is {a} cm long, the other {b} cm. What is their "
        "combined length in cm?"
    ),
    "The nurse gave me {a} ml in the morning and {b} ml in the evening. How many ml did I receive that day?",
    (
        "[Lena|Omar|Priya|Jack] has {a} stickers and her best friend gives her {b}. How many does she "
        "have after that?"
    ),
    "It rained {a} mm on Friday and {b} mm on Saturday. What does that make for both days?",
    (
        "The repo had {a} open issues last night and {b} new ones came in, none were closed. What's "
        "the count now?"
    ),
    (
        "My playlist has {a} songs. If I add {b} from my [sister's|roommate's|boss's], no duplicates, "
        "how many songs are on it?"
    ),
    (
        "[Papa|Karim|Our driver] drove {a} km to the petrol station and afterwards {b} km to work. How "
        "many km on the clock for this trip?"
    ),
    (
        "There are {a} [cows|goats|horses] in the upper field and {b} in the lower one. How many does "
        "the farmer own if that's the whole herd?"
    ),
    (
        "The recipe wants {a} grams of butter for the dough and {b} grams for the filling. How much "
        "butter do I need in all?"
    ),
    "tickets sold online: {a}. tickets sold at the door: {b}. tickets sold overall?",
    (
        "Planted {a} [tulip|crocus|daffodil] bulbs out front and {b} round the back. What's the number "
        "of bulbs in the ground now?"
    ),
    "I did {a} [push-ups|squats|sit-ups], took a breather and did {b} more. How many is that?",
    (
        "A [novel|cookbook|comic] costs {a} dollars and the bookmark set {b} dollars. How much do I "
        "pay for both?"
    ),
    "My toddler counted {a} red cars and {b} blue ones from the window. How many cars did she see?",
    "An elevator is at floor {a} and climbs {b} floors. Which floor does it stop at?",
    "The goalkeeper made {a} saves in the first match and {b} in the return leg. Saves over both matches?",
    (
        "We invited {a} guests from [my|Anna's|the bride's] side and {b} from the other side. How many "
        "invitations went out if each guest got one?"
    ),
    "ok so my phone got {a} notifications while i slept and {b} during breakfast, thats how many alltogether",
    (
        "Server A handles {a} requests per second and server B handles {b}. What do the servers handle "
        "jointly per second?"
    ),
    (
        "The [aquarium|fish tank|pond] holds {a} guppies. We pour in a bag with {b} more. Number of "
        "guppies swimming around?"
    ),
    (
        "I saved {a} pounds in [January|March|October] and {b} pounds the month after. How much is in "
        "the piggy bank, if it was empty before?"
    ),
    (
        "[Mrs. Novak|Mr. Singh|Dr. Hall] corrected {a} essays yesterday and {b} today. How many essays "
        "has she finished?"
    ),
    "The tower of blocks is {a} blocks high. Now [Mia|Ben|Zoe] puts {b} blocks on top. How high is it?",
    (
        "You walk {a} metres to the corner, then {b} metres to the [bakery|kiosk|church]. How far have "
        "you walked?"
    ),
    (
        "I practise [piano|drums|cello] {a} minutes before school, {b} minutes after. Total practice "
        "minutes a day?"
    ),
    "bowling: {a} pins knocked down so far, then {b} more. my score if its just pins?",
    (
        "There's {a} percent of the disk taken by photos and {b} percent by videos, nothing else is "
        "counted. What do they add up to in percentage points?"
    ),
    (
        "Class A collected {a} bottles for recycling, class B collected {b}. How many bottles did the "
        "classes bring in together?"
    ),
    (
        "On her walk the dog met {a} other dogs in the park and {b} by the river, all different ones. "
        "How many dogs did she meet?"
    ),
    "I've been to {a} concerts before this summer and {b} during it. Where does that put my concert count?",
    (
        "The [library|school|book bus] lent out {a} books before noon and {b} after. What number goes "
        "into the daily report?"
    ),
    (
        "Hello dear, I have knitted {a} rows on [Sunday|Tuesday|Wednesday] and {b} rows today. How "
        "many rows is my scarf now?"
    ),
    (
        "A snail crawls {a} cm up the wall by day and a further {b} cm at night. How many cm has it "
        "crawled in all?"
    ),
    (
        "My mother-in-law brought {a} jars of plum jam, my mother {b} jars of apricot. How many jars "
        "are sitting in my pantry now, given I had none?"
    ),
    "Home team {a}, visitors {b}. How many goals were there in the game?",
    (
        "Bad winter for my [beehive|bees|colony]: {a} dead ones found outside, {b} inside. What is the "
        "overall loss in bees?"
    ),
    (
        "Loading took {a} seconds and rendering {b} seconds, one after the other. What's the total run "
        "time in seconds?"
    ),
    "we got {a} likes on the first post n {b} on the second one, how many likes is that",
    (
        "A carton contains {a} light bulbs, a second carton {b}. I unpack everything onto one shelf. "
        "How many bulbs on the shelf?"
    ),
    (
        "In the charity run [Ali|Sofia|Greg] did {a} laps and his teammate did {b}. How many laps can "
        "the team claim?"
    ),
    (
        "The water tank had {a} litres in it. Overnight the rain added {b} litres. How many litres "
        "does it hold now?"
    ),
    "Our kitty at the card table stood at {a} and I threw in {b}. How much is in the kitty?",
    "Yesterday I picked {a} ripe tomatoes, today {b}. What's my harvest so far?",
    (
        "She wrote {a} lines of code in the morning and {b} in the afternoon and deleted nothing. How "
        "many lines did she write?"
    ),
    "For my puzzle, {a} edge pieces are in place and {b} inner ones. How many pieces have I placed?",
    "A shop got a delivery of {b} umbrellas; there were already {a} in stock. What's the stock level now?",
    "The museum counted {a} adult visitors and {b} children. Visitors in all?",
    (
        "I have to take the train for {a} minutes and then the bus for {b} minutes, no waiting. How "
        "many minutes am I travelling?"
    ),
    (
        "My cat sleeps {a} hours over the weekend on the sofa and {b} hours on my bed. How many hours "
        "of sleep is that?"
    ),
    (
        "Dad says he caught {a} trout on the [first|last|second] day and {b} the next. I don't believe "
        "him, but how many would that be?"
    ),
    (
        "One [bag|sack|crate] of potatoes weighs {a} kg and the other weighs {b} kg. What do the "
        "scales show if I put both on?"
    ),
    (
        "The vote went like this: {a} hands raised in the hall, {b} clicks online, everyone in favour. "
        "How many votes in favour?"
    ),
    "level {a} rn and my mate just boosted me by {b} levels. what level am i",
    "We painted {a} fence boards before the rain and {b} afterwards. How many boards are painted?",
    (
        "In the cookie jar are {a} cookies. Nobody has eaten any and I add {b}. How many cookies does "
        "the jar hold?"
    ),
    (
        "This month I swam {a} lengths in the indoor pool and {b} in the lido. Give me the grand total "
        "of lengths."
    ),
    "A car park has {a} spaces on the ground level and {b} on the roof. What is its capacity?",
    (
        "The orchestra bought {a} new music stands to go with the {b} it already had. How many stands "
        "are there now?"
    ),
    (
        "On the ferry I counted {a} bicycles, and my [husband|wife|cousin] counted {b} more on the "
        "lower deck. How many bicycles were aboard?"
    ),
    (
        "Mom's blood test took {a} minutes, the waiting room {b} minutes. How many minutes did we "
        "spend there overall?"
    ),
    (
        "Snow depth [at the cabin|on the terrace|in the yard] was {a} cm at bedtime and another {b} cm "
        "fell till dawn. How deep is it now?"
    ),
    "[In Scrabble|In our word game] I'm on {a} and my next word is worth {b}. What will my score be?",
    "I mined {a} iron and my friend mined {b} and we put it all in one chest lol how much iron in there",
    "A [parking|speeding|library] fine of {a} dollars plus an admin fee of {b} dollars: what's the bill?",
    (
        "Our kindergarten has {a} kids in the [Frog|Bear|Owl] group and {b} in the Bunny group. How "
        "many chairs are needed so that every child has one?"
    ),
    "The hikers climbed {a} metres before the break and {b} metres after it. What's their overall climb?",
    "Between us, I've got {a} vinyl records and my partner has {b}. How large is our joint collection?",
    (
        "Good evening. The gardener ordered {a} rose bushes and, a little later, {b} lavender plants. "
        "How many plants should the van deliver?"
    ),
    "Battery was at {a} units, the charger put in {b} units. Reading now?",
    (
        "The vet has seen {a} [cats|dogs] and {b} [rabbits|parrots] today, no other animals. How many "
        "animals has the vet seen?"
    ),
    (
        "I answered {a} questions correctly in part A and {b} in part B. What's my number of correct "
        "answers for the whole test?"
    ),
    (
        "There are {a} chapters in the first volume and {b} in the sequel. How many chapters does the "
        "series have with only these volumes?"
    ),
    "gym today: {a} min treadmill, {b} min rowing. total cardio minutes?",
    (
        "Someone left {a} missed calls on my landline and {b} on my mobile. How many missed calls do I "
        "have, all in all?"
    ),
    (
        "The quilt has {a} green patches and {b} yellow patches and that's it. Out of how many patches "
        "is it made?"
    ),
    (
        "A [bag|box|sock] of marbles: {a} clear, {b} cloudy. If I tip them all out, how many marbles "
        "roll over the floor?"
    ),
    (
        "My [uncle|neighbour|grandad] has {a} sheep, and this spring {b} lambs were born. How many "
        "animals are in the flock now?"
    ),
    (
        "The first coder found {a} bugs and the second coder found {b} completely different bugs. How "
        "many bugs were found?"
    ),
    "The caravan weighs in at {a} units empty and we've loaded {b} units of gear. What does it weigh loaded?",
    (
        "The [striker|captain|new girl] scored {a} goals for her old club and {b} for the new one. "
        "What is her career tally?"
    ),
    "My kettle says {a} degrees. It gets {b} degrees hotter while I look for a mug. What does it say now?",
    "Bus driver here: {a} stops on the outbound route, {b} on the way back. How many stops per round trip?",
)
"""{a} + {b}, both at least 2: what is counted stands in the plural."""
