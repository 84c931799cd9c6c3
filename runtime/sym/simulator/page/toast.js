// Short messages in a corner, and words for screen readers alone.

import { h, icon, spoken } from "./elements.js";

const SHOWN_FOR = 12000;

function host() {
  // What is outside of an open dialog cannot be reached.
  const open = [...document.querySelectorAll("dialog[open]")];
  return open[open.length - 1] ?? document.body;
}

function region() {
  const found = document.getElementById("toasts") ?? h("div", { id: "toasts", class: "toasts" });
  host().append(found);
  return found;
}

/** Tell the person that something failed. */
export function toast(message) {
  const note = h("div", { class: "toast", role: "alert" }, icon("warning"), h("p", {}, message));
  const shut = () => note.remove();
  note.append(h("button", { type: "button", class: "icon-button", onclick: shut }, icon("close"), spoken("Dismiss")));
  region().append(note);
  setTimeout(shut, SHOWN_FOR);
}

/** Bring the toasts back from a dialog that is about to go. */
export function rescueToasts() {
  const found = document.getElementById("toasts");
  if (found) document.body.append(found);
}

/** Take all toasts away: they were for somebody else. */
export function clearToasts() {
  document.getElementById("toasts")?.remove();
}

/** Have a screen reader say something when it is free. */
export function announce(text) {
  const place = document.getElementById("announcer");
  place.textContent = "";
  setTimeout(() => {
    place.textContent = text;
  }, 50);
}
