// What the pages say, in Korean and English.

const KEPT = "irang.language";

export class Words {
  constructor(all, language) {
    this.all = all;
    this.language = language;
  }

  static async load(file = "words.json") {
    const all = await (await fetch(`/page/${file}`)).json();
    const wished = localStorage.getItem(KEPT) ?? navigator.language.slice(0, 2);
    return new Words(all, wished in all ? wished : "en");
  }

  say(key, values = {}) {
    const text = this.all[this.language][key];
    return typeof text === "string" ? text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole) : text;
  }

  change() {
    this.language = this.language === "ko" ? "en" : "ko";
    localStorage.setItem(KEPT, this.language);
  }

  /** Fill in every element that names its words. */
  fill(root = document) {
    document.documentElement.lang = this.language;
    for (const each of root.querySelectorAll("[data-word]")) each.textContent = this.say(each.dataset.word);
    for (const each of root.querySelectorAll("[data-hint]")) each.placeholder = this.say(each.dataset.hint);
    for (const each of root.querySelectorAll("[data-label]")) label(each, this.say(each.dataset.label));
  }
}

/** A name for screen readers; buttons show it as a hint too. */
export function label(element, text) {
  element.setAttribute("aria-label", text);
  if (element.tagName === "BUTTON") element.title = text;
}
