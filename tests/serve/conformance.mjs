// OpenAI's client for Node against a running service: node conformance.mjs URL MODEL WILD. Exits 0 if all holds.
// WILD is a model that says anything, so that calls of tools come from their form alone.

import assert from "node:assert/strict";
import OpenAI, { toFile } from "openai";

const [url, model, wild] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
const messages = [{ role: "user", content: "What's 12 times 14?" }];
const add = {
  name: "add",
  description: "adds",
  parameters: {
    type: "object", properties: { a: { enum: [1, 2] } }, required: ["a"], additionalProperties: false,
  },
};

async function chat() {
  const whole = await client.chat.completions.create({ model, messages, temperature: 0 });
  const [choice] = whole.choices;
  assert.match(choice.message.content, /168/);
  assert.equal(choice.finish_reason, "stop");
  assert.ok(choice.message.reasoning_content.includes("120"));
  assert.ok(whole.usage.completion_tokens_details.reasoning_tokens > 0);
  let content = "";
  let reasoning = "";
  let usage = null;
  const stream = await client.chat.completions.create({
    model, messages, temperature: 0, stream: true, stream_options: { include_usage: true },
  });
  for await (const chunk of stream) {
    content += chunk.choices[0]?.delta.content ?? "";
    reasoning += chunk.choices[0]?.delta.reasoning_content ?? "";
    usage = chunk.usage ?? usage;
  }
  assert.equal(content, choice.message.content);
  assert.equal(reasoning, choice.message.reasoning_content);
  assert.equal(usage.completion_tokens, whole.usage.completion_tokens);
  const left = await client.chat.completions.create({ model, messages, stream: true });
  for await (const chunk of left) {
    assert.ok(chunk.id);
    break; // the client leaves
  }
  await assert.rejects(client.chat.completions.create({ model: "none", messages }), OpenAI.NotFoundError);
  await assert.rejects(client.chat.completions.create({ model, messages, n: 0 }), OpenAI.BadRequestError);
}

async function tools() {
  const asked = {
    model: wild, messages, temperature: 3, max_tokens: 300, reasoning_effort: "none", seed: 1,
    tools: [{ type: "function", function: add }], tool_choice: "required", parallel_tool_calls: false,
  };
  const whole = await client.chat.completions.create(asked);
  const [call] = whole.choices[0].message.tool_calls;
  assert.equal(call.function.name, "add");
  assert.ok([1, 2].includes(JSON.parse(call.function.arguments).a));
  const runner = client.chat.completions.stream(asked);
  const final = await runner.finalChatCompletion();
  assert.deepEqual(final.choices[0].message.tool_calls[0].function.arguments, call.function.arguments);
  const more = [...messages, whole.choices[0].message, { role: "tool", tool_call_id: call.id, content: "3" }];
  assert.ok((await client.chat.completions.create({ model: wild, messages: more, max_tokens: 5 })).choices.length);
}

async function responses() {
  const first = await client.responses.create({ model, input: messages[0].content, temperature: 0 });
  assert.match(first.output_text, /168/);
  assert.deepEqual(first.output.map((one) => one.type), ["reasoning", "message"]);
  const again = await client.responses.retrieve(first.id);
  assert.equal(again.output_text, first.output_text);
  const next = await client.responses.create({ model, input: "What's 2+2?", previous_response_id: first.id });
  assert.equal((await client.responses.inputItems.list(next.id)).data.length, 3);
  const kinds = [];
  let text = "";
  const stream = await client.responses.create({ model, input: "What's 2+2?", stream: true });
  for await (const event of stream) {
    kinds.push(event.type);
    if (event.type === "response.output_text.delta") text += event.delta;
  }
  assert.equal(kinds[0], "response.created");
  assert.equal(kinds.at(-1), "response.completed");
  assert.match(text, /4/);
  const called = await client.responses.create({
    model: wild, input: "Hello", temperature: 3, max_output_tokens: 300, reasoning: { effort: "none" },
    tools: [{ type: "function", ...add, strict: null }], tool_choice: "required",
  });
  assert.equal(called.output[0].type, "function_call");
  await client.responses.delete(first.id);
  await assert.rejects(client.responses.retrieve(first.id), OpenAI.NotFoundError);
}

async function batches() {
  const lines = [0, 1, 2].map((number) => JSON.stringify({
    custom_id: `line-${number}`, method: "POST", url: "/v1/chat/completions",
    body: { model, messages: [{ role: "user", content: `What's 2+${number}?` }], max_tokens: 60 },
  }));
  const file = await client.files.create({
    file: await toFile(Buffer.from(`${lines.join("\n")}\n`), "in.jsonl"), purpose: "batch",
  });
  let batch = await client.batches.create({
    input_file_id: file.id, endpoint: "/v1/chat/completions", completion_window: "24h",
  });
  while (!["completed", "failed", "expired"].includes(batch.status)) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    batch = await client.batches.retrieve(batch.id);
  }
  assert.equal(batch.status, "completed");
  assert.equal(batch.request_counts.completed, 3);
  const text = await (await client.files.content(batch.output_file_id)).text();
  const found = text.trim().split("\n").map((line) => JSON.parse(line).custom_id).sort();
  assert.deepEqual(found, ["line-0", "line-1", "line-2"]);
  assert.ok((await client.batches.list()).data.some((one) => one.id === batch.id));
  assert.ok((await client.files.delete(file.id)).deleted);
}

for (const part of [chat, tools, responses, batches]) {
  await part();
  console.log(`${part.name}: holds`);
}
