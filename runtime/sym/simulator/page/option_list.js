// The list beneath a select or the composer: a listbox whose active option follows the arrow keys.

import { append, fill, h, icon, newId } from "./elements.js";
import { show } from "./popover.js";

export class OptionList {
  /** `chosen(option)` when one is clicked. Options: `{value, text, description?, group?}`. */
  constructor({ label, isMulti = false, chosen }) {
    this.id = newId("list");
    this.isMulti = isMulti;
    this.chosen = chosen;
    this.options = [];
    this.at = -1;
    this.hide = null;
    this.said = h("div", { class: "list-said", role: "status" });
    this.listbox = h("div", { role: "listbox", id: this.id, "aria-label": label, "aria-multiselectable": isMulti ? "true" : null });
    this.node = h("div", { class: "list", popover: "manual" }, this.said, this.listbox);
    this.node.addEventListener("mousedown", (event) => event.preventDefault());
    this.listbox.hidden = true;
  }

  get isOpen() {
    return this.hide !== null;
  }

  get isEmpty() {
    return this.options.length === 0;
  }

  get active() {
    return this.options[this.at] ?? null;
  }

  open(anchor) {
    if (this.hide === null) this.hide = show(this.node, anchor, { minWidth: anchor.offsetWidth });
  }

  close() {
    this.hide?.();
    this.hide = null;
    this.options = [];
    this.at = -1;
    fill(this.listbox);
    this.say("");
  }

  /** Say something instead of options. */
  say(text) {
    this.options = [];
    this.at = -1;
    fill(this.listbox);
    this.listbox.hidden = true;
    this.note(text);
  }

  /** Say something above the options. */
  note(text) {
    this.said.textContent = text;
    this.said.hidden = text === "";
  }

  /**
   * Show options, the first one chosen (or else the first of all) active; none if `isOffer`, until the arrow keys say so.
   * Returns the id of the active one, or null.
   */
  show(options, chosen, isOffer = false) {
    if (options.length === 0) {
      this.say("No matches");
      return null;
    }
    this.note("");
    this.options = options;
    this.nodes = options.map((option, at) => this.row(option, at, chosen.has(option.value)));
    fill(this.listbox, this.grouped());
    this.listbox.hidden = false;
    this.at = isOffer ? -1 : Math.max(0, options.findIndex((option) => chosen.has(option.value)));
    return this.activate();
  }

  row(option, at, isChosen) {
    const words = h("span", { class: "option-words" }, h("span", {}, option.text));
    if (option.description) words.append(h("span", { class: "option-note" }, option.description));
    const row = h("div", { role: "option", id: `${this.id}-${at}`, class: "option", "aria-selected": String(isChosen) }, words, icon("check"));
    row.addEventListener("click", () => {
      this.at = at;
      this.activate();
      this.chosen(option);
    });
    return row;
  }

  grouped() {
    const parts = [];
    this.options.forEach((option, at) => {
      const last = parts[parts.length - 1];
      if (!option.group) parts.push(this.nodes[at]);
      else if (last?.dataset.group === option.group) last.append(this.nodes[at]);
      else {
        const heading = h("div", { class: "option-group", role: "presentation" }, option.group);
        parts.push(append(h("div", { role: "group", "aria-label": option.group, "data-group": option.group }), [heading, this.nodes[at]]));
      }
    });
    return parts;
  }

  activate() {
    this.nodes.forEach((node, at) => node.classList.toggle("active", at === this.at));
    this.nodes[this.at]?.scrollIntoView({ block: "nearest" });
    return this.nodes[this.at]?.id ?? null;
  }

  /** Make the next (1) or the previous (-1) option active, going round. Returns its id. */
  move(step) {
    if (this.isEmpty) return null;
    const from = this.at < 0 && step < 0 ? 0 : this.at;
    this.at = (from + step + this.options.length) % this.options.length;
    return this.activate();
  }

  /** Tick what is chosen. */
  mark(chosen) {
    this.options.forEach((option, at) => this.nodes[at].setAttribute("aria-selected", String(chosen.has(option.value))));
  }
}
