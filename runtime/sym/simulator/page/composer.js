// Where messages and slash commands are typed, with the app's shortcuts beside it.

import { fill, h, icon, spoken } from "./elements.js";
import { menuButton } from "./menu.js";
import { OptionList } from "./option_list.js";
import { toast } from "./toast.js";

/** What may be typed after a command, from its usage hint: "req [flow] | whoami" gives two ways. */
export function ways(command) {
  const hints = (command.usage_hint ?? "").split("|").map((hint) => hint.trim()).filter(Boolean);
  const plain = { value: command.command, text: command.command, description: command.description ?? null };
  return [plain, ...hints.map((hint) => ({
    value: [command.command, ...hint.split(/\s+/).filter((word) => /^[a-z][\w-]*$/.test(word))].join(" "),
    text: `${command.command} ${hint}`,
  }))].filter((way, at, all) => at === 0 || way.value !== all[0].value || way.text !== all[0].text);
}

export class Composer {
  constructor(store) {
    this.store = store;
    this.channel = null;
    this.list = new OptionList({ label: "Commands", chosen: (option) => this.take(option) });
    this.input = h("textarea", {
      rows: "1", class: "composer-input", "aria-label": "Message", "aria-autocomplete": "list", "aria-controls": this.list.id,
      spellcheck: "false", enterkeyhint: "send",
    });
    this.status = h("p", { class: "composer-status", role: "status" });
    const button = { class: "icon-button bolt", title: "Shortcuts" };
    this.bolt = menuButton({ button, items: () => this.shortcuts(), label: "Shortcuts", width: 240 }, icon("bolt"), spoken("Shortcuts"));
    this.sender = h("button", { type: "submit", class: "icon-button send", title: "Send" }, icon("send"), spoken("Send"));
    this.form = h("form", { class: "composer-box" }, this.bolt, this.input, this.sender);
    this.node = h("div", { class: "composer" }, this.form, this.list.node, this.status);
    this.listen();
  }

  listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.input.addEventListener("input", () => {
      this.grow();
      this.suggest();
    });
    this.input.addEventListener("blur", () => this.shut());
    this.input.addEventListener("keydown", (event) => this.key(event));
  }

  show(conversation) {
    this.channel = conversation?.id ?? null;
    this.shut();
    const name = ["channel", "private"].includes(conversation?.kind) ? `#${conversation.name}` : conversation?.name ?? "";
    const words = name ? `Message ${name}` : "Message";
    this.input.placeholder = words;
    this.input.setAttribute("aria-label", words);
  }

  focus() {
    this.input.focus();
  }

  shortcuts() {
    const { app, acting, workspace } = this.store;
    const all = (app?.shortcuts ?? []).map((one) => ({
      group: app.name,
      content: [h("span", { class: "option-words" }, h("span", {}, one.name), one.description ? h("span", { class: "option-note" }, one.description) : null)],
      chosen: async () => {
        const answer = await acting.act("shortcut", { callback_id: one.callback_id, team: workspace.id });
        if (!answer.ok) toast(answer.message);
      },
    }));
    return all.length > 0 ? all : [{ content: "This app has no shortcuts", chosen: () => {} }];
  }

  key(event) {
    if (event.isComposing) return;
    const { list } = this;
    const isStep = event.key === "ArrowDown" || event.key === "ArrowUp";
    if (list.isOpen && isStep) this.input.setAttribute("aria-activedescendant", list.move(event.key === "ArrowDown" ? 1 : -1));
    else if (list.isOpen && event.key === "Escape") this.shut();
    else if (list.isOpen && event.key === "Tab" && !event.shiftKey) this.take(list.active ?? list.options[0]);
    else if (list.active && event.key === "Enter") this.take(list.active);
    else if (event.key === "Enter" && !event.shiftKey) this.send();
    else return;
    event.preventDefault();
  }

  suggest() {
    const typed = this.input.value;
    const commands = this.store.app?.commands ?? [];
    const found = typed.startsWith("/") ? commands.flatMap(ways).filter((way) => way.text.startsWith(typed.trimEnd()) && way.value !== typed.trim()) : [];
    this.input.removeAttribute("aria-activedescendant");
    if (found.length === 0) return this.shut();
    this.list.open(this.form);
    this.list.show(found, new Set(), true);
    return undefined;
  }

  shut() {
    if (!this.list.isOpen) return;
    this.list.close();
    this.input.removeAttribute("aria-activedescendant");
  }

  take(option) {
    this.input.value = `${option.value} `;
    this.shut();
    this.input.focus();
  }

  grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 160)}px`;
  }

  async send() {
    const text = this.input.value.trim();
    if (!text || !this.channel) return;
    this.shut();
    this.input.value = "";
    this.grow();
    const isCommand = text.startsWith("/");
    this.wait(isCommand);
    const answer = await this.store.acting.act(isCommand ? "command" : "message", { channel: this.channel, text });
    this.wait(false);
    if (answer.ok) return;
    if (this.input.value === "") this.input.value = text;
    this.grow();
    toast(answer.message);
  }

  wait(isWaiting) {
    clearTimeout(this.slow);
    fill(this.status);
    if (isWaiting) this.slow = setTimeout(() => fill(this.status, `Waiting for ${this.store.app?.name ?? "the app"}…`), 400);
  }
}
