// The messages of one conversation, oldest first, with its days.

import { day, sameDay } from "./dates.js";
import { arrange, h, oneAtATime } from "./elements.js";
import { Message } from "./message.js";

const CLOSE_ENOUGH = 80;
const TOGETHER = 300;

function keyOf(message) {
  return `${message.is_ephemeral ? "e" : "m"}${message.ts}`;
}

export class Conversation {
  constructor(store, container) {
    this.store = store;
    this.container = container;
    this.dismissed = new Set();
    this.show(null);
  }

  /** Show another conversation (an object of the API), or none. */
  show(conversation) {
    this.channel = conversation?.id ?? null;
    this.messages = new Map();
    this.dividers = new Map();
    this.isFirst = true;
    this.marked = null;
    this.acting = this.store.acting;
    this.load = oneAtATime(() => this.ask(this.channel, this.acting));
    arrange(this.container, []);
  }

  async ask(channel, acting) {
    if (channel === null) return;
    const answer = await acting.messages(channel);
    if (!answer.ok || channel !== this.channel || acting !== this.acting) return;
    this.render(answer.messages.filter((message) => !this.dismissed.has(keyOf(message))));
    this.read(answer.messages);
  }

  /** A change elsewhere: a reply arrived, or one was edited. */
  loadThread(ts) {
    const found = this.messages.get(`m${ts}`);
    if (found?.thread?.isOpen) found.thread.load();
  }

  render(messages) {
    const { scrollHeight, scrollTop, clientHeight } = this.container;
    const atEnd = this.isFirst || scrollHeight - scrollTop - clientHeight < CLOSE_ENOUGH;
    const before = this.messages;
    this.messages = new Map();
    const nodes = [];
    messages.forEach((message, at) => {
      const previous = messages[at - 1];
      if (!previous || !sameDay(Number(previous.ts), Number(message.ts))) nodes.push(this.divider(message));
      const one = this.one(message, before.get(keyOf(message)));
      one.node.classList.toggle("follows", follows(previous, message));
      nodes.push(one.node);
    });
    arrange(this.container, nodes.length > 0 ? nodes : [this.nothing()]);
    if (atEnd) this.container.scrollTop = this.container.scrollHeight;
    this.isFirst = false;
  }

  one(message, known) {
    known?.update(message);
    const dismiss = (gone) => {
      this.dismissed.add(keyOf(gone));
      this.load();
      this.container.focus();
    };
    const place = { store: this.store, acting: this.acting, refresh: () => this.load(), isReply: false, dismiss };
    const one = known ?? new Message(message, place);
    this.messages.set(keyOf(message), one);
    return one;
  }

  divider(message) {
    const words = day(Number(message.ts), this.store.now);
    if (!this.dividers.has(words)) this.dividers.set(words, h("div", { class: "day" }, h("span", {}, words)));
    return this.dividers.get(words);
  }

  nothing() {
    const command = this.store.app?.commands[0];
    const words = command ? ["Type ", h("code", {}, command.command), command.description ? `: ${command.description.toLowerCase()}.` : " below."] : "Write something below.";
    this.empty ??= h("div", { class: "nothing" }, h("p", {}, "Nothing here yet."), h("p", { class: "muted" }, words));
    return this.empty;
  }

  read(messages) {
    const last = messages.filter((message) => !message.is_ephemeral).at(-1);
    if (!last || last.ts === this.marked) return;
    this.marked = last.ts;
    this.acting.act("mark", { channel: this.channel, ts: last.ts });
  }
}

function follows(previous, message) {
  // Short words of one person within minutes stand together under one name.
  return Boolean(previous) && previous.user === message.user && !message.is_ephemeral && !previous.is_ephemeral
    && !message.is_bot && !message.edited_ts && sameDay(Number(previous.ts), Number(message.ts)) && Number(message.ts) - Number(previous.ts) < TOGETHER;
}
