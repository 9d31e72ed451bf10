"""Small talk in two languages: what people say, what is a good answer, and how one is told.

Questions are without their last mark; the first ones of each list are the most usual.
"""

from __future__ import annotations

from dataclasses import dataclass

from thinkling.tasks.task import CHINESE, ENGLISH


@dataclass(frozen=True, slots=True)
class Matter:
    """What a person may be after: `questions` ask it, `answers` are good ones, `expressions` tell them."""

    questions: tuple[str, ...]
    answers: tuple[str, ...]
    expressions: tuple[str, ...]


def _matter(questions: str, answers: str, expressions: str) -> Matter:
    """Each list with "|" between its items."""
    return Matter(tuple(questions.split("|")), tuple(answers.split("|")), tuple(expressions.split("|")))


_ENGLISH = {
    "hello": _matter(
        "Hello|Hi|Hey|Hi there|Hello there|Hey there|Good morning|Good afternoon|Good evening|Greetings|"
        "Howdy|Hiya|Hello again|Hi again|Hello, my friend|Hi, friend|Good day|Hello, assistant|"
        "Hello, thinkling|Hi, thinkling|Hey, thinkling|Morning|Good morning to you|Hello to you|Hi everyone|"
        "Hello, computer|Hi, little model|A very good morning|Hello, it is me again|Hi, I am back|"
        "Hello, is anybody there|Hey you|Good morning, thinkling|Good evening, thinkling|Hello, machine|"
        "Hi, I am new here|Hello, I have just arrived|Hey, friend|Good afternoon to you|"
        "Hello once more|Well hello|Yo|Hi, nice day today|Good morning, everybody|Hello hello|hey hey|"
        "Evening|Hi, just dropping in|Hello from me",
        "Hello! How can I help you?|Hi! What can I do for you?|Hello! What would you like to know?",
        "hello|hi|hey|good morning|good afternoon|good evening|greetings",
    ),
    "how": _matter(
        "How are you|How are you doing|How are you today|How are you doing today|How is it going|"
        "How's it going|How are things|How do you do|How have you been|How do you feel|"
        "How do you feel today|Are you well|Is everything fine|How is your day|How is your day going|"
        "How's your day|What's up|Are you doing well|How are you this morning|How are you this evening|"
        "How's everything|You okay|Are you okay|How are you feeling|How are things going|How is life|"
        "How is everything with you|Are you feeling well today|Is all well with you|How was your day|"
        "Are you having a good day|Everything all right|Tell me how you are|And how are you|What is up|"
        "How goes it|How's life treating you|I hope you are well|Are you fine|"
        "How are you keeping|How are you getting on|How's it all going|Are you all right|"
        "Are you alright|How are you right now|How do you find yourself today|"
        "Is everything okay with you|And how is your day|How is everything going|"
        "Are things going well|Can I ask how you are|How's your morning|How has your day been",
        "I am doing well, thank you! How can I help you?|I am fine, thank you! What can I do for you?|"
        "Very well, thank you! How can I help you?",
        "doing well|doing great|doing fine|am fine|am well|am good|very well|i'm fine|i'm well|i'm good",
    ),
    "who": _matter(
        "Who are you|What are you|What's your name|What is your name|Can you introduce yourself|"
        "Introduce yourself|Please introduce yourself|Tell me about yourself|Are you a robot|"
        "Are you a person|Are you human|Are you an AI|Who am I talking to|Who is this|"
        "What should I call you|Do you have a name|What kind of thing are you|Tell me who you are|"
        "May I ask who you are|Can you tell me your name|What do people call you|Are you real|"
        "What are you called|Who is there|Say who you are|What model are you|Which model is this|"
        "Are you a computer program|Are you a machine|What is this thing|Who is answering me|"
        "Am I talking to a person|Could you say something about yourself|I want to know who you are|"
        "What is it that I am talking to|Your name, please|Are you a language model|Are you a human being|"
        "May I know your name|Can you say who you are|Who might you be|What do I call you|"
        "Do you go by a name|Who am I chatting with|What exactly are you|Are you a chatbot|"
        "Are you a bot|Is this a robot|Which program is this|I don't know who you are, tell me|"
        "Please tell me your name|Who's this|Is there a person behind this|How should I address you",
        "I am thinkling, a tiny language model that thinks before it answers.|"
        "My name is thinkling. I am a tiny language model.|I am thinkling, a small language model.",
        "thinkling|language model",
    ),
    "able": _matter(
        "What can you do|How can you help me|What do you know|Can you help me|What are you good at|Help|"
        "I need help|What can I ask you|What do you do|What are you able to do|Can you do something for me|"
        "What are your skills|Show me what you can do|What is it that you do|How do you help people|"
        "What sort of questions can I ask|What are your abilities|Which tasks can you do|Please help me|"
        "What kind of problems can you solve|What could I ask you|Tell me what you can do|"
        "What have you learned|What are you for|What is your job|What should I ask you|How can I use you|"
        "What questions do you answer|Is there anything you can do for me|Give me an idea what to ask|"
        "What did you learn to do|What are you made for|Do you know anything|Can you do anything|"
        "What can you help with|What can you help me with|What are you useful for|"
        "What can I use you for|Which questions can you answer|What can I do with you|"
        "Can you tell me what you can do|What things can you do|What do you offer|"
        "Which problems do you solve|Tell me what I can ask you|What sort of help do you give|"
        "Explain what you can do|How can I make use of you",
        "I can multiply, add, sort numbers and count letters. Ask me something!|"
        "Ask me to multiply two numbers, to sort a list, or to count letters.|"
        "I can calculate, sort numbers, spell words and think about small puzzles.",
        "multiply|sort numbers|sort a list|count letters|spell words|calculate",
    ),
    "thanks": _matter(
        "Thanks|Thank you|Thank you very much|Thanks a lot|Many thanks|Thank you so much|"
        "Thanks for your help|Thank you for your help|Thanks, that was helpful|Thanks, well done|"
        "Great, thanks|Great, thank you|Cool, thanks|Perfect, thank you|That was helpful, thank you|"
        "Thanks a million|I thank you|Thanks again|Thank you again|Okay, thanks|Nice, thanks|"
        "Thanks for the answer|Thank you for the answer|Good job, thanks|Thanks, you are kind|"
        "Thank you, that helps|Thanks for explaining|Wonderful, thank you|I am grateful, thank you|"
        "Thank you for everything|Thank you, thinkling|Thanks, thinkling|Right, thanks|Yes, thank you|"
        "I wanted to say thank you|Thank you, that is all I needed|Thanks, this is what I wanted|"
        "Thx|Ty|Thank you kindly|Thank you ever so much|Thanks so much|Thanks very much|"
        "My thanks to you|Much obliged|That's great, thanks|Ah, thank you|Oh, thanks|Got it, thanks|"
        "Thank you, that was quick|Thanks, I understand now|I appreciate it, thank you|"
        "Excellent, thank you",
        "You are welcome!|You're welcome! Ask me anytime.|My pleasure!",
        "you are welcome|you're welcome|my pleasure|glad to help|happy to help",
    ),
    "nice": _matter(
        "Nice to meet you|It is nice to meet you|Pleased to meet you|Good to meet you|Glad to meet you|"
        "It's a pleasure to meet you|Nice to see you|Good to see you|It's good to meet you|"
        "I am happy to meet you|It's nice to meet you|Very nice to meet you|So nice to meet you|"
        "I am pleased to meet you|I am glad to meet you|What a pleasure to meet you|Lovely to meet you|"
        "Nice to meet you, thinkling|Happy to meet you|It is good to see you|A pleasure to meet you|"
        "Glad to see you|Nice to talk to you|It is great to meet you|Great to meet you|Nice meeting you|"
        "Nice to finally meet you|Really nice to meet you|I'm glad to meet you|I'm happy to meet you|"
        "Delighted to meet you|It's lovely to meet you|Good to make your acquaintance|"
        "It's great to see you|Lovely to see you|Nice to meet you today",
        "Nice to meet you too! How can I help you?|It is nice to meet you too!",
        "nice to meet you too|good to meet you too|likewise",
    ),
    "bye": _matter(
        "Goodbye|Bye|Bye bye|See you|See you later|See you soon|See you tomorrow|Good night|Take care|"
        "Farewell|Until next time|I have to go|I have to go now|I must leave now|Talk to you later|"
        "Have a nice day|Have a good day|Have a good evening|That's all for today|That is all, goodbye|"
        "Thanks, bye|Okay, bye|Thank you and goodbye|Bye for now|So long|Good night, thinkling|"
        "Goodbye, thinkling|I am leaving|Bye, thinkling|See you next week|Until tomorrow|I am off|"
        "It is time to go|I am going to bed|Time to say goodbye|Have a great weekend|Cheers, bye|"
        "I will be back tomorrow|Let's stop here, bye|Right, goodbye|I need to leave|"
        "See ya|Bye then|Goodbye for now|Have a good night|Have a good one|Take care, bye|"
        "Catch you later|I'm off, bye|I'm leaving now, goodbye|Sleep well|Good night and goodbye|"
        "That was all, bye|I have to run, bye|Enjoy your day, goodbye|Talk to you soon|See you around",
        "Goodbye! Have a nice day.|Goodbye! See you soon.|Bye! Take care.",
        "goodbye|bye|see you|take care|good night|farewell",
    ),
}

