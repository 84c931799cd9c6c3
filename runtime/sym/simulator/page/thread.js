// The replies to a message, beneath it.

import { time } from "./dates.js";
import { arrange, fill, h, icon, newId, oneAtATime } from "./elements.js";
import { Message } from "./message.js";
import { toast } from "./toast.js";

export class Thread {
  constructor(message, place) {
    this.place = place;
    this.message = message;
    this.isOpen = false;
    this.replies = new Map();
    this.list = h("div", { class: "replies" });
    this.box = h("div", { class: "thread-box", id: newId("thread"), hidden: true }, this.list, this.writer());
    this.toggle = h("button", {
      type: "button", class: "thread-toggle", "aria-expanded": "false", "aria-controls": this.box.id, hidden: true,
      onclick: () => (this.isOpen ? this.close() : this.open(false)),
    });
    this.node = h("div", { class: "thread" }, this.toggle, this.box);
    this.load = oneAtATime(() => this.ask());
  }

  writer() {
    this.input = h("input", { type: "text", class: "text-input", placeholder: "Reply…", "aria-label": "Reply in thread", autocomplete: "off" });
    const sent = async (event) => {
      event.preventDefault();
      const text = this.input.value.trim();
      if (!text) return;
      this.input.value = "";
      const answer = await this.place.acting.act("message", { channel: this.message.channel, text, thread_ts: this.message.ts });
      if (answer.ok) return;
      this.input.value = text;
      toast(answer.message);
    };
    return h("form", { class: "thread-writer", onsubmit: sent }, this.input, h("button", { type: "submit", class: "button small" }, "Reply"));
  }

  update(message) {
    const grew = message.reply_count > this.message.reply_count;
    const changed = message.reply_count !== this.message.reply_count || message.latest_reply !== this.message.latest_reply;
    this.message = message;
    const count = message.reply_count;
    this.toggle.hidden = count === 0 && !this.isOpen;
    const last = message.latest_reply ? h("span", { class: "thread-last" }, `last at ${time(Number(message.latest_reply))}`) : null;
    const words = count === 0 ? "Thread" : `${count} ${count === 1 ? "reply" : "replies"}`;
    fill(this.toggle, icon("chevron"), h("span", {}, words), last);
    if (grew && !this.isOpen) this.open(false);
    else if (this.isOpen && changed) this.load();
  }

  open(toWrite) {
    this.isOpen = true;
    this.box.hidden = false;
    this.toggle.hidden = false;
    this.toggle.setAttribute("aria-expanded", "true");
    this.load();
    if (toWrite) this.input.focus();
  }

  close() {
    this.isOpen = false;
    this.box.hidden = true;
    this.toggle.setAttribute("aria-expanded", "false");
    this.toggle.hidden = this.message.reply_count === 0;
  }

  async ask() {
    const answer = await this.place.acting.messages(this.message.channel, this.message.ts);
    if (!answer.ok) return;
    const replies = answer.messages.filter((one) => one.ts !== this.message.ts);
    const before = this.replies;
    this.replies = new Map();
    for (const reply of replies) {
      const known = before.get(reply.ts);
      known?.update(reply);
      this.replies.set(reply.ts, known ?? new Message(reply, { ...this.place, refresh: this.load }));
    }
    arrange(this.list, [...this.replies.values()].map((one) => one.node));
  }
}
