// Every select menu: a box to type in, with a list beneath. Static lists are searched here, all others by the simulator.

import { append, fill, h, icon, newId, spoken } from "./elements.js";
import { withEmoji } from "./emoji.js";
import { OptionList } from "./option_list.js";

const PAUSE = 200;
const SHORTEST_QUERY = 3;

/** An option object of Block Kit as the list shows it. */
function plain(option, group = null) {
  return { value: option.value, text: withEmoji(option.text.text), description: option.description?.text ?? null, group };
}

function plainAll({ options, option_groups: groups }) {
  if (!groups?.length) return (options ?? []).map((option) => plain(option));
  return groups.flatMap((group) => group.options.map((option) => plain(option, withEmoji(group.label.text))));
}

/** What a `Value` of a select holds, as options of the list. */
function chosenOf(value, names) {
  if (!value) return [];
  const options = value.selected_options ?? (value.selected_option ? [value.selected_option] : null);
  if (options) return options.map((option) => plain(option));
  const people = value.selected_users ?? (value.selected_user ? [value.selected_user] : []);
  const channels = [value.selected_channel, value.selected_conversation, ...(value.selected_channels ?? []), ...(value.selected_conversations ?? [])];
  return [
    ...people.map((id) => ({ value: id, text: names.person(id) ?? id })),
    ...channels.filter(Boolean).map((id) => ({ value: id, text: names.channel(id) ? `#${names.channel(id)}` : names.person(id) ?? id })),
  ];
}

export class Select {
  constructor(element, ctx) {
    this.element = element;
    this.ctx = ctx;
    this.isMulti = element.type.startsWith("multi_");
    this.isStatic = element.type.endsWith("static_select");
    this.isExternal = element.type.endsWith("external_select");
    this.chosen = [];
    this.question = 0;
    this.build();
  }

  build() {
    const { element, ctx } = this;
    const placeholder = withEmoji(element.placeholder?.text ?? "Choose an option");
    this.list = new OptionList({ label: "Options", isMulti: this.isMulti, chosen: (option) => this.choose(option) });
    this.placeholder = placeholder;
    this.focusable = h("input", {
      type: "text", role: "combobox", class: "select-input", autocomplete: "off", spellcheck: "false", placeholder,
      id: ctx.id, "data-key": ctx.key, "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id, "aria-haspopup": "listbox",
      "aria-label": ctx.isInput ? null : ctx.label ?? placeholder, "aria-required": ctx.isRequired ? "true" : null,
    });
    this.chips = h("span", { class: "chips" });
    this.clear = h("button", { type: "button", class: "select-clear", onclick: () => this.empty() }, icon("close"), spoken("Clear"));
    this.clear.hidden = true;
    this.box = h("div", { class: ["select-box", this.isMulti && "multi"] }, this.chips, this.focusable, this.clear, icon("chevron"));
    this.node = h("div", { class: "select" }, this.box, this.list.node);
    this.listen();
  }

  listen() {
    const input = this.focusable;
    this.box.addEventListener("mousedown", (event) => {
      if (event.target.closest("button")) return;
      if (event.target !== input) event.preventDefault();
      input.focus();
      if (this.list.isOpen && event.target !== input) this.close();
      else this.open("");
    });
    input.addEventListener("focus", () => input.select());
    input.addEventListener("input", () => this.open(input.value));
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.isComposing) return;
    const { list } = this;
    const handled = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      handled();
      if (!list.isOpen) this.open("");
      else this.point(list.move(event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      handled();
      if (!list.isOpen) this.open("");
      else if (list.active) this.choose(list.active);
    } else if (event.key === "Escape" && list.isOpen) {
      handled();
      this.close();
    } else if (event.key === "Backspace" && this.isMulti && this.focusable.value === "" && this.chosen.length > 0) {
      this.take(this.chosen[this.chosen.length - 1]);
    }
  }

  point(id) {
    if (id) this.focusable.setAttribute("aria-activedescendant", id);
    else this.focusable.removeAttribute("aria-activedescendant");
  }

  open(typed) {
    if (!this.list.isOpen) {
      this.list.open(this.box);
      this.focusable.setAttribute("aria-expanded", "true");
      if (!this.isMulti && typed === "") this.focusable.select();
    }
    this.search(typed);
  }

  close() {
    clearTimeout(this.timer);
    this.question += 1;
    this.list.close();
    this.focusable.setAttribute("aria-expanded", "false");
    this.point(null);
    this.show();
  }

  search(typed) {
    clearTimeout(this.timer);
    this.question += 1;
    if (this.isStatic) {
      const wanted = typed.trim().toLowerCase();
      return this.offer(plainAll(this.element).filter((option) => option.text.toLowerCase().includes(wanted)));
    }
    const shortest = this.isExternal ? this.element.min_query_length ?? SHORTEST_QUERY : 0;
    if (typed.length < shortest) {
      this.point(null);
      return this.list.say(`Type ${shortest === 1 ? "to search" : `at least ${shortest} characters`}`);
    }
    if (this.list.isEmpty) this.list.say("Searching…");
    this.timer = setTimeout(() => this.ask(typed, this.question), this.isExternal && typed ? PAUSE : 0);
    return undefined;
  }

  async ask(typed, question) {
    const answer = await this.ctx.typeahead(typed);
    if (question !== this.question || !this.list.isOpen) return;
    if (answer.ok) this.offer(plainAll(answer));
    else this.list.say(answer.message);
  }

  offer(options) {
    const chosen = new Set(this.chosen.map((option) => option.value));
    this.point(this.list.show(options, chosen));
  }

  choose(option) {
    if (!this.isMulti) {
      this.chosen = [option];
      this.close();
      this.focusable.select();
      return this.ctx.interact(option.value);
    }
    if (this.chosen.some((one) => one.value === option.value)) return this.take(option);
    const most = this.element.max_selected_items;
    if (most && this.chosen.length >= most) return this.list.note(`No more than ${most} can be chosen`);
    return this.changed([...this.chosen, option]);
  }

  take(option) {
    return this.changed(this.chosen.filter((one) => one.value !== option.value));
  }

  changed(chosen) {
    this.chosen = chosen;
    this.focusable.value = "";
    this.show();
    if (this.list.isOpen) this.list.mark(new Set(chosen.map((one) => one.value)));
    return this.ctx.interact(chosen.map((one) => one.value));
  }

  empty() {
    this.chosen = [];
    this.show();
    this.focusable.focus();
    return this.ctx.interact(this.isMulti ? [] : null);
  }

  show() {
    const typing = this.list.isOpen;
    if (this.isMulti) {
      fill(this.chips, this.chosen.map((option) => this.chip(option)));
      this.focusable.placeholder = this.chosen.length > 0 ? "" : this.placeholder;
      if (!typing) this.focusable.value = "";
    } else if (!typing) {
      this.focusable.value = this.chosen[0]?.text ?? "";
    }
    this.clear.hidden = this.isMulti || this.ctx.isRequired || !this.ctx.isInput || this.chosen.length === 0;
  }

  chip(option) {
    const taken = () => {
      this.take(option);
      this.focusable.focus();
    };
    return append(h("span", { class: "chip" }), [
      option.text,
      h("button", { type: "button", onclick: taken }, icon("close"), spoken(`Remove ${option.text}`)),
    ]);
  }

  /** Show what is chosen according to the simulator, unless the person is about to choose. */
  set(value) {
    if (this.list.isOpen && !this.isMulti) return;
    this.chosen = chosenOf(value, this.ctx.names);
    this.show();
  }
}
