// Dialogs in front of everything: the rest of the page cannot be reached while one is open.

import { append, h, icon, newId, spoken } from "./elements.js";
import { mrkdwn } from "./mrkdwn.js";
import { withEmoji } from "./emoji.js";
import { rescueToasts } from "./toast.js";

const FOCUSABLE = 'a[href], button:not([disabled]), input:not([disabled]), textarea:not([disabled]), [tabindex="0"]';

function reachable(dialog) {
  return [...dialog.querySelectorAll(FOCUSABLE)].filter((one) => one.tabIndex >= 0 && one.getClientRects().length > 0);
}

/** Tab goes round inside of the dialog, instead of out to the browser. */
export function keepFocus(dialog) {
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Tab") return;
    const all = reachable(dialog);
    if (all.length === 0) return event.preventDefault();
    const [first, last] = [all[0], all[all.length - 1]];
    const at = document.activeElement;
    const leaves = event.shiftKey ? at === first || !all.includes(at) : at === last;
    if (!leaves) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  });
}

/** The cross of a dialog. */
export function closeButton(closed) {
  return h("button", { type: "button", class: "icon-button", onclick: closed }, icon("close"), spoken("Close"));
}

function words(text, names) {
  if (!text) return null;
  return text.type === "mrkdwn" ? mrkdwn(text.text, names) : withEmoji(text.text);
}

/** Ask "are you sure?" as a `confirm` object says. The promise is true only if the person agreed. */
export function confirm(question, names) {
  return new Promise((resolve) => {
    const ids = [newId("title"), newId("text")];
    const dialog = h("dialog", { class: "dialog confirm", role: "alertdialog", "aria-labelledby": ids[0], "aria-describedby": ids[1] });
    const end = (agreed) => {
      rescueToasts();
      dialog.close();
      dialog.remove();
      resolve(agreed);
    };
    const title = question.title?.text ?? "Are you sure?";
    append(dialog, [
      h("header", { class: "dialog-head" }, h("h2", { id: ids[0] }, withEmoji(title)), closeButton(() => end(false))),
      h("div", { class: "dialog-body", id: ids[1] }, words(question.text, names)),
      h("footer", { class: "dialog-foot" },
        h("button", { type: "button", class: "button", onclick: () => end(false) }, withEmoji(question.deny?.text ?? "Cancel")),
        h("button", { type: "button", class: ["button", question.style === "danger" ? "danger" : "primary"], onclick: () => end(true) },
          withEmoji(question.confirm?.text ?? "Yes"))),
    ]);
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      end(false);
    });
    keepFocus(dialog);
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector(".dialog-foot .button:last-child").focus();
  });
}

