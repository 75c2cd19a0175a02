// The chat page: conversations at the side, one of them open, a field to write in.

import { Api, keepToken, keptToken, Refused } from "./api.js";
import { element, icon } from "./drawing.js";
import { randomId, Talk } from "./talk.js";
import { label, Words } from "./words.js";

const page = Object.fromEntries([...document.querySelectorAll("[id]")].map((each) => [each.id, each]));
const api = new Api(keptToken());
const words = await Words.load();
const talk = new Talk(api, words, page, told);
let chats = [];

// ---- conversations -----------------------------------------------------------------------------------

async function loadChats() {
  ({ chats } = await api.call("GET", "/chats"));
  drawChats();
}

function drawChats() {
  const known = chats.some((each) => each.chat === talk.chat);
  const mine = known || talk.empty ? [] : [{ chat: talk.chat, title: talk.first }];
  page.chats.replaceChildren(...[...mine, ...chats].map(chatItem));
  const title = chats.find((each) => each.chat === talk.chat)?.title || talk.first;
  page.title.textContent = title || "이랑";
  document.title = title ? `${title} · 이랑` : "이랑";
}

function chatItem({ chat, title }) {
  const name = title || words.say("untitled");
  const open = element("button", { type: "button", className: "chat", text: name });
  if (chat === talk.chat) open.setAttribute("aria-current", "true");
  open.addEventListener("click", () => openChat(chat));
  const remove = element("button", { type: "button", className: "tool remove" }, icon("trash"));
  label(remove, words.say("delete_chat", { title: name }));
  remove.addEventListener("click", () => askToDelete(chat));
  return element("li", {}, open, remove);
}

function openChat(chat) {
  history.replaceState(null, "", `#chat=${chat}`);
  talk.open(chat);
  drawChats();
  drawer(false);
  page.words.focus();
}

function askToDelete(chat) {
  page.deleting.returnValue = "no";
  page.deleting.onclose = () => page.deleting.returnValue === "yes" && deleteChat(chat);
  page.deleting.showModal();
}

async function deleteChat(chat) {
  if (!(await talk.attempt("DELETE", `/chats/${chat}`))) return; // it is there still, and why is said
  chats = chats.filter((each) => each.chat !== chat);
  if (chat === talk.chat) openChat(randomId());
  else drawChats();
}

function drawer(open) {
  document.body.classList.toggle("open", open);
  page.menu.setAttribute("aria-expanded", String(open));
  page.veil.hidden = !open;
  page.sidebar.inert = !open && narrow.matches;
  if (open) page.new.focus();
}

// ---- writing -----------------------------------------------------------------------------------------

function told(what) {
  if (what === "locked") return unlock(true);
  page.welcome.hidden = !talk.empty;
  page.earlier.hidden = !talk.more;
  const stopping = Boolean(talk.stop) && !page.words.value.trim();
  page.send.classList.toggle("stopping", stopping);
  page.send.replaceChildren(icon(stopping ? "stop" : "send"));
  label(page.send, words.say(stopping ? "stop" : "send"));
  page.send.disabled = !talk.chat || (!stopping && !page.words.value.trim());
  if (what === "said" || what === "history") loadChats().catch(() => {});
}

function submit() {
  const text = page.words.value.trim();
  if (!talk.chat) return undefined; // it is not open yet: what was typed stays in the field
  if (!text) return talk.stop ? talk.halt() : undefined;
  page.words.value = "";
  fit();
  return talk.say(text);
}

/** The field grows with what is written, up to a third of the window. */
function fit() {
  page.words.style.height = "auto";
  page.words.style.height = `${Math.min(page.words.scrollHeight, window.innerHeight / 3)}px`;
}

function ideas() {
  page.ideas.replaceChildren(
    ...words.say("ideas").map((text) => {
      const idea = element("button", { type: "button", className: "chip", text });
      idea.addEventListener("click", () => talk.say(text));
      return idea;
    }),
  );
}

// ---- the key -----------------------------------------------------------------------------------------

function unlock(wrong) {
  page.wrong.textContent = wrong && api.token ? words.say("door_wrong") : "";
  page.door.onclose = () => {
    api.token = page.token.value.trim().split("token=").pop();
    keepToken(api.token);
    page.token.value = "";
    start();
  };
  if (!page.door.open) page.door.showModal();
}

async function start() {
  try {
    await loadChats();
  } catch (error) {
    if (error instanceof Refused && error.status === 401) return unlock(Boolean(api.token));
    page.state.textContent = words.say("offline");
  }
  const wished = new URLSearchParams(location.hash.slice(1)).get("chat") ?? "";
  openChat(/^[\w-]{1,64}$/.test(wished) ? wished : (chats[0]?.chat ?? randomId()));
}

// ---- the page ----------------------------------------------------------------------------------------

function speak() {
  words.fill();
  ideas();
  talk.redraw();
  drawChats();
  told();
}

const narrow = matchMedia("(max-width: 800px)");
narrow.addEventListener("change", () => drawer(false));
for (const each of document.querySelectorAll("[data-icon]")) each.append(icon(each.dataset.icon));

page.composer.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
page.words.addEventListener("input", () => {
  fit();
  told();
});
page.words.addEventListener("keydown", (event) => {
  // While a Korean syllable is being composed Enter belongs to the input method.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  submit();
});
page.new.addEventListener("click", () => openChat(randomId()));
page.menu.addEventListener("click", () => drawer(!document.body.classList.contains("open")));
page.veil.addEventListener("click", () => drawer(false));
page.earlier.addEventListener("click", () => talk.earlier());
page.down.addEventListener("click", () => talk.toEnd());
page.language.addEventListener("click", () => {
  words.change();
  speak();
});
page.door.addEventListener("cancel", (event) => event.preventDefault());
page.scroller.addEventListener("scroll", () => {
  const { scrollHeight, scrollTop, clientHeight } = page.scroller;
  page.down.hidden = scrollHeight - scrollTop - clientHeight < 240;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("open")) {
    drawer(false);
    page.menu.focus();
  }
});
// A browser opens six lines to one host: a page that nobody sees lets its own go.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) talk.close();
  else if (talk.chat && !talk.touch) talk.listen();
});

speak();
drawer(false);
await start();
