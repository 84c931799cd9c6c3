// Elements are made here and nowhere else, from tag names and text: data never becomes markup.

const SVG = "http://www.w3.org/2000/svg";
let numbers = 0;

/** An id no other element of this page has. */
export function newId(prefix) {
  numbers += 1;
  return `${prefix}-${numbers}`;
}

/**
 * An element. `attributes`: what is null, undefined or false is left out; `true` gives an empty attribute; `onclick` and
 * the like are listeners; `class` may be a list. Children are nodes, strings, lists of them, or nothing.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = [value].flat().filter(Boolean).join(" ");
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

/** Append nodes, strings and lists of them; nothing for null, undefined and false. */
export function append(parent, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    parent.append(child);
  }
  return parent;
}

/** Replace what is inside of an element. */
export function fill(parent, ...children) {
  parent.replaceChildren();
  return append(parent, children);
}

/** Have exactly these nodes inside of an element, in this order; one that is in its place is not touched: it would lose the focus. */
export function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  let next = parent.firstElementChild;
  for (const node of nodes) {
    if (node === next) next = next.nextElementSibling;
    else parent.insertBefore(node, next);
  }
}

/** Run `load` once at a time: what asks for it while it runs gets one more run, begun later. */
export function oneAtATime(load) {
  let running = null;
  let next = null;
  return function run() {
    if (running === null) {
      running = load().finally(() => {
        running = null;
      });
      return running;
    }
    next ??= running.then(() => {
      next = null;
      return run();
    });
    return next;
  };
}

/** Text for screen readers alone. */
export function spoken(text) {
  return h("span", { class: "spoken" }, text);
}

const PATHS = {
  menu: ["M3 6h18", "M3 12h18", "M3 18h18"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  bolt: ["M13 2L4 14h7l-1 8 9-12h-7z"],
  send: ["M4 12l16-8-6 16-3-6z"],
  chevron: ["M6 9l6 6 6-6"],
  lock: ["M6 11h12v9H6z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3"],
  eye: ["M2 12s4-6.5 10-6.5S22 12 22 12s-4 6.5-10 6.5S2 12 2 12z", "M12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z"],
  check: ["M5 12.5l4.5 4.5L19 7.5"],
  back: ["M15 5l-7 7 7 7"],
  more: ["M5 12h.01", "M12 12h.01", "M19 12h.01"],
  reply: ["M4 5h16v11H10l-4 4v-4H4z"],
  warning: ["M12 3L2 20h20z", "M12 9v5", "M12 17h.01"],
  people: ["M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z", "M2.5 20a6.5 6.5 0 0 1 13 0", "M16 4.5a3.5 3.5 0 0 1 0 6.5", "M18 14.5a6.5 6.5 0 0 1 3.5 5.5"],
};

/** One of the line icons, hidden from screen readers: what it means is said beside it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const facts = { viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true", focusable: "false" };
  for (const [key, value] of Object.entries(facts)) svg.setAttribute(key, value);
  for (const path of PATHS[name]) {
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("d", path);
    svg.append(line);
  }
  return svg;
}

/** Two letters for a name: "Ada Lovelace" is AL. */
export function initials(name) {
  const words = String(name || "?").split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.map((word) => [...word][0]).join("").toUpperCase() || "?";
}

/** The picture of somebody: initials on one of eight colours, always the same for the same id; square for an app. */
export function avatar(id, name, { isApp = false, size = "" } = {}) {
  let sum = 2166136261;
  for (const letter of String(id)) sum = Math.imul(sum ^ letter.codePointAt(0), 16777619) >>> 0;
  const kind = isApp ? "avatar-app" : `avatar-${sum % 8}`;
  return h("span", { class: ["avatar", kind, size], "aria-hidden": "true" }, initials(name));
}
