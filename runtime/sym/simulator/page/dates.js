// Moments as people read them: `<!date^…>` tokens, message times, days.

const DAY = 86400;

function startOfDay(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime() / 1000;
}

function format(date, options) {
  return new Intl.DateTimeFormat(undefined, options).format(date);
}

/** "2:05 PM", in the reader's time zone and manner. `seconds` since 1970. */
export function time(seconds, withSeconds = false) {
  const options = { hour: "numeric", minute: "2-digit" };
  return format(new Date(seconds * 1000), withSeconds ? { ...options, second: "2-digit" } : options);
}

function pretty(date, now, otherwise) {
  const days = Math.round((startOfDay(date) - startOfDay(new Date(now * 1000))) / DAY);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] ?? otherwise;
}

function ago(seconds, now) {
  const apart = seconds - now;
  const units = [["day", DAY], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = units.find(([, length]) => Math.abs(apart) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(Math.trunc(apart / size), unit);
}

/** The day of a divider: "Today", "Yesterday", "Saturday, March 14". */
export function day(seconds, now) {
  const date = new Date(seconds * 1000);
  const word = pretty(date, now, null);
  if (word) return word[0].toUpperCase() + word.slice(1);
  return format(date, { weekday: "long", month: "long", day: "numeric" });
}

/** Whether two moments are on one day of the reader's. */
export function sameDay(one, other) {
  return startOfDay(new Date(one * 1000)) === startOfDay(new Date(other * 1000));
}

/** The whole moment, for titles. */
export function moment(seconds) {
  return format(new Date(seconds * 1000), { dateStyle: "full", timeStyle: "medium" });
}

/** What a `<!date^seconds^format>` token says; `now` decides what "today" is, a capital letter if it `begins` a line. */
export function dateText(seconds, pattern, now, begins = false) {
  const date = new Date(seconds * 1000);
  const sentenceStart = (text, at) => (begins && at === 0 ? text[0].toUpperCase() + text.slice(1) : text);
  const long = format(date, { weekday: "long", month: "long", day: "numeric", year: "numeric" });
  const short = format(date, { month: "short", day: "numeric", year: "numeric" });
  const full = format(date, { month: "long", day: "numeric", year: "numeric" });
  const known = {
    date_num: () => [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((n) => String(n).padStart(2, "0")).join("-"),
    date: () => full, date_short: () => short, date_long: () => long,
    date_pretty: (at) => sentenceStart(pretty(date, now, full), at),
    date_short_pretty: (at) => sentenceStart(pretty(date, now, short), at),
    date_long_pretty: (at) => sentenceStart(pretty(date, now, long), at),
    time: () => time(seconds), time_secs: () => time(seconds, true), ago: () => ago(seconds, now),
  };
  return pattern.replace(/\{(\w+)\}/g, (whole, name, at) => (Object.hasOwn(known, name) ? known[name](at) : whole));
}