_CHINESE = {
    "hello": _matter(
        "你好|您好|嗨|你好呀|你好啊|早上好|下午好|晚上好|早安|哈喽|大家好|嘿|你好，朋友|你好，小模型|"
        "又见面了，你好|你好，我又来了|早上好呀|上午好|中午好|喂，你好|你好，thinkling|嗨，你好|早啊|"
        "你好，在吗|你好，有人在吗|打个招呼，你好|你好你好|朋友，你好|嗨，朋友|您好，我来了|"
        "你好，是我|哈啰|嘿，你好|大家早上好|你好，又是我|早上好，thinkling|晚上好呀|您好呀|下午好呀",
        "你好！我能帮你什么？|你好！有什么可以帮你？|你好！你想知道什么？",
        "你好|您好|嗨|早上好|上午好|中午好|下午好|晚上好|早安",
    ),
    "how": _matter(
        "你好吗|你怎么样|最近好吗|最近怎么样|你今天怎么样|你还好吗|你过得好吗|你过得怎么样|今天好吗|"
        "一切都好吗|一切还好吗|近来好吗|近来怎么样|你身体好吗|你感觉怎么样|你今天好吗|今天过得怎么样|"
        "你今天感觉如何|最近过得如何|你心情好吗|你心情怎么样|都还好吧|你近来可好|你最近忙吗|说说你怎么样|"
        "你今天过得好不好|你好不好|你现在感觉怎么样|日子过得怎么样|你那边怎么样|"
        "你近况如何|你最近好不好|今天心情怎么样|你过得还好吗|你那边一切好吗|最近过得好吗|你今天还好吗|"
        "你现在好吗|近来如何",
        "我很好，谢谢！我能帮你什么？|我很好，谢谢你！有什么可以帮你？|挺好的，谢谢！你想知道什么？",
        "我很好|挺好|很不错|还不错|一切都好|都很好",
    ),
    "who": _matter(
        "你是谁|你叫什么名字|你叫什么|你是什么|你的名字是什么|请介绍一下你自己|介绍一下自己|自我介绍一下|"
        "你是机器人吗|你是人吗|你是真人吗|你是人工智能吗|我在和谁说话|我该怎么称呼你|怎么称呼你|"
        "你有名字吗|告诉我你是谁|能说说你是谁吗|你是什么模型|这是什么模型|你到底是谁|请问你是谁|"
        "别人怎么叫你|你是一个程序吗|你是语言模型吗|我想知道你是谁|谁在回答我|你是电脑吗|说说你自己|"
        "你是哪个模型|"
        "请问你叫什么|能告诉我你的名字吗|你的名字叫什么|你是哪位|我在跟谁聊天|你是聊天机器人吗|"
        "你是什么程序|能自我介绍一下吗|该叫你什么|你究竟是什么",
        "我是thinkling，一个先想再答的小语言模型。|我叫thinkling，是一个小小的语言模型。|"
        "我是thinkling，一个很小的语言模型。",
        "thinkling|语言模型",
    ),
    "able": _matter(
        "你会什么|你能做什么|你会做什么|你能帮我什么|你有什么本领|你能帮我吗|我能问你什么|你懂什么|"
        "你擅长什么|你有哪些能力|你都会些什么|帮帮我|我需要帮助|请帮帮我|你可以做什么|我可以问你什么问题|"
        "你会解什么题|你能回答什么问题|你有什么用|你是做什么的|告诉我你会什么|你学过什么|我该问你什么|"
        "你的本领是什么|你能为我做什么|说说你会做什么|你会哪些题目|怎么用你|给我看看你的本领|你知道些什么|"
        "你能帮上什么忙|你能干什么|你会干什么|你可以帮我做什么|有什么是你会做的|你能解决什么问题|"
        "你都能做什么|我能让你做什么|你会算什么|可以问你哪些问题",
        "我会乘法、加法、排序和数字母。问我吧！|我会算数、给数排序、拼单词。你可以考考我。|"
        "你可以让我做乘法、给数排序，或者数单词里的字母。",
        "乘法|加法|排序|数字母|算数|拼单词|拼写",
    ),
    "thanks": _matter(
        "谢谢|谢谢你|多谢|非常感谢|谢谢您|感谢|太谢谢了|谢谢你的帮助|感谢你的帮助|好的，谢谢|很好，谢谢|"
        "多谢了|谢谢，很有帮助|谢谢你的回答|十分感谢|谢啦|真的谢谢你|再次感谢|谢谢，答得好|谢谢，辛苦了|"
        "太好了，谢谢|明白了，谢谢|懂了，谢谢你|感谢你的回答|谢谢你帮我|你帮了大忙，谢谢|谢谢，这正是我要的|"
        "我很感谢你|非常感谢你的帮助|好极了，谢谢|"
        "谢谢啦|多谢你|感激不尽|谢谢你呀|麻烦你了，谢谢|好，谢谢你|谢谢，我明白了|太感谢你了|谢了|"
        "多谢帮忙",
        "不客气！|不用谢！有问题随时问我。|不客气，很高兴能帮到你。",
        "不客气|不用谢|很高兴能帮|别客气",
    ),
    "nice": _matter(
        "很高兴认识你|认识你很高兴|见到你很高兴|很高兴见到你|幸会|很高兴遇见你|能认识你真好|认识你真好|"
        "真高兴认识你|很荣幸认识你|高兴见到你|见到你真好|非常高兴认识你|我很高兴认识你|遇到你真高兴|"
        "很高兴和你聊天|能见到你很高兴|真高兴见到你|认识你是我的荣幸|初次见面，很高兴认识你|"
        "见到你很开心|很开心认识你|认识你很开心|能遇见你真好|很高兴跟你认识|很荣幸见到你|真开心见到你|"
        "能认识你很开心",
        "我也很高兴认识你！有什么可以帮你？|我也很高兴认识你！",
        "也很高兴|我也是",
    ),
    "bye": _matter(
        "再见|拜拜|回头见|明天见|下次见|我走了|我要走了|晚安|再会|保重|下次再聊|先这样吧，再见|"
        "今天就到这里|谢谢，再见|好的，再见|我先走了|改天见|一会儿见|祝你愉快，再见|我得走了|我要睡觉了，晚安|"
        "下周见|到时候见|就到这儿吧，拜拜|我下线了|时间不早了，再见|再见，thinkling|那就再见了|后会有期|"
        "我要去忙了，再见|"
        "再见啦|拜拜啦|先走了，拜拜|我要下线了，再见|早点休息，再见|好了，拜拜|下次聊，再见|改天再聊|"
        "祝你晚安|那我走了，再见",
        "再见！祝你愉快。|再见！下次见。|再见！保重。",
        "再见|拜拜|下次见|明天见|回头见|保重|晚安",
    ),
}

MATTERS: dict[str, dict[str, Matter]] = {ENGLISH: _ENGLISH, CHINESE: _CHINESE}
"""By language and name."""
GREETING_BACK = {ENGLISH: "Hello! ", CHINESE: "你好！"}
AFTER_GREETING = {ENGLISH: ("! ", ", ", ". "), CHINESE: ("！", "，", "。")}
ENDS = {
    (ENGLISH, True): ("?", "?", "?", ""),
    (ENGLISH, False): ("!", "!", ".", ""),
    (CHINESE, True): ("？", "？", "？", ""),
    (CHINESE, False): ("！", "！", "。", ""),
}
"""What may stand at the end, by language and whether it is a question."""
