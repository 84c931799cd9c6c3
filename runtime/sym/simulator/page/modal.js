// The modal views of whoever looks: the one in front is shown, those behind it keep what was typed.

import { append, avatar, fill, h, icon, newId, oneAtATime, spoken } from "./elements.js";
import { withEmoji } from "./emoji.js";
import { keepFocus } from "./dialog.js";
import { Surface } from "./surface.js";
import { announce, rescueToasts } from "./toast.js";

class ModalView {
  constructor(view, modals) {
    this.modals = modals;
    this.body = h("div", { class: "dialog-body", tabindex: "0" });
    const { names } = modals.store;
    this.surface = new Surface(this.body, { names, acting: modals.acting, heading: "h3", refresh: modals.load, where: { view: view.id } });
    this.titleId = newId("title");
    this.title = h("h2", { id: this.titleId, tabindex: "-1" });
    this.note = h("div", { class: "modal-note", role: "alert", hidden: true });
    this.closer = h("button", { type: "button", class: "button", onclick: () => this.close(false) });
    this.submitter = h("button", { type: "submit", class: "button primary" });
    this.foot = h("footer", { class: "dialog-foot" }, this.closer, this.submitter);
    this.node = h("form", { class: "modal-view", novalidate: true, autocomplete: "off", onsubmit: (event) => this.submit(event) },
      h("header", { class: "dialog-head" }, avatar("app", modals.store.app?.name ?? "App", { isApp: true, size: "small" }), this.title,
        h("button", { type: "button", class: "icon-button", onclick: () => this.close(true) }, icon("close"), spoken("Close"))),
      this.body, this.note, this.foot);
    this.body.setAttribute("role", "group");
    this.body.setAttribute("aria-labelledby", this.titleId);
    this.node.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.node.requestSubmit();
    });
    this.update(view);
  }

  update(view) {
    const wasReplaced = this.view && this.view.hash !== view.hash;
    this.view = view;
    this.title.textContent = withEmoji(view.title?.text ?? "");
    this.closer.textContent = withEmoji(view.close?.text ?? "Close");
    fill(this.submitter, withEmoji(view.submit?.text ?? "Submit"));
    this.submitter.hidden = !view.submit;
    this.surface.update(view.blocks, view.state, { ...view.errors });
    this.busy(Boolean(view.is_busy || this.isSubmitting));
    if (wasReplaced) this.focusFirst(true);
  }

  busy(isBusy) {
    this.submitter.setAttribute("aria-disabled", String(isBusy));
    this.submitter.classList.toggle("working", isBusy);
    this.node.classList.toggle("is-busy", isBusy);
  }

  /** Put the focus on the first field; `onlyIdle`: unless the person is somewhere already. */
  focusFirst(onlyIdle) {
    const at = document.activeElement;
    const idle = !at || at === document.body || at === this.title || at === this.modals.dialog || at === this.body;
    if (onlyIdle && !idle) return;
    (this.surface.firstControl() ?? this.title).focus();
  }

  tell(message) {
    this.note.hidden = !message;
    fill(this.note, message ? [icon("warning"), message] : null);
  }

  async submit(event) {
    event.preventDefault();
    if (this.isSubmitting || !this.view.submit) return;
    this.isSubmitting = true;
    this.tell(null);
    this.busy(true);
    await this.surface.settle();
    const answer = await this.modals.acting.act("submit", { view: this.view.id });
    this.isSubmitting = false;
    this.busy(false);
    if (answer.error === "validation_errors") this.wrong(answer.errors);
    else if (!answer.ok) this.tell(answer.message);
    await this.modals.load();
  }

  wrong(errors) {
    this.surface.errors = errors;
    this.surface.show();
    this.surface.firstError()?.focus();
    const count = Object.keys(errors).length;
    announce(`${count} ${count === 1 ? "field needs" : "fields need"} attention: ${Object.values(errors).join(" ")}`);
  }

  async close(all) {
    const answer = await this.modals.acting.act("close", { view: this.view.id, ...(all ? { all: true } : {}) });
    if (!answer.ok) this.tell(answer.message);
    await this.modals.load();
  }
}

export class Modals {
  constructor(store, { home }) {
    this.store = store;
    this.home = home;
    this.views = new Map();
    this.load = oneAtATime(() => this.ask());
    this.dialog = h("dialog", { class: "dialog modal" });
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.top?.close(true);
    });
    keepFocus(this.dialog);
    document.body.append(this.dialog);
  }

  get acting() {
    return this.store.acting;
  }

  /** Somebody else looks now. */
  forget() {
    this.render([]);
  }

  async ask() {
    const { acting } = this;
    const answer = await acting.views();
    if (answer.ok && acting === this.acting) this.render(answer.views);
  }

  render(views) {
    const before = this.views;
    this.views = new Map();
    for (const view of views) {
      const known = before.get(view.id);
      known?.update(view);
      this.views.set(view.id, known ?? new ModalView(view, this));
    }
    const top = [...this.views.values()].at(-1) ?? null;
    if (top !== this.top) this.raise(top);
  }

  raise(top) {
    this.top = top;
    rescueToasts();
    if (top === null) {
      this.dialog.close();
      this.dialog.replaceChildren();
      this.back?.isConnected ? this.back.focus() : this.home();
      return;
    }
    if (!this.dialog.open) this.back = document.activeElement;
    this.dialog.replaceChildren();
    append(this.dialog, [top.node]);
    this.dialog.setAttribute("aria-labelledby", top.titleId);
    if (!this.dialog.open) this.dialog.showModal();
    top.focusFirst(false);
  }
}
