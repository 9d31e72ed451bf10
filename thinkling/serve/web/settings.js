// The drawer: how answers are asked for. Kept in this browser; the system prompt belongs to the conversation.

import { find } from "./element.js";

const KEPT = ["model", "beside", "budget", "temperature", "max-tokens", "price-in", "price-out"];

export function loadSettings(models) {
  for (const id of ["model", "beside"]) {
    const options = models.map((one) => new Option(place(one), one.id));
    find(id).replaceChildren(...(id === "beside" ? [new Option("nobody", "")] : []), ...options);
  }
  const kept = JSON.parse(localStorage.getItem("settings") ?? "{}");
  for (const id of KEPT) if (kept[id] !== undefined && isPossible(id, kept[id])) find(id).value = kept[id];
  const thinking = document.querySelector(`input[name=thinking][value="${kept.thinking ?? "auto"}"]`);
  if (thinking) thinking.checked = true;
  find("drawer").addEventListener("change", saveSettings);
}

// A model of another service says whose it is: questions to it leave this machine.
function place(model) {
  return model.owned_by === "thinkling" ? model.id : `${model.id} (at ${model.owned_by})`;
}

function isPossible(id, value) {
  const place = find(id);
  return place.tagName !== "SELECT" || [...place.options].some((one) => one.value === value);
}

function saveSettings() {
  const kept = Object.fromEntries(KEPT.map((id) => [id, find(id).value]));
  kept.thinking = thinkingWord();
  localStorage.setItem("settings", JSON.stringify(kept));
}

function thinkingWord() {
  return document.querySelector("input[name=thinking]:checked").value;
}

// The models that are asked: one, or two side by side.
export function models() {
  return [find("model").value, find("beside").value].filter((one) => one);
}

// What a request says beside model and messages.
export function options() {
  const number = (id) => (find(id).value === "" ? undefined : Number(find(id).value));
  const word = thinkingWord();
  return {
    thinking: word === "budget" ? number("budget") ?? "auto" : word,
    temperature: number("temperature"),
    max_tokens: number("max-tokens"),
  };
}

// What an answer cost, where prices are set: a text for the line under it.
export function price(usage) {
  const read = Number(find("price-in").value);
  const written = Number(find("price-out").value);
  if (!read && !written) return null;
  const cost = (usage.prompt_tokens * read + usage.completion_tokens * written) / 1e6;
  return cost.toPrecision(2);
}
