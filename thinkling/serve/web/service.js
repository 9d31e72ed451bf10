// What the page asks of the service it came from, and of nobody else.

let key = sessionStorage.getItem("key") ?? "";

export function useKey(value) {
  key = value;
  sessionStorage.setItem("key", value);
}

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function request(path, options = {}) {
  const headers = { ...(options.body ? { "content-type": "application/json" } : {}) };
  if (key) headers.authorization = `Bearer ${key}`;
  const response = await fetch(path, { ...options, headers });
  if (!response.ok) {
    const told = await response.json().catch(() => ({}));
    throw new Refused(response.status, told.error?.message ?? `${response.status} ${response.statusText}`);
  }
  return response;
}

export async function get(path) {
  return (await request(path)).json();
}

export async function send(method, path, body) {
  return (await request(path, { method, body: body === undefined ? undefined : JSON.stringify(body) })).json();
}

export async function text(path) {
  return (await request(path)).text();
}

// The chunks of a streamed answer, one after another.
export async function* chunks(body, signal) {
  const response = await request("/ui/chat/completions", {
    method: "POST",
    body: JSON.stringify({ ...body, stream: true, stream_options: { include_usage: true } }),
    signal,
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += value;
    const events = rest.split("\n\n");
    rest = events.pop();
    for (const event of events) {
      if (!event.startsWith("data: ")) continue; // a comment: the service lives
      const data = event.slice(6);
      if (data === "[DONE]") return;
      const chunk = JSON.parse(data);
      if (chunk.error) throw new Refused(0, chunk.error.message);
      yield chunk;
    }
  }
}

export async function skipThinking(id) {
  await send("POST", "/v1/chat/completions/control", { id, action: "reasoning_end" });
}

// Texts as safe HTML, in few requests for all that ask at the same moment: as much as the service takes in one.
const MOST_TEXTS = 500;
const MOST_CHARACTERS = 150_000;
let waiting = [];
export function render(source) {
  return new Promise((resolve) => {
    waiting.push({ source, resolve });
    if (waiting.length === 1) queueMicrotask(renderAll);
  });
}

function renderAll() {
  const asking = waiting;
  waiting = [];
  let now = [];
  let length = 0;
  for (const one of asking) {
    if (now.length && (now.length === MOST_TEXTS || length + one.source.length > MOST_CHARACTERS)) {
      renderSome(now);
      [now, length] = [[], 0];
    }
    now.push(one);
    length += one.source.length;
  }
  renderSome(now);
}

async function renderSome(now) {
  try {
    const found = await send("POST", "/ui/render", { texts: now.map((one) => one.source) });
    now.forEach((one, place) => one.resolve(found.html[place] ?? null));
  } catch {
    now.forEach((one) => one.resolve(null)); // shown as the plain text that it is
  }
}
