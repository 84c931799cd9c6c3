// What the app called and what it was sent, newest first: for whoever writes the app.

import { looking } from "./api.js";
import { time } from "./dates.js";
import { fill, h, oneAtATime } from "./elements.js";

const KINDS = { call: ["↑", "app → Slack"], delivery: ["↓", "Slack → app"] };

export class Log {
  constructor(container) {
    this.container = container;
    this.load = oneAtATime(() => this.ask());
  }

  async ask() {
    const answer = await looking.log();
    if (!answer.ok) return;
    const rows = answer.entries.toReversed().map(row);
    if (rows.length === 0) return fill(this.container, h("div", { class: "nothing" }, h("p", {}, "Nothing was called or sent yet.")));
    const head = ["Time", "Direction", "What", "Outcome", "Took"].map((words) => h("th", { scope: "col" }, words));
    return fill(this.container, h("table", { class: "calls" }, h("caption", { class: "spoken" }, "Calls and deliveries, newest first"),
      h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows)));
  }
}

function row(entry) {
  const details = (entry.details ?? []).map((detail) => h("div", { class: "call-detail" }, detail));
  const [sign, words] = KINDS[entry.kind] ?? ["·", entry.kind];
  return h("tr", {},
    h("td", { class: "call-time" }, time(Date.parse(entry.at) / 1000, true)),
    h("td", {}, h("span", { class: "call-sign", "aria-hidden": "true" }, sign), h("span", { class: "call-words" }, words)),
    h("td", {}, h("code", {}, entry.what)),
    h("td", {}, h("span", { class: ["outcome", /^(ok|2\d\d)$/.test(entry.outcome) ? "good" : "bad"] }, entry.outcome), details),
    h("td", { class: "number" }, `${entry.milliseconds} ms`));
}
