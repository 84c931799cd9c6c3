// `rich_text` blocks: sections, lists, quotes and code, with the styles of their words.

import { dateText, moment } from "./dates.js";
import { h } from "./elements.js";
import { emoji } from "./emoji.js";
import { link, mention } from "./mrkdwn.js";

const STYLES = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"]];

function styled(node, style = {}) {
  return STYLES.reduce((inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner), node);
}

function lines(text) {
  return text.split("\n").flatMap((line, at) => (at > 0 ? [h("br"), line] : [line]));
}

const WORDS = {
  text: (part) => h("span", {}, lines(part.text)),
  link: (part) => link(part.url, part.text ?? part.url),
  user: (part, names) => mention(part.user_id, names),
  channel: (part, names) => h("span", { class: "mention" }, `#${names.channel(part.channel_id) ?? part.channel_id}`),
  usergroup: (part) => h("span", { class: "mention" }, `@${part.usergroup_id}`),
  broadcast: (part) => h("span", { class: "mention mention-me" }, `@${part.range}`),
  emoji: (part) => h("span", { class: "emoji", role: "img", "aria-label": part.name.replaceAll("_", " ") }, emoji(part.name) ?? `:${part.name}:`),
  date: (part, names) => h("time", { title: moment(part.timestamp) }, dateText(part.timestamp, part.format ?? "{date_short}", names.now())),
};

function words(parts, names) {
  return parts.map((part) => (Object.hasOwn(WORDS, part.type) ? styled(WORDS[part.type](part, names), part.style) : part.text ?? ""));
}

const PARTS = {
  rich_text_section: (part, names) => h("div", { class: "md-text" }, words(part.elements, names)),
  rich_text_quote: (part, names) => h("blockquote", {}, words(part.elements, names)),
  rich_text_preformatted: (part, names) => h("pre", { tabindex: "0", "aria-label": "Code" }, words(part.elements, names)),
  rich_text_list: (part, names) => h(part.style === "ordered" ? "ol" : "ul", { class: part.indent ? `indent-${Math.min(part.indent, 4)}` : null },
    part.elements.map((item) => h("li", {}, words(item.elements, names)))),
};

/** The elements of a `rich_text` block. */
export function richText(block, names) {
  return block.elements.map((part) => (Object.hasOwn(PARTS, part.type) ? PARTS[part.type](part, names) : null));
}
