// Blocks in a message, a modal or the home tab, changed in place: what stayed the same keeps its element, its focus and
// what is being typed.

import { renderBlock } from "./blocks.js";
import { confirm } from "./dialog.js";
import { arrange } from "./elements.js";
import { toast } from "./toast.js";

const SETTLING = 250; // milliseconds

export class Surface {
  /**
   * `place`: `where` (what the API calls a message or view), `heading` (the tag of headers), `names`, `acting`, and
   * `refresh()`, which asks for the state again.
   */
  constructor(container, place) {
    this.container = container;
    this.place = place;
    this.rendered = new Map();
    this.state = {};
    this.errors = {};
    this.busy = new Map();
    this.calls = new Map();
    this.skipped = false;
    this.ctx = {
      names: place.names, heading: place.heading,
      interact: (...args) => this.interact(...args),
      typeahead: (block, element, typed) => place.acting.act("typeahead", { ...this.address(block, element), typed }),
    };
  }

  address(block, element) {
    return { where: this.place.where, block_id: block.block_id, action_id: element.action_id };
  }

  async interact(block, element, value, extra = {}) {
    if (element.confirm && !(await confirm(element.confirm, this.place.names))) {
      this.show();
      return;
    }
    if (block.type === "input") this.setError(block.block_id, null);
    const sent = value === undefined ? {} : { value };
    const key = `${block.block_id}/${element.action_id}`;
    this.busy.set(key, (this.busy.get(key) ?? 0) + 1);
    // The app is told of everything that is filled in: what was typed must be there before a click is.
    if (!/_input$/.test(element.type)) await this.flush();
    const answer = await this.inTurn(key, () =>
      this.place.acting.act("interact", { ...this.address(block, element), ...sent, ...extra }));
    if (!answer.ok) toast(answer.message);
    // What was asked for before this call may be answered after it, and would undo what the person did.
    setTimeout(() => this.settle(key), SETTLING);
  }

  settle(key) {
    if (this.busy.get(key) > 1) this.busy.set(key, this.busy.get(key) - 1);
    else this.busy.delete(key);
    if (!this.skipped || this.busy.size > 0) return;
    this.skipped = false;
    this.place.refresh();
  }

  /** Make a call when the last one about the same element is over: the browser would send both at once. */
  inTurn(key, call) {
    const made = (this.calls.get(key) ?? Promise.resolve()).then(call);
    this.calls.set(key, made);
    return made;
  }

  /** Show blocks, what is filled in, and what is wrong (texts by block id). */
  update(blocks, state = {}, errors = {}) {
    const focus = this.focus();
    const before = this.rendered;
    this.rendered = new Map();
    for (const block of blocks) this.rendered.set(block.block_id, this.kept(block, before));
    arrange(this.container, [...this.rendered.values()].map((one) => one.node));
    this.state = state;
    this.errors = errors;
    this.show();
    this.refocus(focus);
  }

  kept(block, before) {
    const json = JSON.stringify(block);
    const old = before.get(block.block_id);
    if (old?.json === json) return old;
    const fresh = { ...renderBlock(block, this.ctx), json, isNew: true };
    for (const [action, one] of fresh.controls) {
      const other = old?.controls.get(action);
      if (other?.type === one.type) one.made.adopt?.(other.made);
    }
    return fresh;
  }

  show() {
    for (const [id, one] of this.rendered) {
      for (const [action, { made }] of one.controls) {
        // What the person did a moment ago is newer than what the simulator said before it.
        if (this.busy.has(`${id}/${action}`) && !one.isNew) this.skipped = true;
        else made.set(this.state[id]?.[action]);
      }
      one.isNew = false;
      this.setError(id, this.errors[id] ?? null);
    }
  }

  setError(id, message) {
    this.rendered.get(id)?.setError?.(message);
  }

  focus() {
    const at = document.activeElement;
    if (!at?.dataset?.key || !this.container.contains(at)) return null;
    return { key: at.dataset.key, node: at, from: at.selectionStart, to: at.selectionEnd };
  }

  refocus(focus) {
    if (focus === null || document.activeElement === focus.node) return;
    const node = [...this.container.querySelectorAll("[data-key]")].find((one) => one.dataset.key === focus.key);
    if (!node) return;
    node.focus({ preventScroll: true });
    if (typeof focus.from === "number" && ["text", "textarea"].includes(node.type)) node.setSelectionRange(focus.from, focus.to);
  }

  /** The first control, or the one a block asks to be focused. */
  firstControl() {
    const blocks = [...this.rendered.values()];
    const wanted = blocks.find((one) => /"focus_on_load":true/.test(one.json)) ?? blocks.find((one) => one.setError);
    return wanted ? [...wanted.controls.values()][0]?.made.focusable ?? null : this.container.querySelector("[data-key]");
  }

  /** The first control that something is wrong with. */
  firstError() {
    return this.container.querySelector('[aria-invalid="true"], [aria-invalid="true"] input');
  }

  /** What is typed has reached the simulator when this is done. */
  async flush() {
    const all = [...this.rendered.values()].flatMap((one) => [...one.controls.values()]);
    await Promise.all(all.map((one) => one.made.flush?.()));
  }

  /** What is typed and what is chosen has reached the simulator when this is done. */
  async settle() {
    await this.flush();
    await Promise.all(this.calls.values());
  }
}
