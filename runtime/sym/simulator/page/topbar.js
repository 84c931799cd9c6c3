// The head of the page: where one is, the app's tabs, and who one is.

import { avatar, fill, h, icon, spoken } from "./elements.js";
import { menuButton } from "./menu.js";
import { notes } from "./store.js";

const TABS = [["home", "Home"], ["messages", "Messages"]];

export class Topbar {
  /** `drawer()`: open the side; `tab(name)`: show a tab of the app; `be(person)`: look and act as somebody. */
  constructor(store, { drawer, tab, be }) {
    this.store = store;
    this.be = be;
    this.opener = h("button", { type: "button", class: "icon-button drawer-opener", "aria-controls": "sidebar", "aria-expanded": "false", onclick: drawer }, icon("menu"), spoken("Conversations"));
    this.title = h("h1", { id: "title" });
    this.note = h("p", { class: "topic" });
    this.tabs = TABS.map(([name, words]) => h("button", {
      type: "button", role: "tab", id: `tab-${name}`, class: "tab", "aria-controls": `panel-${name}`, onclick: () => tab(name),
    }, words));
    this.tablist = h("div", { class: "tabs", role: "tablist", "aria-label": "Parts of the app", hidden: true }, this.tabs);
    this.tablist.addEventListener("keydown", (event) => this.arrow(event));
    this.face = h("span", { class: "me" });
    const button = { class: "person-button" };
    this.switcher = menuButton({ button, items: () => this.people(), label: "Look as", align: "end", width: 280 }, this.face, icon("chevron"));
    this.switcher.classList.add("person-switcher");
    this.node = h("header", { class: "topbar" }, this.opener, h("div", { class: "where" }, this.title, this.note), this.tablist, this.switcher);
  }

  arrow(event) {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const other = this.tabs[(this.tabs.indexOf(document.activeElement) + 1) % this.tabs.length];
    event.preventDefault();
    other.click();
    other.focus();
  }

  people() {
    const { store } = this;
    const several = store.workspaces.length > 1;
    return store.residents.map(({ person, workspace }) => ({
      group: several ? workspace.name : null,
      isCurrent: person.id === store.person?.id,
      chosen: () => this.be(person),
      content: [avatar(person.id, person.name), h("span", { class: "option-words" }, h("span", {}, person.name), h("span", { class: "option-note" }, described(person))), icon("check")],
    }));
  }

  showPerson() {
    const { person } = this.store;
    if (!person) return;
    const said = notes(person).join(", ");
    fill(this.face, avatar(person.id, person.name),
      h("span", { class: "me-words" }, h("span", { class: "me-name" }, person.name), h("span", { class: "me-note" }, said || "Switch person")));
    const words = said ? `${person.name} (${said})` : person.name;
    this.switcher.querySelector("button").setAttribute("aria-label", `You are ${words}. Switch person`);
  }

  /** `conversation`: an object of the API, or null; `title` and `note` where there is none. */
  show(conversation, tab, { title = "", note = "" } = {}) {
    const isApp = conversation?.kind === "app";
    const isChannel = ["channel", "private"].includes(conversation?.kind);
    const sign = conversation?.kind === "private" ? icon("lock") : isChannel ? "#" : null;
    fill(this.title, sign ? h("span", { class: "title-sign", "aria-hidden": "true" }, sign) : null, conversation?.name ?? title);
    const count = isChannel ? `${conversation.members.length} ${conversation.members.length === 1 ? "member" : "members"}` : "";
    this.note.textContent = conversation ? [conversation.topic, count].filter(Boolean).join(" · ") : note;
    this.tablist.hidden = !isApp;
    for (const one of this.tabs) {
      const isCurrent = one.id === `tab-${tab}`;
      one.setAttribute("aria-selected", String(isCurrent));
      one.tabIndex = isCurrent ? 0 : -1;
    }
    document.title = `${conversation?.name ?? title} · Slack simulator`;
  }
}

function described(person) {
  return [person.title, ...notes(person), person.email].filter(Boolean).join(" · ");
}
