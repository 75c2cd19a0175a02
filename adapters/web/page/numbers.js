// Numbers, times and sizes as people read them, in the page's language.

export class Numbers {
  constructor(words) {
    this.words = words;
  }

  whole(value) {
    return new Intl.NumberFormat(this.words.language, { maximumFractionDigits: 0 }).format(value);
  }

  /** Three digits that matter. */
  short(value) {
    return new Intl.NumberFormat(this.words.language, { maximumSignificantDigits: 3, notation: value >= 1e5 ? "compact" : "standard" }).format(value);
  }

  seconds(value) {
    if (value === null || value === undefined) return this.words.say("none_yet");
    if (value < 0.001) return "0 ms";
    return value < 1 ? `${Math.round(value * 1000)} ms` : `${this.short(value)} ${this.words.say("seconds")}`;
  }

  /** How long, in its largest unit: 3일, 5 hours. */
  span(seconds) {
    const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
    const [unit, length] = units.find(([, each]) => seconds >= each) ?? units.at(-1);
    const form = { style: "unit", unit, unitDisplay: this.words.language === "ko" ? "short" : "long", maximumFractionDigits: 0 };
    return new Intl.NumberFormat(this.words.language, form).format(Math.floor(seconds / length));
  }

  since(moment, now) {
    const seconds = (now - new Date(moment)) / 1000;
    if (Math.abs(seconds) < 1) return this.words.say("just_now");
    return this.words.say(seconds > 0 ? "ago" : "in", { time: this.span(Math.abs(seconds)) });
  }

  moment(moment) {
    const form = { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    return new Intl.DateTimeFormat(this.words.language, form).format(new Date(moment));
  }

  /** The label of a bar; the time zone is the operator's, as it stands in the moment itself. */
  bucket(moment, span) {
    const [, month, day, hour] = moment.match(/-(\d\d)-(\d\d)T(\d\d)/);
    if (span !== "day") return `${Number(month)}/${Number(day)}`;
    return this.words.language === "ko" ? `${Number(hour)}시` : `${hour}:00`;
  }

  bytes(value) {
    if (!value) return this.words.say("none_yet");
    const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
    const step = Math.min(Math.floor(Math.log10(value) / 3), 3);
    const form = { style: "unit", unit: units[step], unitDisplay: "short", maximumSignificantDigits: 3 };
    return new Intl.NumberFormat(this.words.language, form).format(value / 1000 ** step);
  }
}
