// The open conversation: what was said, what is being said, and keeping in touch with the bot.

import { messageItem, stopOf } from "./message.js";
import { Refused } from "./api.js";

const NEAR = 120; // pixels from the end within which a reader follows what is written
const FRESH = 120_000; // milliseconds in which a question without an answer is still thought about

export class Talk {
  /** `told` is called whenever something changed that the rest of the page shows. */
  constructor(api, words, page, told) {
    this.api = api;
    this.words = words;
    this.page = page;
    this.told = told;
    this.chat = "";
    this.messages = new Map(); // by id, in their order
    this.items = new Map();
    this.more = false;
    this.touch = null;
    this.thinking = false;
  }

  get empty() {
    return this.messages.size === 0;
  }

  get first() {
    return [...this.messages.values()].find((message) => message.by === "person")?.text ?? "";
  }

  /** What ends the answer that is being written: its button, true where it has none yet, null when none is. */
  get stop() {
    for (const message of this.messages.values()) {
      const button = stopOf(message);
      if (button) return { message, button };
    }
    return this.thinking ? { message: null, button: null } : null;
  }

  open(chat) {
    this.close();
    this.chat = chat;
    this.clear();
    this.listen();
  }

  close() {
    this.touch?.abort();
    this.touch = null;
  }

  clear() {
    this.messages.clear();
    this.items.clear();
    this.page.messages.replaceChildren();
    this.think(false);
    this.more = false;
    this.told();
  }

  /** Hear what happens in the chat until `close`, beginning again whenever the line breaks. */
  async listen() {
    const touch = new AbortController();
    this.touch = touch;
    let pause = 500;
    while (!touch.signal.aborted) {
      try {
        for await (const [name, data] of this.api.events(`/chats/${this.chat}/events`, touch.signal)) {
          if (touch.signal.aborted) return;
          pause = 500;
          this.page.state.textContent = "";
          this.hear(name, data);
        }
      } catch (error) {
        if (touch.signal.aborted) return;
        if (error instanceof Refused && error.status === 401) return this.told("locked");
      }
      if (touch.signal.aborted) return;
      this.page.state.textContent = this.words.say("offline");
      await new Promise((wake) => setTimeout(wake, pause));
      pause = Math.min(pause * 2, 10_000);
    }
  }

  hear(name, data) {
    if (name === "history") this.begin(data);
    if (name === "message") this.put(data);
    if (name === "gone") this.drop(data.id);
    if (name === "final") this.end(data.id);
    this.told(name);
  }

  /** Show the whole conversation as the bot remembers it; what was not sent yet stays below, and may be sent again. */
  begin({ messages, more }) {
    const unsent = [...this.messages.values()].filter((message) => message.pending);
    this.messages.clear();
    this.items.clear();
    this.page.messages.replaceChildren();
    for (const message of [...messages, ...unsent]) this.put(message, true);
    this.more = more;
    const last = messages.at(-1);
    this.think(Boolean(last && last.by === "person" && Date.now() - Date.parse(last.at) < FRESH));
    this.toEnd();
    this.resend(unsent);
  }

  /** A message is new, or says something else now. */
  put(message, quiet = false) {
    const { scroller } = this.page;
    const near = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
    if (message.by === "person" && !message.pending) this.adopt(message);
    this.messages.set(message.id, { ...this.messages.get(message.id), ...message });
    this.draw(message.id);
    if (message.by === "irang") this.think(false);
    if (message.by === "irang" && message.final && !quiet) this.announce(message);
    if (!quiet && (near || message.by === "person")) this.toEnd();
  }

  /** What this page sent itself comes back under the id that it got. */
  adopt(message) {
    const mine = [...this.messages.values()].find((each) => each.pending && each.text === message.text);
    if (mine && mine.id !== message.id) this.rename(mine.id, message.id);
  }

  rename(old, id) {
    const message = this.messages.get(old);
    if (!message) return;
    if (this.messages.has(id)) return this.drop(old);
    const item = this.items.get(old);
    this.messages = new Map([...this.messages].map(([key, value]) => (key === old ? [id, { ...value, id, pending: false }] : [key, value])));
    this.items.delete(old);
    this.items.set(id, item);
  }

