// Slack's markdown, as elements. Data only ever becomes text nodes and checked addresses.

import { dateText, moment } from "./dates.js";
import { h, spoken } from "./elements.js";
import { emoji } from "./emoji.js";

const STYLES = { "*": "strong", _: "em", "~": "s" };
const WORD = /[\p{L}\p{N}]/u;

/** `&lt; &gt; &amp;` as the characters they stand for: the three that Slack escapes. */
export function unescaped(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** An address people may follow, or null: http, https and mailto alone. */
export function safeAddress(address) {
  try {
    const url = new URL(unescaped(String(address)));
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A link, or its words alone when it leads where nobody should go. */
export function link(address, words) {
  const href = safeAddress(address);
  if (href === null) return document.createTextNode(words);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, words, spoken(" (opens in a new tab)"));
}

/** A person as a mention; `names.person(id)` gives the name or null. */
export function mention(id, names, fallback) {
  const name = names.person(id) ?? fallback ?? id;
  return h("span", { class: ["mention", id === names.me && "mention-me"] }, `@${name}`);
}

function reference(inside, names, begins) {
  const [target, label] = inside.split(/\|(.*)/s);
  if (/^@/.test(target)) return mention(target.slice(1), names, label && unescaped(label));
  if (/^#/.test(target)) {
    return h("span", { class: "mention" }, `#${names.channel(target.slice(1)) ?? (label ? unescaped(label) : target.slice(1))}`);
  }
  if (target.startsWith("!date^")) return dateToken(target, label, names.now(), begins);
  if (/^!(channel|here|everyone)$/.test(target)) return h("span", { class: "mention mention-me" }, `@${target.slice(1)}`);
  if (target.startsWith("!")) return document.createTextNode(unescaped(label ?? target.slice(1)));
  return link(target, unescaped(label ?? target.replace(/^mailto:/, "")));
}

function dateToken(target, label, now, begins) {
  const [, seconds, pattern, address] = target.split("^");
  const moments = Number(seconds);
  if (!Number.isFinite(moments) || Math.abs(moments) > 8e12 || !pattern) return document.createTextNode(unescaped(label ?? ""));
  const words = dateText(moments, unescaped(pattern), now, begins);
  const shown = address ? link(address, words) : words;
  return h("time", { datetime: new Date(moments * 1000).toISOString(), title: moment(moments) }, shown);
}

function closing(text, start, mark) {
  // The end of a style: not after a space, not before a letter, something inside.
  for (let at = text.indexOf(mark, start + 1); at > 0; at = text.indexOf(mark, at + 1)) {
    if (at > start + 1 && !/\s/.test(text[at - 1]) && !WORD.test(text[at + 1] ?? " ")) return at;
  }
  return -1;
}

function opens(text, at) {
  return !WORD.test(text[at - 1] ?? " ") && !/\s/.test(text[at + 1] ?? " ");
}

function special(text, at, names, begins) {
  // What begins at `at` as [node, where it ends], or null.
  const rest = text.slice(at);
  const angled = /^<([^<>\n]+)>/.exec(rest);
  if (angled) return [reference(angled[1], names, begins && text.slice(0, at).trim() === ""), at + angled[0].length];
  const coded = /^`([^`\n]+)`/.exec(rest);
  if (coded) return [h("code", {}, codeText(coded[1])), at + coded[0].length];
  const smiling = /^:([a-z0-9_+-]+(?:::skin-tone-\d)?):/.exec(rest);
  if (smiling && emoji(smiling[1])) {
    return [h("span", { class: "emoji", role: "img", "aria-label": smiling[1].replaceAll("_", " ") }, emoji(smiling[1])), at + smiling[0].length];
  }
  if (!(text[at] in STYLES) || !opens(text, at)) return null;
  const end = closing(text, at, text[at]);
  if (end < 0) return null;
  return [h(STYLES[text[at]], {}, inline(text.slice(at + 1, end), names, begins && at === 0)), end + 1];
}

function codeText(text) {
  // Inside of code only addresses are still references: they show as they are.
  return unescaped(text.replace(/<([^<>|]+)(?:\|([^<>]+))?>/g, (whole, target, label) => label ?? target));
}

/** One line of markdown, or a part of one that does not begin it, as a list of nodes. */
export function inline(text, names, begins = true) {
  const nodes = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    const found = /[<`:*_~]/.test(text[at]) ? special(text, at, names, begins) : null;
    if (found === null) {
      plain += text[at];
      at += 1;
      continue;
    }
    if (plain) nodes.push(document.createTextNode(unescaped(plain)));
    plain = "";
    nodes.push(found[0]);
    at = found[1];
  }
  if (plain) nodes.push(document.createTextNode(unescaped(plain)));
  return nodes;
}

const KINDS = [
  ["quote", /^(?:>|&gt;) ?(?!\S*\|)/],
  ["bullets", /^\s*[•◦▪] ?|^\s*[-] (?=\S)/],
  ["numbers", /^\s*\d{1,3}[.)] (?=\S)/],
];

function kindOf(line) {
  const [kind, mark] = KINDS.find(([, pattern]) => pattern.test(line)) ?? ["text", null];
  return { kind, rest: mark ? line.replace(mark, "") : line, number: Number.parseInt(line, 10) };
}

function paragraph(lines, names) {
  const nodes = lines.flatMap((line, at) => [at > 0 ? h("br") : null, ...inline(line, names)]);
  return h("span", { class: "md-text" }, nodes);
}

function group(kind, parts, names) {
  const lines = parts.map((part) => part.rest);
  if (kind === "quote") return h("blockquote", {}, paragraph(lines, names));
  if (kind === "text") return paragraph(lines, names);
  const items = lines.map((line) => h("li", {}, inline(line, names)));
  return kind === "bullets" ? h("ul", {}, items) : h("ol", { start: parts[0].number }, items);
}

function prose(text, names) {
  const groups = [];
  for (const line of text.split("\n")) {
    const part = kindOf(line);
    const last = groups[groups.length - 1];
    if (last && last[0] === part.kind) last[1].push(part);
    else groups.push([part.kind, [part]]);
  }
  return groups.map(([kind, parts]) => group(kind, parts, names));
}

/** A whole text as elements: paragraphs, quotes, lists and blocks of code. */
export function mrkdwn(text, names) {
  const pieces = String(text ?? "").split(/```\n?([\s\S]+?)\n?```\n?/);
  return pieces.flatMap((piece, at) => {
    if (at % 2 === 1) return [h("pre", { tabindex: "0", "aria-label": "Code" }, codeText(piece))];
    return piece ? prose(piece.replace(/\n$/, at < pieces.length - 1 ? "" : "\n"), names) : [];
  });
}
