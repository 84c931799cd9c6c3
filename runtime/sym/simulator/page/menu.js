// A button that opens a menu: arrow keys, Home, End, first letters, Escape.

import { append, fill, h, newId } from "./elements.js";
import { show } from "./popover.js";

/**
 * A menu button. `items()` gives what the menu holds when it opens: `{content, chosen, isCurrent?, group?}`; `isCurrent` (a
 * boolean) makes it a choice among several. `button` has attributes for the button; its content follows.
 */
export function menuButton({ button = {}, items, label, align = "start", width = 220 }, ...content) {
  const list = h("div", { class: "menu", role: "menu", popover: "manual", id: newId("menu"), "aria-label": label });
  const opener = h("button", { type: "button", "aria-haspopup": "menu", "aria-expanded": "false", "aria-controls": list.id, ...button }, content);
  const holder = h("div", { class: "menu-holder" }, opener, list);
  let hide = null;

  function close(refocus) {
    if (!hide) return;
    hide();
    hide = null;
    opener.setAttribute("aria-expanded", "false");
    if (refocus) opener.focus();
  }

  function entry(item) {
    const isChoice = typeof item.isCurrent === "boolean";
    const chosen = () => {
      close(true);
      item.chosen();
    };
    return h("button", {
      type: "button", class: "menu-item", tabindex: "-1", onclick: chosen,
      role: isChoice ? "menuitemradio" : "menuitem", "aria-checked": isChoice ? String(item.isCurrent) : null,
    }, item.content);
  }

  function open(first) {
    fill(list);
    let group = null;
    let parent = list;
    for (const item of items()) {
      if (item.group && item.group !== group) {
        parent = h("div", { role: "group", "aria-label": item.group }, h("div", { class: "menu-group", "aria-hidden": "true" }, item.group));
        list.append(parent);
        group = item.group;
      }
      append(parent, entry(item));
    }
    hide = show(list, opener, { align, minWidth: width });
    opener.setAttribute("aria-expanded", "true");
    const all = entries();
    const current = all.find((one) => one.getAttribute("aria-checked") === "true");
    (first ? current ?? all[0] : all[all.length - 1])?.focus();
  }

  const entries = () => [...list.querySelectorAll(".menu-item")];

  function move(event) {
    const all = entries();
    const at = all.indexOf(document.activeElement);
    const steps = { ArrowDown: (at + 1) % all.length, ArrowUp: (at - 1 + all.length) % all.length, Home: 0, End: all.length - 1 };
    if (event.key in steps) all[steps[event.key]]?.focus();
    else if (event.key === "Escape") close(true);
    else if (event.key === "Tab") return close(true);
    else if (event.key.length === 1 && /\S/.test(event.key)) letter(event.key, all, at);
    else return undefined;
    event.preventDefault();
    event.stopPropagation();
    return undefined;
  }

  function letter(key, all, at) {
    const turned = [...all.slice(at + 1), ...all.slice(0, at + 1)];
    turned.find((one) => one.innerText.trim().toLowerCase().startsWith(key.toLowerCase()))?.focus();
  }

  opener.addEventListener("click", () => (hide ? close(true) : open(true)));
  opener.addEventListener("keydown", (event) => {
    if (!hide && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      open(event.key === "ArrowDown");
    }
  });
  list.addEventListener("keydown", move);
  holder.addEventListener("focusout", (event) => {
    if (hide && !holder.contains(event.relatedTarget)) close(false);
  });
  return holder;
}
