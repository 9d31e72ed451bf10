"""The facts of the task "facts": one a line, in English and Chinese, other right answers after a slash.

A line of UNITS and PARTS is "what | of what | the same in Chinese | number"; of the others "about | the same
in Chinese | answer | answer in Chinese". Facts are everyday ones that few people would dispute.
"""

from __future__ import annotations

NUMBERS = {
    2: ("two", "二/两"),
    3: ("three", "三"),
    4: ("four", "四"),
    5: ("five", "五"),
    6: ("six", "六"),
    7: ("seven", "七"),
    8: ("eight", "八"),
    9: ("nine", "九"),
    10: ("ten", "十"),
    11: ("eleven", "十一"),
    12: ("twelve/a dozen", "十二"),
    14: ("fourteen", "十四"),
    15: ("fifteen", "十五"),
    20: ("twenty", "二十"),
    24: ("twenty four", "二十四"),
    26: ("twenty six", "二十六"),
    30: ("thirty", "三十"),
    52: ("fifty two", "五十二"),
    60: ("sixty", "六十"),
    100: ("one hundred/a hundred", "一百"),
    365: ("three hundred and sixty five/three hundred sixty five", "三百六十五"),
    1000: ("one thousand/a thousand", "一千"),
}
"""The numbers that are answers, or near ones, in words."""

UNITS = """
days|a week|天|一周|7
months|a year|个月|一年|12
hours|a day|个小时|一天|24
minutes|an hour|分钟|一小时|60
seconds|a minute|秒|一分钟|60
weeks|a year|周|一年|52
days|a year|天|一年|365
seasons|a year|个季节|一年|4
years|a century|年|一个世纪|100
years|a decade|年|一个年代|10
days|a fortnight|天|两个星期|14
letters|the English alphabet|个字母|英语字母表|26
eggs|a dozen|个鸡蛋|一打|12
minutes|half an hour|分钟|半小时|30
minutes|a quarter of an hour|分钟|一刻钟|15
centimetres|a metre|厘米|一米|100
millimetres|a centimetre|毫米|一厘米|10
metres|a kilometre|米|一公里|1000
grams|a kilogram|克|一公斤|1000
cents|a dollar|美分|一美元|100
colours|the rainbow|种颜色|彩虹|7
planets|the solar system|颗行星|太阳系|8
continents|the world|个大洲|世界|7
players|a football team|名队员|一支足球队|11
days|a weekend|天|一个周末|2
"""

PARTS = """
legs|a dog|条腿|一只狗|4
legs|a cat|条腿|一只猫|4
legs|a horse|条腿|一匹马|4
legs|a cow|条腿|一头牛|4
legs|a rabbit|条腿|一只兔子|4
legs|an elephant|条腿|一头大象|4
legs|a bird|条腿|一只鸟|2
legs|a chicken|条腿|一只鸡|2
legs|a duck|条腿|一只鸭子|2
legs|an ant|条腿|一只蚂蚁|6
legs|a bee|条腿|一只蜜蜂|6
legs|a butterfly|条腿|一只蝴蝶|6
legs|a spider|条腿|一只蜘蛛|8
arms|an octopus|条腕足|一只章鱼|8
legs|a person|条腿|一个人|2
eyes|a person|只眼睛|一个人|2
fingers|a hand|根手指|一只手|5
toes|a foot|个脚趾|一只脚|5
wheels|a car|个轮子|一辆汽车|4
wheels|a bicycle|个轮子|一辆自行车|2
wheels|a tricycle|个轮子|一辆三轮车|3
sides|a triangle|条边|一个三角形|3
sides|a square|条边|一个正方形|4
sides|a rectangle|条边|一个长方形|4
sides|a pentagon|条边|一个五边形|5
sides|a hexagon|条边|一个六边形|6
faces|a cube|个面|一个正方体|6
wings|a bird|只翅膀|一只鸟|2
strings|a violin|根弦|一把小提琴|4
"""

