"""How people ask for the product of two numbers {a} and {b}: data for the task "multiply", nothing else.

Expressions go into the questions of `arithmetic_wordings`; the other questions are whole.
"""

from __future__ import annotations

from thinkling.tasks.phrase import Phrases
from thinkling.tasks.task import CHINESE, ENGLISH

EXPRESSIONS = {
    ENGLISH: (
        *(
            "{a} times {b}",
            "{a} times {b}",
            "{a} times {b}",
            "{a} multiplied by {b}",
            "{a} * {b}",
            "{a} * {b}",
        ),
        *("{a}*{b}", "{a} x {b}", "{a}x{b}", "{a} × {b}", "{a}×{b}"),
    ),
    CHINESE: (
        *("{a}乘{b}", "{a}乘{b}", "{a}乘以{b}", "{a}乘以{b}", "{a} 乘以 {b}", "{a}乘上{b}", "{a} × {b}"),
        *("{a}×{b}", "{a}*{b}", "{a} * {b}", "{a}x{b}", "{a} x {b}"),
    ),
}

QUESTIONS = {
    ENGLISH: Phrases(
        (
            "Multiply {a} [by|and|with] {b}.",
            "[Please|Now|Just|Let's] multiply {a} [by|and|with] {b}.",
            "[Can|Could|Would|Will] you multiply {a} [by|and|with] {b}[?| for me?|, please?]",
            "[What is|What's|what is] the product of {a} and {b}?",
            "[Find|Compute|Calculate|Work out|Determine|Evaluate] the product of {a} and {b}.",
            "[Give me|Tell me|I need|I want|Write down|State] the product of {a} and {b}.",
            "[Do you know|Can you find|Can you tell me|Could you give me] the product of {a} and {b}?",
            "The product of {a} and {b} is [what|which number|how much]?",
            "[Product|product] of {a} and {b}[?|]",
            "What [do|will|would] you get [if|when] you multiply {a} [by|and|with] {b}?",
            "[What is|What's] the result [if|when] {a} is multiplied by {b}?",
            "If [I|we|you] multiply {a} [by|with] {b}, what [is|will be] the result?",
            "[How much|What] is {a} multiplied [by|with] {b}?",
            "{a} multiplied [by|with] {b}: [how much is that|what is it]?",
            "{a} and {b}: [what is the product|what is their product|what do they make when multiplied]?",
            "{a} and {b}, multiplied[.|, please.| together.]",
            "[I have|Take|Here are] {a} and {b}. What is their product?",
            "The [numbers|factors] are {a} and {b}. [What is the product|What do they multiply to]?",
            "The [numbers|factors] are {a} and {b}. [Multiply them|Give me the product|Find the product].",
            "Which number [is|equals] the product of {a} and {b}?",
            "[Take|Count] {a}, {b} times. How much is that?",
            "How much [are|is] {a} groups of {b}?",
            "[Do|Try] a multiplication: {a} [by|and] {b}.",
            "[There are|I have|We need] {a} [boxes|bags|shelves|teams] of {b}. How many [is that|in all]?",
            "{a} [boxes|bags|shelves|rows] with {b} [apples|books|coins|seats] each[:|,] how many in all?",
            "[Each|Every] [box|bag|shelf|row] has {b} [apples|books|coins]. How many are in {a} of them?",
            "[I pay|I get|It costs] {b} [dollars|coins|euros] {a} times. How much is that in all?",
            "What [do|would|will] {a} and {b} [make|give], multiplied?",
            "[Which|What] number [do I get|comes out|results] from {a} multiplied by {b}?",
            (
                "One [ticket|book|pen|cup|shirt] costs {a} [dollars|euros|pounds]. "
                "How much [do|would] {b} of them cost?"
            ),
            (
                "I buy {a} [pens|tickets|plants|mugs] at {b} [cents|dollars|euros] each. "
                "[What|How much] do I pay?"
            ),
            (
                "What [do|would] {a} [notebooks|tickets|chairs|lamps] cost [if|when] the price is {b} "
                "[dollars|euros] each?"
            ),
            (
                "The price is {a} [cents|dollars|euros] apiece and I [want|need|take] {b}. "
                "What is the [total|bill|total price]?"
            ),
            (
                "A [hall|cinema|theatre|stadium] has {a} rows of {b} seats. "
                "How many [seats are there|people can sit there]?"
            ),
            (
                "There are {b} [seats|chairs] in [every|each] row and {a} rows. "
                "How many [is that|are there] in total?"
            ),
            (
                "{a} [boxes|cartons|trays|crates] of eggs, {b} eggs in each. "
                "How many eggs [is that|are there|in all]?"
            ),
            (
                "If [a|one|every] [carton|box|tray] holds {b} eggs, how many eggs "
                "[fit in|are in|do I get from] {a} of them?"
            ),
            (
                "A [rectangle|garden|field|carpet] is {a} metres long and {b} metres wide. "
                "What is its area[| in square metres]?"
            ),
            (
                "What is the area of a [rectangle|room|field|wall] with "
                "[sides of|sides|a length and width of] {a} and {b}?"
            ),
            "Our [garden|kitchen|yard] [measures|is] {a} by {b} [metres|feet|meters]. What is the area?",
            (
                "[She|He|My sister|A cyclist] rides {a} [km|miles|kilometres] [a|each|every] day. "
                "How far is that in {b} days?"
            ),
            "For {b} days [we|they|I] walked {a} [miles|kilometres] a day. What was the total distance?",
            (
                "I read {a} pages [a|every|each] day for {b} days. "
                "How many pages [is that|do I read|is that altogether]?"
            ),
            "How many pages [do I|does she|does he] finish in {b} days, reading {a} [pages |]a day?",
            (
                "The [job|work|shop] pays {a} [dollars|euros|pounds] an hour. "
                "How much do [I|you|we] [earn|make|get] for {b} hours?"
            ),
            (
                "After {b} hours at {a} [dollars|euros] an hour, "
                "[how much have I earned|what have I earned|what is my pay]?"
            ),
            (
                "{a} teams [come|sign up|play] with {b} players each. "
                "How many players [are there|is that] [in total|altogether]?"
            ),
            "Every team [needs|has] {b} players. How many players [are in|make up|are there in] {a} teams?",
            (
                "A [building|house|tower|hotel] has {a} floors with {b} windows [on each|each]. "
                "How many windows [is that|are there]?"
            ),
            (
                "On each of {a} floors there are {b} [rooms|doors|windows|lamps]. "
                "How many are there in [the whole house|total]?"
            ),
            "[One|A|Each] lap takes {a} [minutes|seconds]. How long do {b} laps take?",
            "[Each|Every] lap is {b} metres. [I|She|He] [ran|swam|cycled] {a} laps. How many metres is that?",
            (
                "I [save|put aside|set aside] {a} [dollars|euros] [a|each|every] week. "
                "How much [do I have|is that] after {b} weeks?"
            ),
            "Saving {b} [dollars|euros|pounds] a month, [what|how much] do I have after {a} months?",
            (
                "There are {a} stacks of {b} [books|plates|coins|chairs]. "
                "How many [is that|are there altogether|in all]?"
            ),
            (
                "We baked {a} trays of {b} [cookies|buns|rolls|cakes]. "
                "How many did we bake[| in all| altogether]?"
            ),
            (
                "[Cards|Batteries|Pencils|Candles] come in packs of {b}. I [bought|opened|have] {a} packs. "
                "How many is that?"
            ),
            "how many [stickers|cards|pencils] [are|do i get] in {a} packs of {b}",
            "We have {a} tables and {b} [people|guests|children] sit at each. How many is that in total?",
            (
                "{b} children get {a} [sweets|crayons|stickers|grapes] each. "
                "How many [do we need|are needed][| in all| altogether]?"
            ),
            "Each of {a} [shelves|bookcases|cupboards] holds {b} books; how many books [are there|is that]?",
            (
                "A bus [carries|takes|seats] {b} people. "
                "How many [people|passengers] can ride in {a} [such |full |]buses?"
            ),
            (
                "The machine makes {a} [parts|toys|bottles] [a|per|every] minute. "
                "How many [does it make|come out] in {b} minutes?"
            ),
            "The [trees|vines|bushes] stand in {a} rows, {b} to a row. How many are there?",
            (
                "A book has {a} pages with {b} [lines|words] on each. "
                "How many [is that|are there] in the whole book?"
            ),
            "The rent is {a} [dollars|euros|pounds] a month. [What|How much] do I pay in {b} months?",
            (
                "It takes {a} minutes to [wash one car|paint one chair|fold one kite]. "
                "How many minutes for {b} of them?"
            ),
            "My [dog|cat|horse] gets {a} grams of food a day. How many grams is that in {b} days?",
            (
                "One [brick|bag|parcel|box] weighs {a} [kilos|grams|pounds]. "
                "[What|How much] do {b} of them weigh?"
            ),
            (
                "The [wall|floor|path] needs {a} rows of {b} [tiles|bricks|stones]. "
                "How many [should I buy|do I need|is that]?"
            ),
            (
                "there are {a} classes at our school with {b} [pupils|kids|students] each, how many is that "
                "altogether"
            ),
            (
                "got {a} bags with {b} [marbles|apples|nuts|sweets] in each, how many "
                "[all together|do i have|in total]"
            ),
            (
                "[A|One|Each] crate has {b} bottles, and the [truck|van|shop] has {a} crates. "
                "How many bottles is that?"
            ),
            (
                "Each of {a} [people|guests|members] [pays|gives] {b} [dollars|euros|coins]. "
                "How much [money |]is that in all?"
            ),
            "At {a} words a minute, how many words [do I|can you|does she] type in {b} minutes?",
            "A [car|train|bus] [goes|travels] {a} [km|miles] an hour. How far does it [get|go] in {b} hours?",
            (
                "[Driving|Going] {a} [km|miles] an hour for {b} hours, how far "
                "[do we get|do you get|would I get]?"
            ),
            (
                "A [grid|table|sheet|board] has {a} rows and {b} columns. "
                "How many [cells|boxes|fields] [is that|does it have]?"
            ),
            (
                "[Here are|These are|We have] two numbers, {a} and {b}. "
                "[What is their product?|Multiply them.|Find their product.]"
            ),
            (
                "My numbers are {a} and {b}. I [want|need|would like] to multiply them. "
                "What [do I get|comes out|is the result]?"
            ),
            (
                "I have to multiply, and the numbers are {a} and {b}. "
                "[What do I get|Can you do it|What is the answer]?"
            ),
            "[Multiply for me|Multiply these|Multiply these two|Multiply the following]: {a} and {b}[.|]",
            "[Multiplication|Multiplying|Product|To multiply]: {a}, {b}[.|?|]",
            "[Can|Could] you multiply two numbers for me? They are {a} and {b}.",
            (
                "[First number|first number] {a}, second number {b}. "
                "[What is the product?|Multiply them.|Product?]"
            ),
            (
                "[One|The first] factor is {a}, the other is {b}. "
                "[What is the product?|Find the product.|What do they make?]"
            ),
            "With {a} and {b} as [the |]factors, what [is the product|product do we get|product comes out]?",
            (
                "What [number|result] comes out [when|if] {a} and {b} are "
                "multiplied[| together| with each other]?"
            ),
            "[When|If] {a} and {b} are multiplied[| together], what [is the result|do you get|comes out]?",
            "Suppose [I|you|we] multiply {a} [by|with] {b}. What [is the result|comes out|is the product]?",
            "[Begin|Start] with {a} and multiply [it |]by {b}. What [is the result|do you get|comes out]?",
            (
                "Take {a}. [Now multiply it|Multiply it|Multiply this] by {b}. "
                "What [is it now|comes out|do you have]?"
            ),
            "{a}, multiplied by {b}, [is what|gives what|makes what number|comes to what]?",
            "[what is|whats|how much is] {a} multiplied by {b}[| please| pls| again]",
            "[multiply|pls multiply|just multiply] {a} [and|by|with] {b}[| for me| thanks| real quick]",
            "[product of|the product of] {a} and {b} [please|pls|thanks]",
            "can you multiply {a} [and|by] {b} [real quick|for me please|pls]",
            (
                "[Think of|Imagine|Picture|Make] {a} groups with {b} [things|people|stones] in each. "
                "How many [is that|are there] in all?"
            ),
            "How [much|many] [is|are] {a} [lots|sets|groups] of {b}?",
            (
                "If I write down {b} again and again, {a} copies in all, and add them up, what "
                "[is the total|do I get]?"
            ),
            "What number is {a} times as [large|big|much|great] as {b}?",
            "The number {b} is made {a} times as [large|big]. What is it [now|then]?",
            (
                "My multiplication [exercise|homework|problem] has {a} and {b} in it. "
                "What [should I write|is the answer]?"
            ),
            (
                "We are [learning|practising|doing] multiplication. The numbers are {a} and {b}. "
                "What is the [product|answer]?"
            ),
            (
                "[I forgot how to multiply|I cannot multiply in my head]. "
                "What do {a} and {b} [multiply to|give when multiplied]?"
            ),
            (
                "[I'd like|I would like|I'm looking for|I am after] the product of {a} and "
                "{b}[, please|, thanks|]."
            ),
            "Would you [kindly |please |]multiply {a} [by|and|with] {b}[?| for me?]",
            (
                "[May|Might|Could] I ask [for the product of {a} and {b}|you to multiply {a} and {b}|what "
                "{a} multiplied by {b} is]?"
            ),
            "Please tell me what [one gets|you get|I get] [by|from|when] multiplying {a} [by|with] {b}.",
            "What [do I get by|results from|do we get from|comes out of] multiplying {a} [by|with|and] {b}?",
            (
                "[A friend|My brother|My mum] [asked|told] me to multiply {a} [by|and] {b}. "
                "What [should I say|is the answer]?"
            ),
            (
                "For the numbers {a} and {b}, what "
                "[is the product|would the product be|do you get when multiplying]?"
            ),
            "[Two numbers|A pair of numbers]: {a}, {b}. [Product?|What is their product?|Multiply them.]",
            (
                "[They gave me|I was given|I got] {a} and {b} and [have to|must|should] multiply them. "
                "What [comes out|is the result]?"
            ),
            "The result of multiplying {a} [by|and|with] {b} is [what|which number]?",
            "multiplication problem with {a} and {b}, [whats the answer|what do i write|what comes out]",
            "[Fill in|Complete|Finish]: {a} × {b} = ?",
            "The [answer|product] goes here: {a} × {b} = ?",
        )
    ),
    CHINESE: Phrases(
        (
            "{a}[和|与|跟]{b}的[乘积|积][是多少|等于多少|是几|是什么]？",
            "[求|计算|算出|算一下|告诉我|说出|写出]{a}[和|与|跟]{b}的[乘积|积]。",
            "请[求|计算|算出|告诉我]{a}[和|与]{b}的[乘积|积]。",
            "[把|将]{a}[和|与|跟]{b}相乘，[得|等于|结果是|得到]多少？",
            "请[把|将]{a}[和|与]{b}相乘。",
            "{a}[和|与|跟]{b}相乘[等于|得|是|的结果是]多少？",
            "[用|拿|把]{a}乘以{b}，[结果|答案|得数]是多少？",
            "如果[用|拿|把]{a}乘以{b}，[会得到|得|结果是]多少？",
            "{a}的{b}倍是[多少|几]？",
            "{b}个{a}[是|等于|一共是|相加是|加起来是]多少？",
            "[两个数|两个因数]是{a}和{b}，[它们的积|它们的乘积|乘积|积]是多少？",
            "{a}和{b}，[乘积|积|相乘]是多少？",
            "[做|来做|算]一道乘法：{a}和{b}。",
            "[你知道|你能算出|能告诉我]{a}[和|与]{b}的[积|乘积][吗|是多少吗]？",
            "我[想知道|要|需要]{a}和{b}的[积|乘积]。",
            "哪个数[是|等于]{a}[和|与]{b}的[积|乘积]？",
            "[乘积|积]是多少：{a}和{b}[？|]",
            "[一本|每本|这种]书{a}元，{b}本[一共|总共][多少钱|要多少元|是多少元]？",
            "每张票{a}元，买{b}张[要付多少元|要多少钱|一共多少钱]？",
            "[笔|本子|杯子|毛巾]的单价是{a}元，买{b}件，[总价|一共]是多少元？",
            "[礼堂|电影院|剧场|教室]里有{a}排座位，每排{b}个，[一共|总共]有多少个座位？",
            "每盒有{b}个[鸡蛋|苹果|球|杯子]，{a}盒[一共|总共]有多少个？",
            "{a}箱[苹果|橘子|梨]，每箱{b}个，[一共有多少个|总共多少个]？",
            "[长方形|一块地|一个花园|操场]长{a}米，宽{b}米，面积是多少[平方米|]？",
            "[我|她|小明|爸爸]每天跑{a}公里，{b}天一共跑多少公里？",
            "我每天[看|读]{a}页书，{b}天[能看|一共看|可以看]多少页？",
            "[工作|打工|干活]一小时[挣|赚]{a}元，{b}小时[一共挣|能挣|可以挣]多少[元|钱]？",
            "有{a}[个队|支队伍]，每队{b}人，[一共|总共]有多少人？",
            "[全班|同学们]分成{a}组，每组{b}人，[一共|总共]有多少人？",
            "[大楼|这栋楼|酒店]有{a}层，每层有{b}扇窗户，一共有多少扇窗户？",
            "[跑|走|骑]一圈要{a}分钟，{b}圈要多少分钟？",
            "[我|她|弟弟]每周存{a}元，{b}周[后有|一共存|能存]多少元？",
            "桌上有{a}摞书，每摞{b}本，[一共|总共]有多少本？",
            "一包有{b}张[卡片|纸|贴纸]，{a}包有多少张？",
            "一辆[客车|大巴|校车]坐{b}人，{a}辆[这样的|]车能坐多少人？",
            "果园里[种了|有]{a}行树，每行{b}棵，[一共|总共]有多少棵树？",
            "每人[发|分|拿]{b}[块糖|支铅笔|张纸|个苹果]，{a}个人[一共要多少|需要准备多少|要多少]？",
            "[汽车|火车|客车]每小时行{a}公里，{b}小时行多少公里？",
            "一块砖重{a}克，{b}块[这样的|]砖[一共|]重多少克？",
            "房租每月{a}元，{b}个月[要付|一共付|是]多少元？",
            "有两个数，{a}和{b}，[把它们相乘|把它们乘起来]，[得多少|等于多少|结果是几]？",
            "这两个数[是|分别是]{a}和{b}，[求它们的积|请把它们乘起来|请算出乘积]。",
            "一个因数是{a}，另一个[因数|]是{b}，[积|乘积][是多少|等于几|是几]？",
            "{a}和{b}[乘起来|乘在一起|相乘以后][是|等于|得]多少？",
            "麻烦[乘一下|算一下乘积]：{a}和{b}[。|，谢谢。]",
            "[我要|我想|我得]把{a}和{b}乘起来，[结果是多少|会得到几|得多少]？",
            "一个数是{b}的{a}倍，[这个数|它]是[多少|几]？",
            "把{b}[扩大到原来的|变成原来的]{a}倍，[是|得]多少？",
            "{a}个{b}相加的和[是多少|等于几|是几]？",
            "[有|分成]{a}组，每组{b}个，[一共|总共]多少个？",
            "[乘法题|乘法作业|今天的乘法题]：{a}和{b}，[答案|得数|结果]是多少？",
            "[老师|同学|妈妈]让我把{a}和{b}相乘，[我该写几|答案是多少|得数是多少]？",
            "我不会[算|做]乘法，{a}和{b}相乘是多少？",
            "取{a}，[再|然后]乘以{b}，[得几|得到什么数|是多少]？",
            "{a}与{b}之积[是多少|是几|为多少]？",
            "[你能|可以|能]告诉我{a}和{b}[乘起来|相乘]是多少吗？",
            "[能不能|可不可以|能否]帮我把{a}和{b}[乘起来|相乘]？",
        )
    ),
}
