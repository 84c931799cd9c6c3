// The side of the page: channels, direct messages, apps, and whether everything is connected.

import { time } from "./dates.js";
import { append, arrange, avatar, fill, h, icon, spoken } from "./elements.js";
import { menuButton } from "./menu.js";
import { toast } from "./toast.js";

const SECTIONS = [
  ["Channels", ["channel", "private"]],
  ["Direct messages", ["direct", "group"]],
  ["Apps", ["app"]],
];

export class Sidebar {
  /** `chosen(id)`: go to a conversation; `log()`: go to the list of calls. */
  constructor(store, { chosen, log }) {
    this.store = store;
    this.chosen = chosen;
    this.current = null;
    this.entries = new Map();
    this.team = h("div", { class: "team" });
    this.lists = SECTIONS.map(([title]) => this.section(title));
    this.logButton = h("button", { type: "button", class: "entry", onclick: log }, h("span", { class: "entry-mark", "aria-hidden": "true" }, "⇄"), h("span", { class: "entry-name" }, "App traffic"));
    this.staffNote = h("p", { class: "connection", role: "status" });
    this.clock = h("time", { class: "clock" });
    this.status = h("p", { class: "connection", role: "status" });
    this.appStatus = h("p", { class: "connection" });
    const foot = h("div", { class: "sidebar-foot" }, this.status, this.appStatus, h("p", { class: "connection" }, spoken("Simulator time: "), this.clock));
    this.node = h("nav", { class: "sidebar", id: "sidebar", "aria-label": "Conversations" }, this.team,
      h("div", { class: "sidebar-lists", tabindex: "-1" }, this.lists.map((one) => one.node),
        h("section", {}, h("div", { class: "section-head" }, h("h2", {}, "Simulator"), this.staff()), h("ul", {}, h("li", {}, this.logButton)), this.staffNote)), foot);
    this.tick();
    setInterval(() => this.tick(), 1000);
  }

  section(title) {
    const list = h("ul");
    const plus = title === "Direct messages"
      ? menuButton({ button: { class: "icon-button small", title: "New message" }, items: () => this.others(), label: "New direct message", align: "end" }, "+", spoken("New direct message"))
      : null;
    return { list, node: h("section", {}, h("div", { class: "section-head" }, h("h2", {}, title), plus), list) };
  }

  /** Deactivate somebody, or let them in again: what an admin of the workspace does. */
  staff() {
    const button = { class: "icon-button small", title: "Who works here" };
    return menuButton({ button, items: () => this.colleagues(), label: "Who works here", align: "end" }, icon("people"), spoken("Who works here"));
  }

  colleagues() {
    const { store } = this;
    const here = store.workspace?.people ?? [];
    return here.filter((one) => !one.is_bot && one.id !== store.person?.id).map((one) => ({
      content: [avatar(one.id, one.name, { size: "small" }), one.is_deleted ? `Let ${one.name} in again` : `Deactivate ${one.name}`],
      chosen: async () => {
        const answer = await store.acting.act("account", { user: one.id, is_deleted: !one.is_deleted });
        if (!answer.ok) return toast(answer.message);
        await store.loadWorkspaces();
        this.staffNote.textContent = one.is_deleted ? `${one.name} is active again` : `${one.name} is deactivated`;
        return undefined;
      },
    }));
  }

  others() {
    const { store } = this;
    return store.residents.filter(({ person }) => person.id !== store.person.id).map(({ person }) => ({
      content: [avatar(person.id, person.name, { size: "small" }), person.name],
      chosen: async () => {
        const answer = await store.acting.act("conversation", { people: [person.id] });
        if (!answer.ok) return toast(answer.message);
        await store.loadConversations();
        return this.chosen(answer.channel);
      },
    }));
  }

  tick() {
    this.clock.textContent = time(this.store.now, true);
    this.clock.setAttribute("datetime", new Date(this.store.now * 1000).toISOString());
  }

  connected(isConnected) {
    mark(this.status, isConnected ? "good" : "bad", isConnected ? "Simulator connected" : "Reconnecting…");
  }

  showApp() {
    const { app, workspace } = this.store;
    fill(this.team, h("span", { class: "team-mark", "aria-hidden": "true" }, (workspace?.name ?? "?")[0]),
      h("div", {}, h("strong", {}, workspace?.name ?? "No workspace"), h("span", { class: "team-note" }, "Slack simulator")));
    if (!app) return;
    const how = { http: "over HTTP", socket: "over Socket Mode" }[app.by];
    mark(this.appStatus, app.is_connected ? "good" : "bad", app.is_connected ? `${app.name} connected ${how ?? ""}`.trim() : `${app.name} is not connected`);
  }

  /** `current`: the id of where one is; `isReading`: its messages are on the screen. */
  show(current, isReading) {
    this.current = current;
    this.isReading = isReading;
    SECTIONS.forEach(([, kinds], at) => {
      const found = this.store.conversations.filter((one) => kinds.includes(one.kind) && !one.is_archived);
      arrange(this.lists[at].list, found.map((one) => this.entry(one)));
      this.lists[at].node.hidden = found.length === 0 && at !== 1;
    });
    if (current === "log") this.logButton.setAttribute("aria-current", "page");
    else this.logButton.removeAttribute("aria-current");
  }

  entry(conversation) {
    const { id } = conversation;
    const known = this.entries.get(id) ?? h("li", {}, h("button", { type: "button", class: "entry", onclick: () => this.chosen(id) }));
    this.entries.set(id, known);
    const button = known.firstElementChild;
    const unread = id === this.current && this.isReading ? 0 : conversation.unread;
    button.classList.toggle("unread", unread > 0);
    button.classList.toggle("outside", conversation.is_member === false);
    if (id === this.current) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
    const face = JSON.stringify([conversation.name, conversation.kind, unread]);
    if (button.dataset.face !== face) {
      button.dataset.face = face;
      append(fill(button), [this.mark(conversation), h("span", { class: "entry-name" }, conversation.name),
        unread ? h("span", { class: "count" }, String(unread), spoken(" unread")) : null]);
    }
    return known;
  }

  mark(conversation) {
    if (conversation.kind === "channel") return h("span", { class: "entry-mark", "aria-hidden": "true" }, "#");
    if (conversation.kind === "private") return h("span", { class: "entry-mark" }, icon("lock"), spoken("private channel "));
    if (conversation.kind === "group") return h("span", { class: "entry-mark" }, icon("people"));
    const other = conversation.with?.[0] ?? conversation.id;
    return avatar(other, conversation.name, { isApp: conversation.kind === "app", size: "small" });
  }
}

function mark(place, kind, words) {
  if (place.dataset.words === words) return;
  place.dataset.words = words;
  fill(place, h("span", { class: `dot ${kind}`, "aria-hidden": "true" }), words);
}