  end(id) {
    const message = this.messages.get(id);
    if (!message) return;
    if (message.by === "person") return this.think(false); // it gets no answer
    this.put({ ...message, final: true });
  }

  drop(id) {
    this.messages.delete(id);
    this.items.get(id)?.remove();
    this.items.delete(id);
  }

  draw(id) {
    const item = messageItem(this.messages.get(id), this.words, this);
    const before = this.items.get(id);
    const focused = before?.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
    if (before) before.replaceWith(item);
    else this.page.messages.append(item);
    this.items.set(id, item);
    if (focused) [...item.querySelectorAll("button")].find((each) => each.getAttribute("aria-label") === focused)?.focus();
  }

  redraw() {
    for (const id of this.messages.keys()) this.draw(id);
  }

  think(on) {
    this.thinking = on;
    this.page.thinking.hidden = !on;
  }

  announce(message) {
    this.page.announcer.textContent = `${this.words.say("irang")}: ${message.text}`;
  }

  toEnd() {
    this.page.scroller.scrollTop = this.page.scroller.scrollHeight;
  }

  // ---- what a person does --------------------------------------------------------------------------

  async say(text) {
    const id = `unsent-${randomId()}`;
    this.put({ id, by: "person", text, final: true, pending: true, key: randomId() });
    await this.deliver(id);
  }

  async deliver(id) {
    const message = this.messages.get(id);
    this.messages.set(id, { ...message, failed: "" });
    this.draw(id);
    this.think(true);
    this.toEnd();
    this.told();
    try {
      const taken = await this.api.call("POST", `/chats/${this.chat}/messages`, { body: { text: message.text, user: "page" }, key: message.key });
      this.rename(id, taken.id);
    } catch (error) {
      if (!this.messages.has(id)) return;
      this.messages.set(id, { ...message, failed: error.message, lost: !(error instanceof Refused) });
      this.think(false);
      this.draw(id);
    }
    this.told("said");
  }

  /** Where no answer came the bot may have it all the same: by its key it tells which message that is. */
  async resend(unsent) {
    for (const { id, lost } of unsent) {
      if (lost && this.messages.has(id)) await this.deliver(id);
    }
  }

  again(message) {
    return this.deliver(message.id);
  }

  async press(message, button) {
    await this.attempt("POST", `/chats/${this.chat}/messages/${message.id}/press`, { data: button.data, user: "page" });
  }

  async rate(message, value, added) {
    await this.attempt("POST", `/chats/${this.chat}/messages/${message.id}/rating`, { value, added, user: "page" });
  }

  async halt() {
    const { message, button } = this.stop;
    if (button) await this.press(message, button);
    else await this.attempt("POST", `/chats/${this.chat}/stop`, { user: "page" });
  }

  /** What is answered, true where that is nothing; null for what was not done, and why is said. */
  async attempt(method, path, body) {
    try {
      const answer = await this.api.call(method, path, { body });
      this.page.state.textContent = "";
      return answer ?? true;
    } catch (error) {
      this.page.state.textContent = error.message;
      return null;
    }
  }

  get oldest() {
    return [...this.messages.values()].find((message) => message.place != null);
  }

  async earlier() {
    const { oldest } = this;
    if (!oldest) return;
    const found = await this.attempt("GET", `/chats/${this.chat}/messages?before=${oldest.place}`);
    if (!found || this.oldest?.id !== oldest.id) return; // they don't belong above what is shown by now
    const { messages, more } = found;
    const { scroller } = this.page;
    const fromEnd = scroller.scrollHeight - scroller.scrollTop;
    this.messages = new Map([...messages.map((message) => [message.id, message]), ...this.messages]);
    const top = this.page.messages.firstChild;
    for (const message of messages) {
      const item = messageItem(message, this.words, this);
      this.items.set(message.id, item);
      this.page.messages.insertBefore(item, top);
    }
    this.more = more;
    scroller.scrollTop = scroller.scrollHeight - fromEnd;
    this.told();
  }
}

/** 128 random bits as hex. (crypto.randomUUID is there under https alone.) */
export function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
