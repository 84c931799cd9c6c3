// What is typed: kept by the simulator a moment later, told to the app when the block asks for it.

import { h } from "./elements.js";

const PAUSE = 200;

/** Sends what was typed last, one after the other: what is overtaken while a call is under way is never sent. */
class Sender {
  constructor(send) {
    this.send = send;
    this.waiting = null;
    this.running = null;
  }

  later(value) {
    this.waiting = { value, extra: {} };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), PAUSE);
  }

  now(value, extra) {
    this.waiting = { value, extra };
    return this.flush();
  }

  get isBusy() {
    return this.waiting !== null || this.running !== null;
  }

  async flush() {
    clearTimeout(this.timer);
    if (this.running) await this.running;
    if (this.waiting === null) return;
    const { value, extra } = this.waiting;
    this.waiting = null;
    this.running = this.send(value, extra);
    await this.running;
    this.running = null;
  }
}

function words(richText) {
  const text = (part) => part.text ?? (part.elements ?? []).map(text).join("");
  return (richText?.elements ?? []).map(text).join("\n");
}

const SHAPES = {
  number_input: { inputmode: "decimal" },
  email_text_input: { type: "email", inputmode: "email" },
  url_text_input: { type: "url", inputmode: "url" },
};

export class TextInput {
  constructor(element, ctx) {
    this.element = element;
    this.isLong = element.multiline === true || element.type === "rich_text_input";
    this.sender = new Sender((value, extra) => ctx.interact(value, extra));
    const shape = this.isLong ? { rows: "3" } : { type: "text", ...SHAPES[element.type] };
    this.focusable = h(this.isLong ? "textarea" : "input", {
      ...shape, class: "text-input", id: ctx.id, "data-key": ctx.key, autocomplete: "off", maxlength: element.max_length ?? null,
      placeholder: element.placeholder?.text ?? null, "aria-required": ctx.isRequired ? "true" : null,
      "aria-label": ctx.isInput ? null : ctx.label,
    });
    this.node = this.focusable;
    this.focusable.addEventListener("input", () => this.sender.later(this.focusable.value));
    this.focusable.addEventListener("blur", () => this.sender.flush());
    this.focusable.addEventListener("keydown", (event) => this.key(event, ctx));
  }

  key(event, ctx) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.ctrlKey || event.metaKey) return;
    if (ctx.dispatchesOnEnter) {
      event.preventDefault();
      event.stopPropagation();
      this.sender.now(this.focusable.value, { entered: true });
    }
  }

  /** Everything typed so far has reached the simulator when this is done. */
  flush() {
    return this.sender.flush();
  }

  /** What the person is typing right now, if the simulator may not know it yet. */
  get draft() {
    return this.sender.isBusy || document.activeElement === this.focusable ? this.focusable.value : null;
  }

  adopt(other) {
    const text = other.draft;
    if (text === null) return;
    this.focusable.value = text;
    this.isHeld = true;
    other.flush();
  }

  set(value) {
    const isHeld = this.isHeld;
    this.isHeld = false;
    if (this.draft !== null || isHeld) return;
    this.focusable.value = (value?.rich_text_value ? words(value.rich_text_value) : value?.value) ?? "";
  }
}
