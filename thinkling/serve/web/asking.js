// Asks the models and writes down what they say: one answer, or two side by side.

import { GrowingAnswer } from "./answer.js";
import { element, find } from "./element.js";
import { factsLine, growingTurn } from "./messages.js";
import { chunks, send, skipThinking } from "./service.js";
import { models, options, price } from "./settings.js";
import { asked } from "./tree.js";

let running = [];

export const isAsking = () => running.length > 0;

export function stopAll() {
  for (const one of running) one.control.abort();
}

export async function skipAll() {
  await Promise.allSettled(running.filter((one) => one.id).map((one) => skipThinking(one.id)));
}

// Answers below `parent`; resolves with the messages that were kept.
export async function answer(conversation, parent, only = null) {
  const names = only ? [only] : models();
  const places = names.map((name) => growingTurn(name));
  const row = element("div", { class: names.length > 1 ? "beside" : "" }, ...places.map((one) => one.made));
  find("messages").append(row);
  row.scrollIntoView({ block: "end" });
  const work = names.map((name, place) => one(conversation, parent, name, places[place]));
  const kept = await Promise.all(work);
  return kept.filter((message) => message !== null);
}

async function one(conversation, parent, model, { made, body }) {
  const state = { control: new AbortController(), id: null };
  running.push(state);
  showButtons();
  const growing = new GrowingAnswer(body);
  const facts = { model };
  let fault = null;
  try {
    const messages = asked(conversation.messages, parent, conversation.system);
    await read(chunks({ model, messages, ...options() }, state.control.signal), growing, facts, state);
  } catch (error) {
    if (error.name === "AbortError") facts.reason = "stopped";
    else fault = error;
  }
  await growing.end();
  made.classList.remove("growing");
  made.removeAttribute("aria-busy");
  running = running.filter((other) => other !== state);
  showButtons();
  if (fault) {
    body.append(element("p", { class: "fault", role: "alert" }, fault.message));
    if (!growing.content && !growing.reasoning) return null;
  }
  facts.seconds = growing.seconds;
  facts.thought_s = growing.reasoning ? growing.thoughtFor : undefined;
  made.append(element("div", { class: "row tools" }, element("span", { class: "facts" }, factsLine(facts))));
  const turn = { parent, role: "assistant", content: growing.content, reasoning: growing.reasoning || null, facts };
  const { id } = await send("POST", `/ui/conversations/${conversation.id}/messages`, turn);
  return { ...turn, id };
}

async function read(stream, growing, facts, state) {
  for await (const chunk of stream) {
    state.id = chunk.id;
    const choice = chunk.choices[0];
    if (choice?.delta.reasoning_content) growing.think(choice.delta.reasoning_content);
    if (choice?.delta.content) growing.say(choice.delta.content);
    if (choice?.finish_reason) facts.reason = choice.finish_reason;
    if (chunk.usage) {
      facts.tokens = chunk.usage.completion_tokens;
      facts.reasoning_tokens = chunk.usage.completion_tokens_details.reasoning_tokens;
      facts.tokens_per_s = chunk.timings.decode_tokens_per_s;
      facts.price = price(chunk.usage);
    }
  }
}

function showButtons() {
  find("stop").hidden = find("skip-thinking").hidden = !running.length;
  find("send").disabled = running.length > 0;
}
