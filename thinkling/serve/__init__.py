"""`thinkling serve`: the models of one machine as a service. The walk of a request, file by file:

guard      who may ask: host, origin, key, size
app        the routes; an error becomes a status and a sentence
chat       OpenAI's and DeepSeek's chat completions: schema -> ticket -> chunks
thinking   every client's way to say how much is thought, made one
answering  what every interface does with a ticket: wait for all of it, or hand it on
worker     one thread owns a model; tickets carry questions to it and pieces back
sse        pieces as server-sent events
"""
