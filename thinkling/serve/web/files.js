// Text and code that go with a question, in the form that DeepSeek-R1's model card gives for files.

import { element, find } from "./element.js";

const MOST_BYTES = 1_000_000;
let attached = [];

export async function attach(files, tell) {
  for (const file of files) {
    if (file.size > MOST_BYTES) tell(`${file.name} is larger than a megabyte.`);
    else attached.push({ name: file.name, text: await file.text() });
  }
  draw();
}

// What is attached, which is gone after this.
export function takeFiles() {
  const taken = attached;
  attached = [];
  draw();
  return taken;
}

export function giveBack(files) {
  attached = [...files, ...attached];
  draw();
}

export function withFiles(files, question) {
  const parts = files.map((one) => `[file name]: ${one.name}\n[file content begin]\n${one.text}\n[file content end]\n`);
  return parts.join("") + question;
}

function draw() {
  const rows = attached.map((one) => {
    const remove = () => { attached = attached.filter((other) => other !== one); draw(); };
    const away = element("button", { type: "button", "aria-label": `Remove ${one.name}`, onclick: remove }, "×");
    return element("li", {}, one.name, away);
  });
  find("files").replaceChildren(...rows);
}
