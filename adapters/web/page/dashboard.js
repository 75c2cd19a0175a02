// The operator's dashboard: asks how the bot is every two seconds, and draws it.

import { Api, keepToken, keptToken, Refused } from "./api.js";
import { Board } from "./board.js";
import { Numbers } from "./numbers.js";
import { Tables } from "./tables.js";
import { Words } from "./words.js";

const KEPT = "irang.operator";
const OFTEN = 2000; // milliseconds
const SELDOM = 5; // looks after which the lists are asked for again

const byId = (id) => document.getElementById(id);

class Dashboard {
  constructor(words) {
    this.words = words;
    this.numbers = new Numbers(words);
    this.api = new Api(keptToken(KEPT));
    this.tables = new Tables(words, this.numbers, this.deeds());
    this.board = new Board(words, this.numbers, this.tables);
    this.span = "day";
    this.looks = 0;
    this.looking = Promise.resolve();
  }

  async run() {
    for (;;) {
      const { token } = this.api;
      if (token && !document.hidden) await this.look();
      if (!this.api.token && byId("door").hidden) this.lock();
      if (this.api.token !== token) continue; // another key was given meanwhile
      await new Promise((wake) => { this.wake = wake; setTimeout(wake, OFTEN); });
    }
  }

  /** Look when the look before has ended: side by side they would bring the same samples. `all`: the lists too. */
  look(all = false) {
    this.looking = this.looking.then(() => this.ask(all));
    return this.looking;
  }

  /** Ask for all that is new, and draw it; what is refused or can't be reached is said. */
  async ask(all) {
    const { token } = this.api;
    try {
      const overview = await this.api.call("GET", `/api/operator/overview?since=${this.board.last}`);
      this.unlock();
      this.board.show(overview, await this.api.call("GET", "/api/operator/ready"));
      const change = overview.change?.state;
      if (all || this.looks % SELDOM === 0 || change !== this.change) await this.lists();
      this.change = change;
      this.looks += 1;
      this.trouble("");
    } catch (error) {
      if (token !== this.api.token) return; // what became of a key that is no longer in use
      if (error instanceof Refused && error.status === 401) return this.lock(error.message);
      this.trouble(error instanceof Refused ? error.message : this.words.say("unreachable"));
    }
  }

  async lists() {
    const { span } = this;
    const get = (path) => this.api.call("GET", `/api/operator/${path}`);
    const [history, letters, reminders, models] = await Promise.all([get(`history?span=${span}`), get("letters"), get("reminders"), get("models")]);
    this.board.list({ history, span, letters, reminders, models });
  }

  lock(message = "") {
    this.api.token = "";
    keepToken("", KEPT);
    byId("board").hidden = true;
    byId("health").textContent = message;
    if (byId("door").hidden) {
      byId("door").hidden = false;
      byId("token").focus();
    }
  }

  unlock() {
    byId("door").hidden = true;
    byId("board").hidden = false;
  }

  open(token) {
    keepToken(token, KEPT);
    this.api.token = token;
    this.wake?.();
  }

  trouble(message) {
    byId("trouble").textContent = message;
    byId("trouble").hidden = !message;
  }

  // ---- what an operator does -----------------------------------------------------------------------

  deeds() {
    const { words } = this;
    const name = ({ box, id }) => ({ kind: words.say(box), id });
    const letter = ({ box, id }) => `letters/${box}/${id}`;
    return {
      swap: (model) => this.asked({ title: words.say("swap_title", { name: model }), text: words.say("swap_text"), yes: words.say("swap_yes") }, () => this.do("PUT", "model", { name: model })),
      retry: (one) => this.do("POST", `${letter(one)}/retry`),
      discard: (one) => this.asked({ title: words.say("discard_title", name(one)), text: words.say("discard_text"), yes: words.say("discard") }, () => this.do("DELETE", letter(one))),
      cancel: (one) => this.asked({ title: words.say("cancel_title", { id: one.id }), text: words.say("cancel_text"), yes: words.say("cancel") }, () => this.do("DELETE", `reminders/${one.id}`)),
      read: (one) => this.read(one, `${letter(one)}/text`),
    };
  }

  async do(method, path, body) {
    let fault = "";
    try {
      await this.api.call(method, `/api/operator/${path}`, { body });
    } catch (error) {
      fault = error instanceof Refused ? error.message : this.words.say("unreachable");
    }
    await this.look(true);
    if (fault) this.trouble(fault);
  }

  async read(letter, path) {
    try {
      const { text } = await this.api.call("GET", `/api/operator/${path}`);
      const title = this.words.say("read_title", { kind: this.words.say(letter.box), id: letter.id });
      this.asked({ title, text: this.words.say("read_text"), pre: text });
    } catch (error) {
      this.trouble(error.message);
    }
  }

  /** A question in the middle of the page; without `yes` there is only something to read. */
  asked({ title, text, pre = "", yes = "" }, act) {
    const dialog = byId("asking");
    byId("asking-title").textContent = title;
    byId("asking-text").textContent = text;
    byId("asking-pre").textContent = pre;
    byId("asking-pre").hidden = !pre;
    byId("asking-yes").textContent = yes;
    byId("asking-yes").hidden = !yes;
    byId("asking-no").textContent = this.words.say(yes ? "leave" : "close");
    byId("asking-no").onclick = () => dialog.close();
    byId("asking-yes").onclick = () => { dialog.close(); act(); };
    dialog.onclose = () => { byId("asking-pre").textContent = ""; };
    dialog.showModal();
  }
}

const words = await Words.load("dashboard-words.json");
const dashboard = new Dashboard(words);
const write = () => { words.fill(); document.title = words.say("title"); };
write();

byId("door").addEventListener("submit", (event) => {
  event.preventDefault();
  dashboard.open(byId("token").value.trim());
  byId("token").value = "";
});
byId("language").addEventListener("click", () => {
  words.change();
  write();
  dashboard.board.redraw();
  dashboard.look(true);
});
for (const tab of document.querySelectorAll("[data-span]")) {
  tab.addEventListener("click", () => {
    dashboard.span = tab.dataset.span;
    for (const each of document.querySelectorAll("[data-span]")) each.setAttribute("aria-pressed", each === tab);
    dashboard.look(true);
  });
}
addEventListener("resize", () => dashboard.board.redraw());
addEventListener("hashchange", () => dashboard.open(keptToken(KEPT)));
document.addEventListener("visibilitychange", () => dashboard.wake?.());
await dashboard.run();