COLOURS = """
snow|雪|white|白色/白
grass|草|green|绿色/绿
a banana|香蕉|yellow|黄色/黄
coal|煤|black|黑色/黑
blood|血|red|红色/红
a lemon|柠檬|yellow|黄色/黄
the clear sky|晴朗的天空|blue|蓝色/蓝
milk|牛奶|white|白色/白
a ripe tomato|熟了的西红柿|red|红色/红
a crow|乌鸦|black|黑色/黑
a carrot|胡萝卜|orange|橙色/橙/橘红/橘
a polar bear|北极熊|white|白色/白
chocolate|巧克力|brown|棕色/棕/褐/咖啡
a leaf in spring|春天的树叶|green|绿色/绿
cotton|棉花|white|白色/白
salt|盐|white|白色/白
a cucumber|黄瓜|green|绿色/绿
an elephant|大象|grey/gray|灰色/灰
a fire engine|消防车|red|红色/红
a swan|天鹅|white|白色/白
a frog|青蛙|green|绿色/绿
a sunflower|向日葵|yellow|黄色/黄
"""
MORE_NUMBERS = (
    *("zero", "thirteen", "sixteen", "seventeen", "eighteen", "nineteen", "forty", "fifty", "seventy"),
    *("eighty", "ninety", "hundred", "thousand", "million", "零", "百", "千", "万", "亿"),
)
"""Other words for numbers: never an answer, and never a part of one that is written otherwise."""
MORE_COLOURS = ("pink", "purple", "粉", "紫")

CAPITALS = """
France|法国|Paris|巴黎
Germany|德国|Berlin|柏林
Italy|意大利|Rome|罗马
Spain|西班牙|Madrid|马德里
Portugal|葡萄牙|Lisbon|里斯本
the United Kingdom|英国|London|伦敦
Ireland|爱尔兰|Dublin|都柏林
Greece|希腊|Athens|雅典
Austria|奥地利|Vienna|维也纳
Switzerland|瑞士|Bern|伯尔尼
Belgium|比利时|Brussels|布鲁塞尔
the Netherlands|荷兰|Amsterdam|阿姆斯特丹
Poland|波兰|Warsaw|华沙
Hungary|匈牙利|Budapest|布达佩斯
Sweden|瑞典|Stockholm|斯德哥尔摩
Norway|挪威|Oslo|奥斯陆
Denmark|丹麦|Copenhagen|哥本哈根
Finland|芬兰|Helsinki|赫尔辛基
Russia|俄罗斯|Moscow|莫斯科
Ukraine|乌克兰|Kyiv/Kiev|基辅
Turkey|土耳其|Ankara|安卡拉
Egypt|埃及|Cairo|开罗
Kenya|肯尼亚|Nairobi|内罗毕
China|中国|Beijing|北京
Japan|日本|Tokyo|东京
South Korea|韩国|Seoul|首尔
India|印度|New Delhi/Delhi|新德里
Thailand|泰国|Bangkok|曼谷
Vietnam|越南|Hanoi|河内
Pakistan|巴基斯坦|Islamabad|伊斯兰堡
Iran|伊朗|Tehran|德黑兰
Iraq|伊拉克|Baghdad|巴格达
Canada|加拿大|Ottawa|渥太华
the United States|美国|Washington/Washington DC|华盛顿
Cuba|古巴|Havana|哈瓦那
Brazil|巴西|Brasilia|巴西利亚
Argentina|阿根廷|Buenos Aires|布宜诺斯艾利斯
Chile|智利|Santiago|圣地亚哥
Peru|秘鲁|Lima|利马
Australia|澳大利亚|Canberra|堪培拉
New Zealand|新西兰|Wellington|惠灵顿
"""

