// One answer as it grows on the page: thinking in a fold with a timer and its tail, then blocks of text.
// A finished block is rendered once and frozen; the open one is plain text, written at most ten times a second.

import { Blocks } from "./blocks.js";
import { render } from "./service.js";
import { element } from "./element.js";

const TAIL = 120;

export class GrowingAnswer {
  constructor(place) {
    this.reasoning = "";
    this.content = "";
    this.began = performance.now();
    this.thoughtFor = null;
    this.blocks = new Blocks();
    this.isTouched = false;
    this.summary = element("summary", {}, "Thinking");
    this.thought = element("pre", { class: "thought" });
    this.fold = element("details", { class: "thinking", hidden: true }, this.summary, this.thought);
    this.summary.addEventListener("click", () => { this.isTouched = true; });
    this.frozen = element("div");
    this.open = element("div", { class: "open" });
    place.replaceChildren(this.fold, element("div", { class: "content" }, this.frozen, this.open));
    this.timer = setInterval(() => this.draw(), 100);
  }

  get seconds() {
    return (performance.now() - this.began) / 1000;
  }

  think(text) {
    if (!this.reasoning) this.fold.hidden = false;
    this.reasoning += text;
    this.thought.append(text); // live thinking stays plain text
  }

  say(text) {
    if (this.thoughtFor === null) this.thoughtFor = this.seconds;
    this.content += text;
    for (const block of this.blocks.feed(text)) this.freeze(block);
    this.isStale = true;
  }

  freeze(block) {
    const place = element("div", { class: "block" }, element("p", { class: "plain" }, block.trim()));
    this.frozen.append(place);
    render(block).then((html) => { if (html !== null) place.innerHTML = html; });
  }

  draw() {
    if (this.isStale) this.open.textContent = this.blocks.rest.trim();
    this.isStale = false;
    if (!this.reasoning) return;
    const isThinking = this.thoughtFor === null;
    const time = (isThinking ? this.seconds : this.thoughtFor).toFixed(1);
    const tail = isThinking && !this.fold.open ? ` ${this.reasoning.slice(-TAIL).replace(/\s+/g, " ")}` : "";
    this.summary.textContent = isThinking ? `Thinking for ${time} s${tail}` : `Thought for ${time} s`;
  }

  // No more comes: what is open is rendered too.
  async end() {
    clearInterval(this.timer);
    if (this.thoughtFor === null) this.thoughtFor = this.seconds;
    this.draw();
    const rest = this.blocks.rest.trim();
    const html = rest ? await render(rest) : "";
    if (html !== null) this.open.innerHTML = html;
  }
}

// An answer that is complete, with its fold as the reader left such folds.
export function showAnswer(place, message) {
  const content = element("div", { class: "content" }, element("p", { class: "plain" }, message.content));
  const parts = [content];
  if (message.reasoning) {
    const seconds = message.facts?.thought_s;
    const said = seconds ? `Thought for ${seconds.toFixed(1)} s` : "Thought";
    const thought = element("pre", { class: "thought" }, message.reasoning);
    parts.unshift(element("details", { class: "thinking" }, element("summary", {}, said), thought));
  }
  place.replaceChildren(...parts);
  render(message.content).then((html) => { if (html !== null) content.innerHTML = html; });
}
