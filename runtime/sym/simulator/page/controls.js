// The interactive elements of Block Kit. Each is an object with `node`, `focusable` and `set(value)`.

import { fill, h, icon, spoken } from "./elements.js";
import { withEmoji } from "./emoji.js";
import { menuButton } from "./menu.js";
import { mrkdwn, safeAddress } from "./mrkdwn.js";
import { Select } from "./select.js";
import { TextInput } from "./text_input.js";

class Button {
  constructor(element, ctx) {
    const look = { class: ["button", element.style], "data-key": ctx.key, "aria-label": element.accessibility_label ?? null };
    const words = withEmoji(element.text.text);
    const address = element.url ? safeAddress(element.url) : null;
    const clicked = () => this.click(ctx);
    this.focusable = address
      ? h("a", { ...look, href: address, target: "_blank", rel: "noopener noreferrer", onclick: clicked }, words, spoken(" (opens in a new tab)"))
      : h("button", { ...look, type: "button", onclick: clicked }, words);
    this.node = this.focusable;
  }

  async click(ctx) {
    if (this.isBusy) return;
    this.isBusy = true;
    const slow = setTimeout(() => this.node.setAttribute("aria-busy", "true"), 150);
    await ctx.interact(undefined);
    clearTimeout(slow);
    this.node.removeAttribute("aria-busy");
    this.isBusy = false;
  }

  set() {}
}

class Choices {
  constructor(element, ctx) {
    this.isMulti = element.type === "checkboxes";
    this.ctx = ctx;
    const rows = element.options.map((option, at) => this.row(option, at));
    this.node = h("div", {
      class: "choices", role: this.isMulti ? "group" : "radiogroup", "aria-labelledby": ctx.labelId ?? null,
      "aria-label": ctx.labelId ? null : ctx.label ?? "Choices", "aria-required": ctx.isRequired && !this.isMulti ? "true" : null,
    }, rows);
    this.group = this.node;
    this.focusable = this.inputs[0];
  }

  get inputs() {
    return this.boxes ?? [];
  }

  row(option, at) {
    const id = `${this.ctx.id}-${at}`;
    const box = h("input", { type: this.isMulti ? "checkbox" : "radio", id, name: this.ctx.id, value: option.value, "data-key": `${this.ctx.key}/${at}` });
    this.boxes = [...this.inputs, box];
    box.addEventListener("change", () => {
      const values = this.inputs.filter((one) => one.checked).map((one) => one.value);
      this.ctx.interact(this.isMulti ? values : values[0] ?? null);
    });
    const note = option.description ? h("span", { class: "choice-note", id: `${id}-note` }, text(option.description, this.ctx.names)) : null;
    if (note) box.setAttribute("aria-describedby", note.id);
    return h("div", { class: "choice" }, box, h("div", {}, h("label", { for: id }, text(option.text, this.ctx.names)), note));
  }

  set(value) {
    const chosen = (value?.selected_options ?? [value?.selected_option]).filter(Boolean).map((option) => option.value);
    for (const box of this.inputs) box.checked = chosen.includes(box.value);
  }
}

const MOMENTS = {
  datepicker: { type: "date", of: (value) => value?.selected_date, sent: (typed) => typed || null },
  timepicker: { type: "time", of: (value) => value?.selected_time, sent: (typed) => typed || null },
  datetimepicker: { type: "datetime-local", of: (value) => local(value?.selected_date_time), sent: (typed) => seconds(typed) },
};

function local(moment) {
  if (!moment) return "";
  const date = new Date(moment * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

function seconds(typed) {
  return typed ? Math.floor(new Date(typed).getTime() / 1000) : null;
}

class Moment {
  constructor(element, ctx) {
    this.shape = MOMENTS[element.type];
    this.focusable = h("input", {
      type: this.shape.type, class: "text-input moment-input", id: ctx.id, "data-key": ctx.key,
      "aria-label": ctx.isInput ? null : ctx.label ?? "When", "aria-required": ctx.isRequired ? "true" : null,
    });
    this.node = this.focusable;
    this.focusable.addEventListener("change", () => ctx.interact(this.shape.sent(this.focusable.value)));
  }

  set(value) {
    if (document.activeElement !== this.focusable) this.focusable.value = this.shape.of(value) ?? "";
  }
}

class Overflow {
  constructor(element, ctx) {
    const items = () => element.options.map((option) => ({
      content: withEmoji(option.text.text),
      chosen: () => {
        const address = option.url ? safeAddress(option.url) : null;
        if (address) window.open(address, "_blank", "noopener");
        ctx.interact(option.value);
      },
    }));
    const button = { class: "button overflow", "data-key": ctx.key };
    this.node = menuButton({ button, items, label: "More actions", align: "end", width: 160 }, icon("more"), spoken("More actions"));
    this.focusable = this.node.querySelector("button");
  }

  set() {}
}

/** A text object, as nodes. */
export function text(object, names) {
  return object.type === "mrkdwn" ? mrkdwn(object.text, names) : withEmoji(object.text);
}

const KINDS = {
  button: Button, overflow: Overflow, radio_buttons: Choices, checkboxes: Choices,
  datepicker: Moment, timepicker: Moment, datetimepicker: Moment,
  plain_text_input: TextInput, number_input: TextInput, email_text_input: TextInput, url_text_input: TextInput, rich_text_input: TextInput,
};

/** The control of an element, or null for a type that is not known here. */
export function control(element, ctx) {
  if (/^(multi_)?(static|external|users|channels|conversations)_select$/.test(element.type)) return new Select(element, ctx);
  return Object.hasOwn(KINDS, element.type) ? new KINDS[element.type](element, ctx) : null;
}

/** Show or take away what is wrong with a field. */
export function showError(place, focusable, message) {
  place.hidden = !message;
  if (message) fill(place, icon("warning"), message);
  else fill(place);
  if (message) focusable?.setAttribute("aria-invalid", "true");
  else focusable?.removeAttribute("aria-invalid");
}