OPPOSITES = """
hot|热|cold|冷
cold|冷|hot/warm|热
big|大|small/little|小
small|小|big/large|大
tall|高|short|矮/低
fast|快|slow|慢
slow|慢|fast/quick|快
up|上|down|下
down|下|up|上
day|白天|night|黑夜/夜晚/晚上
night|黑夜|day|白天
heavy|重|light|轻
wet|湿|dry|干
dry|干|wet|湿
full|满|empty|空
empty|空|full|满
soft|软|hard/loud|硬
easy|容易|hard/difficult|难/困难
difficult|困难|easy/simple|容易/简单
open|开|closed/shut/close|关
rich|富|poor|穷/贫
poor|穷|rich|富
happy|高兴|sad/unhappy|难过/伤心/悲伤
sad|难过|happy/glad|高兴/快乐/开心
good|好|bad/evil|坏/差
bad|坏|good|好
left|左|right|右
true|真|false/untrue|假
false|假|true|真
early|早|late|晚/迟
late|晚|early|早
strong|强|weak|弱
weak|弱|strong|强
thick|厚|thin|薄
long|长|short|短
near|近|far|远
far|远|near/close|近
clean|干净|dirty|脏/肮脏
dirty|脏|clean|干净
buy|买|sell|卖
sell|卖|buy|买
push|推|pull|拉
pull|拉|push|推
win|赢|lose|输
love|爱|hate|恨
black|黑|white|白
white|白|black|黑
quiet|安静|loud/noisy|吵闹/吵/热闹
inside|里面|outside|外面
young|年轻|old|年老/老
new|新|old/used|旧/老
"""

PLURALS = """
mouse|mouse|mice|mice
child|child|children|children
foot|foot|feet|feet
tooth|tooth|teeth|teeth
man|man|men|men
woman|woman|women|women
goose|goose|geese|geese
person|person|people/persons|people/persons
leaf|leaf|leaves|leaves
knife|knife|knives|knives
wolf|wolf|wolves|wolves
wife|wife|wives|wives
ox|ox|oxen|oxen
baby|baby|babies|babies
city|city|cities|cities
story|story|stories|stories
box|box|boxes|boxes
bus|bus|buses/busses|buses/busses
church|church|churches|churches
tomato|tomato|tomatoes|tomatoes
potato|potato|potatoes|potatoes
cat|cat|cats|cats
dog|dog|dogs|dogs
house|house|houses|houses
apple|apple|apples|apples
book|book|books|books
"""

SOUNDS = """
dog|狗|woof/bark/woof woof/barks|汪汪/汪
cat|猫|meow/miaow/meows/purr|喵喵/喵
cow|奶牛|moo/moos|哞哞/哞
sheep|羊|baa/baas/bleat|咩咩/咩
duck|鸭子|quack/quack quack/quacks|嘎嘎/嘎
pig|猪|oink/oink oink/grunt|哼哼/哼
horse|马|neigh/whinny/neighs|咴咴/嘶鸣
frog|青蛙|croak/ribbit/croaks|呱呱/呱
bee|蜜蜂|buzz/buzzes|嗡嗡/嗡
lion|狮子|roar/roars|吼/吼叫
snake|蛇|hiss/hisses|嘶嘶/嘶
owl|猫头鹰|hoot/hoots|咕咕/咕
mouse|老鼠|squeak/squeaks|吱吱/吱
wolf|狼|howl/howls|嗷呜/嗷/嚎叫
rooster|公鸡|cock a doodle doo/crows|喔喔/喔
"""

WORDS = """
cat|猫/猫咪
dog|狗
fish|鱼
bird|鸟
horse|马
cow|牛/奶牛
sheep|羊/绵羊
pig|猪
tiger|老虎/虎
water|水
fire|火
sun|太阳
moon|月亮/月球
star|星星/星
mountain/hill|山
river|河/河流
sea/ocean|海/大海/海洋
tree|树/树木
flower|花/花朵
grass|草
apple|苹果
rice|米饭/大米/米
bread|面包
milk|牛奶
tea|茶
book|书
pen|钢笔/笔
door|门
window|窗户/窗
house|房子
school|学校
teacher|老师/教师
student/pupil|学生
friend|朋友
father/dad|父亲/爸爸
mother/mum/mom|母亲/妈妈
hand|手
eye|眼睛/眼
head|头
heart|心/心脏
car|汽车/车
train|火车
rain|雨
snow|雪
wind|风
hello/hi|你好/您好
goodbye/bye|再见
thank you/thanks|谢谢/谢谢你/谢谢您
good morning|早上好/早安
good night|晚安
"""
"""English and Chinese, each the other's answer."""
