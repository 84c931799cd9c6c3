// One message: who, when, what, and its thread. Changed in place when it is edited.

import { moment, time } from "./dates.js";
import { append, avatar, fill, h, icon, newId, spoken } from "./elements.js";
import { mrkdwn } from "./mrkdwn.js";
import { Surface } from "./surface.js";
import { Thread } from "./thread.js";

const FLASH = 1800;

export class Message {
  /** `place`: `store`, `acting`, `refresh()`, `isReply`, `dismiss(message)`. */
  constructor(message, place) {
    this.place = place;
    this.nameId = newId("who");
    this.head = h("div", { class: "message-head" });
    this.body = h("div", { class: "message-body" });
    this.surface = new Surface(this.body, {
      names: place.store.names, acting: place.acting, heading: "h2", refresh: place.refresh,
      where: { channel: message.channel, ts: message.ts },
    });
    this.tools = h("div", { class: "message-tools" });
    this.main = h("div", { class: "message-main" }, this.head, this.body);
    this.node = h("article", { class: "message", "aria-labelledby": this.nameId, "data-ts": message.ts },
      avatar(message.user, message.name, { isApp: message.is_bot }), this.main, this.tools);
    if (!place.isReply && !message.is_ephemeral) this.addThread(message);
    if (message.is_ephemeral) this.node.classList.add("ephemeral");
    this.update(message);
  }

  addThread(message) {
    this.thread = new Thread(message, { ...this.place, isReply: true });
    this.main.append(this.thread.node);
    this.tools.append(h("button", { type: "button", class: "icon-button", title: "Reply in thread", onclick: () => this.thread.open(true) },
      icon("reply"), spoken("Reply in thread")));
  }

  update(message) {
    const wasEdited = this.message && message.edited_ts && message.edited_ts !== this.message.edited_ts;
    const content = JSON.stringify([message.name, message.text, message.blocks, message.attachments, message.edited_ts]);
    this.message = message;
    if (content !== this.content) {
      this.content = content;
      this.showHead(message);
    }
    this.showBody(message);
    this.thread?.update(message);
    if (wasEdited) this.flash();
  }

  showHead(message) {
    const seconds = Number(message.ts);
    fill(this.head,
      message.is_ephemeral ? h("div", { class: "only-you" }, icon("eye"), "Only visible to you",
        h("button", { type: "button", class: "link-button", onclick: () => this.place.dismiss(message) }, "Dismiss")) : null,
      h("span", { id: this.nameId, class: "who" }, message.name, message.is_bot ? h("span", { class: "badge" }, "APP") : null),
      h("time", { datetime: new Date(seconds * 1000).toISOString(), title: moment(seconds) }, time(seconds)),
      message.edited_ts ? h("span", { class: "edited" }, "(edited)") : null);
  }

  showBody(message) {
    const { names } = this.place.store;
    if (message.blocks?.length) {
      this.surface.update(message.blocks, message.state);
      this.plain = null;
    } else if (this.plain !== message.text) {
      this.plain = message.text;
      this.surface.rendered.clear();
      fill(this.body, h("div", { class: "block" }, mrkdwn(message.text, names)));
    }
    this.attachments?.remove();
    this.attachments = message.attachments?.length ? h("div", {}, message.attachments.map((one) => attachment(one, names))) : null;
    if (this.attachments) this.body.after(this.attachments);
  }

  flash() {
    this.node.classList.remove("flash");
    requestAnimationFrame(() => this.node.classList.add("flash"));
    setTimeout(() => this.node.classList.remove("flash"), FLASH);
  }
}

function attachment(one, names) {
  const words = one.text ?? one.fallback ?? "";
  return append(h("div", { class: "attachment" }), [one.title ? h("strong", {}, one.title) : null, h("div", {}, mrkdwn(words, names))]);
}
