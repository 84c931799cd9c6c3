// Block Kit as elements. A rendered block is `{node, controls, setError?}`; `controls` by action id.

import { control, showError, text } from "./controls.js";
import { h, newId } from "./elements.js";
import { withEmoji } from "./emoji.js";
import { safeAddress } from "./mrkdwn.js";
import { richText } from "./rich_text.js";

function image(element, kind) {
  const address = element.image_url?.startsWith("data:image/") ? element.image_url : safeAddress(element.image_url ?? element.slack_file?.url);
  if (!address) return h("span", { class: "no-image" }, element.alt_text);
  return h("img", { src: address, alt: element.alt_text, class: kind, loading: "lazy", referrerpolicy: "no-referrer" });
}

/** The controls of a block, made one after the other. */
class Controls {
  constructor(block, ctx) {
    this.block = block;
    this.ctx = ctx;
    this.made = new Map();
  }

  add(element, more = {}) {
    const key = `${this.block.block_id}/${element.action_id}`;
    const made = control(element, {
      key, id: newId("field"), names: this.ctx.names, ...more,
      interact: (value, extra) => this.ctx.interact(this.block, element, value, extra),
      typeahead: (typed) => this.ctx.typeahead(this.block, element, typed),
    });
    if (made === null) return h("span", { class: "unknown" }, `An element of type ${element.type} is not shown here.`);
    this.made.set(element.action_id, { made, type: element.type });
    return made.node;
  }
}

function section(block, ctx, controls) {
  const words = block.text ? h("div", { class: "section-text" }, text(block.text, ctx.names)) : null;
  const fields = block.fields?.length
    ? h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "field" }, text(field, ctx.names)))) : null;
  const body = h("div", { class: "section-body" }, words, fields);
  const { accessory } = block;
  if (!accessory) return h("div", { class: "block section" }, body);
  const label = (words ?? body).textContent.trim().slice(0, 120) || undefined;
  const node = accessory.type === "image" ? image(accessory, "image-accessory") : controls.add(accessory, { label });
  return h("div", { class: ["block section with-accessory", `accessory-${accessory.type}`] }, body, h("div", { class: "accessory" }, node));
}

const ENTERED = ["plain_text_input", "number_input", "email_text_input", "url_text_input"];

function input(block, ctx, controls) {
  const { element } = block;
  const ids = { label: newId("label"), hint: newId("hint"), error: newId("error") };
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const dispatchesOnEnter = block.dispatch_action === true && ENTERED.includes(element.type) && triggers.includes("on_enter_pressed");
  const isGroup = ["radio_buttons", "checkboxes"].includes(element.type);
  const field = controls.add(element, {
    isInput: true, isRequired: !block.optional, label: withEmoji(block.label.text), labelId: isGroup ? ids.label : null, dispatchesOnEnter,
  });
  const made = controls.made.get(element.action_id)?.made;
  const optional = block.optional ? h("span", { class: "optional" }, " (optional)") : null;
  const label = h(isGroup ? "span" : "label", { class: "label", id: ids.label, for: isGroup ? null : made?.focusable.id }, withEmoji(block.label.text), optional);
  const hints = [block.hint ? withEmoji(block.hint.text) : null, dispatchesOnEnter ? "Press Enter to apply." : null].filter(Boolean).join(" ");
  const hint = h("p", { class: "hint", id: ids.hint, hidden: hints === "" }, hints);
  const error = h("p", { class: "field-error", id: ids.error, hidden: true });
  const described = made?.group ?? made?.focusable;
  described?.setAttribute("aria-describedby", `${ids.error} ${ids.hint}`);
  const node = h("div", { class: "block input" }, label, field, error, hint);
  return { node, setError: (message) => showError(error, described, message) };
}

const KINDS = {
  header: (block, ctx) => h(ctx.heading, { class: "block block-header" }, withEmoji(block.text.text)),
  section,
  divider: () => h("hr", { class: "block" }),
  context: (block, ctx) => h("div", { class: "block context" },
    block.elements.map((part) => (part.type === "image" ? image(part, "image-context") : h("span", { class: "context-text" }, text(part, ctx.names))))),
  actions: (block, ctx, controls) => h("div", { class: "block actions" }, block.elements.map((element) => controls.add(element))),
  image: (block) => h("figure", { class: "block" }, block.title ? h("figcaption", {}, withEmoji(block.title.text)) : null, image(block, "image-block")),
  rich_text: (block, ctx) => h("div", { class: "block rich-text" }, richText(block, ctx.names)),
  input,
};

/**
 * Render one block. `ctx`: `names`, `heading` (the tag of headers), `interact(block, element, value, extra)` and
 * `typeahead(block, element, typed)`.
 */
export function renderBlock(block, ctx) {
  const controls = new Controls(block, ctx);
  const known = Object.hasOwn(KINDS, block.type) ? KINDS[block.type] : null;
  const result = known ? known(block, ctx, controls) : h("p", { class: "block unknown" }, `A block of type ${block.type} is not shown here.`);
  const rendered = result instanceof Node ? { node: result } : result;
  return { ...rendered, controls: controls.made };
}
