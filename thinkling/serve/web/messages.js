// The messages of a conversation on the page: the branch that is shown, and what can be done with each turn.

import { showAnswer } from "./answer.js";
import { element, find } from "./element.js";
import { branchTo, childrenOf } from "./tree.js";

// `act` has what a person can do: edit, again, go, copy.
export function showBranch(conversation, act) {
  const shown = branchTo(conversation.messages, conversation.leaf);
  find("messages").replaceChildren(...shown.map((one) => turn(conversation, one, act)));
}

export function turn(conversation, message, act) {
  const body = element("div", { class: "body" });
  const made = element("article", { class: `turn ${message.role}`, id: message.id, "aria-label": heading(message) });
  made.append(element("h2", { class: "who" }, heading(message)), body);
  if (message.role === "user") body.append(element("div", { class: "asked" }, message.content));
  else showAnswer(body, message);
  made.append(tools(conversation, message, act));
  return made;
}

function heading(message) {
  return message.role === "user" ? "You" : message.facts?.model ?? "Answer";
}

function tools(conversation, message, act) {
  const row = element("div", { class: "row tools" });
  const others = childrenOf(conversation.messages, message.parent).filter((one) => one.role === message.role);
  if (others.length > 1) row.append(...steps(others, message, act));
  row.append(button("Copy", () => act.copy(message)));
  if (message.role === "user") row.append(button("Edit", () => act.edit(message)));
  else row.append(button("Again", () => act.again(message)));
  const facts = message.facts ? factsLine(message.facts) : "";
  if (facts) row.append(element("span", { class: "facts" }, facts));
  return row;
}

function steps(others, message, act) {
  const place = others.findIndex((one) => one.id === message.id);
  const step = (label, to, words) => {
    const made = button(label, () => act.go(others[to]), words);
    made.disabled = !others[to];
    return made;
  };
  const count = element("span", { class: "count" }, `${place + 1}/${others.length}`);
  return [step("‹", place - 1, "The one before"), count, step("›", place + 1, "The next one")];
}

export function button(label, onclick, words = null) {
  return element("button", { type: "button", "aria-label": words, title: words, onclick }, label);
}

export function factsLine(facts) {
  const parts = [];
  if (facts.tokens_per_s) parts.push(`${facts.tokens_per_s.toFixed(1)} tokens/s`);
  if (facts.tokens) parts.push(`${facts.tokens} tokens`);
  if (facts.reasoning_tokens) parts.push(`${facts.reasoning_tokens} of them thought`);
  if (facts.seconds) parts.push(`${facts.seconds.toFixed(1)} s`);
  if (facts.price) parts.push(`costs ${facts.price}`);
  if (facts.reason === "length") parts.push("cut off at its limit");
  if (facts.reason === "stopped") parts.push("stopped");
  return parts.join(" · ");
}

// A place for an answer that begins now.
export function growingTurn(model) {
  const body = element("div", { class: "body" });
  const made = element("article", { class: "turn assistant growing", "aria-label": model, "aria-busy": "true" });
  made.append(element("h2", { class: "who" }, model), body);
  return { made, body };
}
