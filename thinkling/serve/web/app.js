// The page: conversations on the left, messages in the middle, settings on the right.

import { answer, isAsking, skipAll, stopAll } from "./asking.js";
import { element, find } from "./element.js";
import { attach, giveBack, takeFiles, withFiles } from "./files.js";
import { showBranch } from "./messages.js";
import { Refused, get, send, text, useKey } from "./service.js";
import { loadSettings } from "./settings.js";
import { leafBelow } from "./tree.js";

let conversation = null; // as the service keeps it: id, title, system, leaf, messages

const tell = (words) => { find("status").textContent = words; };

async function trying(work) {
  try {
    tell("");
    return await work();
  } catch (error) {
    if (error instanceof Refused && error.status === 401) {
      await login();
      return trying(work);
    }
    tell(error.message);
    return null;
  }
}

function login() {
  find("login").showModal();
  return new Promise((resolve) => {
    find("login").addEventListener("close", () => { useKey(find("key").value); resolve(); }, { once: true });
  });
}

// ---------------------------------------------------------------- conversations

async function drawList() {
  const query = encodeURIComponent(find("search").value.trim());
  const found = await get(`/ui/conversations?query=${query}`);
  const rows = found.data.map((one) => {
    const isOpen = conversation?.id === one.id;
    const link = element("a", { href: `#${one.id}`, "aria-current": isOpen ? "page" : null }, one.title);
    return element("li", {}, link);
  });
  const held = document.activeElement?.closest("#list a")?.getAttribute("href");
  find("list").replaceChildren(...(rows.length ? rows : [element("li", { class: "none" }, "Nothing here yet")]));
  if (held) find("list").querySelector(`a[href="${held}"]`)?.focus();
}

async function open(id) {
  if (isAsking()) stopAll();
  conversation = id ? await get(`/ui/conversations/${id}`) : null;
  find("system").value = conversation?.system ?? "";
  drawHead();
  draw();
  await drawList();
}

function drawHead() {
  find("title").textContent = document.title = conversation?.title ?? "thinkling";
  find("tools").hidden = !conversation;
}

function draw() {
  if (conversation) showBranch(conversation, acts);
  else find("messages").replaceChildren(greeting());
}

function greeting() {
  const asks = ["What's 12 times 14?", "How many r's are in strawberry?", "Which is larger, 9.11 or 9.9?"];
  const buttons = asks.map((words) => element("button", { type: "button", onclick: () => trying(() => ask(words)) }, words));
  return element("div", { class: "greeting" }, element("p", {}, "Ask something, for example:"), ...buttons);
}

async function begun(question) {
  if (conversation) return;
  const title = question.replace(/\s+/g, " ").slice(0, 60) || "New conversation";
  conversation = await send("POST", "/ui/conversations", { title, system: find("system").value });
  history.replaceState(null, "", `#${conversation.id}`);
  drawHead();
}

// ---------------------------------------------------------------- turns

// `kept` is called once the question is in the service's memory.
async function ask(question, parent = conversation?.leaf ?? null, title = question, kept = () => {}) {
  await begun(title);
  const here = conversation; // whatever is opened meanwhile
  const turn = { parent, role: "user", content: question };
  const { id } = await send("POST", `/ui/conversations/${here.id}/messages`, turn);
  here.messages.push({ ...turn, id });
  here.leaf = id;
  kept();
  if (conversation !== here) return;
  draw();
  await answered(id);
}

async function answered(parent, only = null) {
  const here = conversation;
  const kept = await answer(here, parent, only);
  here.messages.push(...kept);
  if (kept.length) here.leaf = kept[kept.length - 1].id;
  if (conversation === here && kept.length <= 1 && kept.length) draw();
  await drawList();
  // Who has gone elsewhere by keyboard meanwhile stays there.
  if (document.activeElement === document.body) find("question").focus();
}

const acts = {
  copy: (message) => navigator.clipboard.writeText(message.content).then(() => tell("Copied."), () => tell("This browser does not let pages copy.")),
  again: (message) => trying(() => branchOff(message.parent, () => answered(message.parent, message.facts?.model))),
  edit: (message) => editor(message),
  go: (message) => trying(() => go(leafBelow(conversation.messages, message.id))),
};

async function branchOff(leaf, work) {
  if (isAsking()) return;
  conversation.leaf = leaf;
  draw();
  await work();
}

async function go(leaf) {
  conversation.leaf = leaf;
  draw();
  await send("PATCH", `/ui/conversations/${conversation.id}`, { leaf });
}

