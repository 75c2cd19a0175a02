// The HTTP API as the pages use it: JSON calls, server-sent events, and the key.

const KEPT = "irang.token";

/** The key from the address (#token=…), which is then taken out of the address bar, or the one kept before. */
export function keptToken(kept = KEPT) {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    keepToken(given, kept);
    history.replaceState(null, "", location.pathname);
  }
  return localStorage.getItem(kept) ?? "";
}

export function keepToken(token, kept = KEPT) {
  localStorage.setItem(kept, token);
}

/** A request that was refused; `type` is the API's name for the reason. */
export class Refused extends Error {
  constructor(status, type, message) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

export class Api {
  constructor(token) {
    this.token = token;
  }

  async call(method, path, { body, key } = {}) {
    const headers = { Authorization: `Bearer ${this.token}` };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (key) headers["Idempotency-Key"] = key;
    const response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    if (!response.ok) throw await refusal(response);
    return response.status === 204 ? null : response.json();
  }

  /** Pairs of an event's name and its content, until the server ends them or `signal` does. */
  async *events(path, signal) {
    const response = await fetch(path, { headers: { Authorization: `Bearer ${this.token}` }, signal });
    if (!response.ok) throw await refusal(response);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const event = parsed(block);
        if (event) yield event;
      }
    }
  }
}

function parsed(block) {
  let name = "message";
  let data = "";
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) name = line.slice(7);
    if (line.startsWith("data: ")) data += line.slice(6);
  }
  return data ? [name, JSON.parse(data)] : null;
}

async function refusal(response) {
  const { error } = await response.json().catch(() => ({ error: {} }));
  return new Refused(response.status, error?.type ?? "", error?.message ?? response.statusText);
}
