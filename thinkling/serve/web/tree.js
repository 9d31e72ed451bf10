// A conversation as a tree: messages by id, each with its parent. Pure functions, no page.

export function byId(messages) {
  return new Map(messages.map((one) => [one.id, one]));
}

// Those with this parent, the oldest first.
export function childrenOf(messages, parent) {
  return messages.filter((one) => (one.parent ?? null) === (parent ?? null));
}

// From the first message to the leaf.
export function branchTo(messages, leaf) {
  const known = byId(messages);
  const found = [];
  for (let at = known.get(leaf); at && found.length <= messages.length; at = known.get(at.parent)) found.push(at);
  return found.reverse();
}

// Where a branch through this message ends: always the latest child.
export function leafBelow(messages, id) {
  let at = id;
  for (let count = 0; count <= messages.length; count++) {
    const children = childrenOf(messages, at);
    if (!children.length) return at;
    at = children[children.length - 1].id;
  }
  return at;
}

// What a model is asked: the branch as roles and texts.
export function asked(messages, leaf, system) {
  const turns = branchTo(messages, leaf).map((one) => ({ role: one.role, content: one.content }));
  return system ? [{ role: "system", content: system }, ...turns] : turns;
}