function editor(message) {
  const field = element("textarea", { rows: 3, "aria-label": "The question, changed" });
  field.value = message.content;
  const save = () => trying(async () => {
    if (!isAsking()) await ask(field.value, message.parent ?? null);
  });
  const row = element("div", { class: "row" },
    element("button", { type: "button", class: "strong", onclick: save }, "Ask this"),
    element("button", { type: "button", onclick: draw }, "Leave it"));
  document.querySelector(`#${message.id} .body`).replaceChildren(field, row);
  field.focus();
}

// ---------------------------------------------------------------- buttons

function listen() {
  const question = find("question");
  find("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    const words = question.value.trim();
    if (!words || isAsking()) return;
    const files = takeFiles();
    let isKept = false;
    question.value = "";
    grow();
    trying(() => ask(withFiles(files, words), conversation?.leaf ?? null, words, () => { isKept = true; })).then(() => {
      if (isKept) return;
      question.value = words + question.value; // nothing that was typed is lost
      giveBack(files);
      grow();
    });
  });
  const grow = () => {
    question.style.height = "auto";
    question.style.height = `${Math.min(question.scrollHeight, 240)}px`;
  };
  question.addEventListener("input", grow);
  question.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      find("ask").requestSubmit();
    }
  });
  find("attach").addEventListener("change", (event) => {
    trying(() => attach(event.target.files, tell)).then(() => { event.target.value = ""; });
  });
  find("stop").addEventListener("click", stopAll);
  find("skip-thinking").addEventListener("click", skipAll);
  find("new").addEventListener("click", () => { location.hash = ""; question.focus(); });
  find("search").addEventListener("input", () => trying(drawList));
  find("system").addEventListener("change", () => trying(async () => {
    if (!conversation) return;
    conversation.system = find("system").value;
    await send("PATCH", `/ui/conversations/${conversation.id}`, { system: conversation.system });
  }));
  addEventListener("hashchange", () => trying(() => open(location.hash.slice(1))));
  addEventListener("keydown", (event) => { if (event.key === "Escape" && isAsking()) stopAll(); });
  listenToTools();
  listenToPanels();
}

function listenToTools() {
  find("rename").addEventListener("click", () => trying(async () => {
    const title = prompt("The conversation's title", conversation.title)?.trim();
    if (!title) return;
    await send("PATCH", `/ui/conversations/${conversation.id}`, { title: title.slice(0, 200) });
    await open(conversation.id);
  }));
  find("delete").addEventListener("click", () => trying(async () => {
    if (!confirm("Delete this conversation?")) return;
    await send("DELETE", `/ui/conversations/${conversation.id}`);
    location.hash = "";
  }));
  for (const form of ["json", "markdown"]) {
    find(`export-${form}`).addEventListener("click", () => trying(async () => {
      const whole = await text(`/ui/conversations/${conversation.id}/export?form=${form}`);
      const url = URL.createObjectURL(new Blob([whole]));
      element("a", { href: url, download: `conversation.${form === "json" ? "json" : "md"}` }).click();
      setTimeout(() => URL.revokeObjectURL(url), 1000);
    }));
  }
  find("import").addEventListener("change", (event) => trying(async () => {
    const whole = JSON.parse(await event.target.files[0].text());
    event.target.value = "";
    location.hash = (await send("POST", "/ui/conversations/import", whole)).id;
  }));
}

function listenToPanels() {
  const drawer = find("drawer");
  find("show-drawer").addEventListener("click", () => {
    drawer.hidden = !drawer.hidden;
    find("show-drawer").setAttribute("aria-expanded", String(!drawer.hidden));
  });
  const showSide = (isShown) => document.body.classList.toggle("no-side", !isShown);
  find("hide-side").addEventListener("click", () => showSide(false));
  find("show-side").addEventListener("click", () => showSide(true));
  if (innerWidth < 800) showSide(false);
  find("list").addEventListener("click", () => { if (innerWidth < 800) showSide(false); });
  const theme = (name) => { document.documentElement.dataset.theme = name; localStorage.setItem("theme", name); };
  const isDark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  if (localStorage.getItem("theme")) theme(localStorage.getItem("theme"));
  find("dark").addEventListener("click", () => theme(isDark() ? "light" : "dark"));
}

listen();
await trying(async () => {
  const found = await get("/v1/models");
  loadSettings(found.data);
  await open(location.hash.slice(1));
});
document.body.dataset.ready = "true";
