// The page put together: who looks, where they are, and what happens when something changes.

import { listen } from "./changes.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { fill, h, oneAtATime } from "./elements.js";
import { Home } from "./home.js";
import { Log } from "./log.js";
import { Modals } from "./modal.js";
import { Sidebar } from "./sidebar.js";
import { Store } from "./store.js";
import { clearToasts } from "./toast.js";
import { Topbar } from "./topbar.js";

const RETRY = 1500;

class Page {
  constructor() {
    this.store = new Store();
    this.at = null;
    this.isConnected = true;
    this.tab = "messages";
    this.messages = h("div", { class: "messages", role: "log", "aria-live": "polite", "aria-label": "Messages", tabindex: "0" });
    this.homePanel = h("div", { class: "home", role: "tabpanel", id: "panel-home", "aria-labelledby": "tab-home", tabindex: "0" });
    this.logPanel = h("div", { class: "log", role: "region", "aria-label": "App traffic", tabindex: "0" });
    this.composer = new Composer(this.store);
    this.talk = h("div", { class: "talk", id: "panel-messages" }, this.messages, this.composer.node);
    this.sidebar = new Sidebar(this.store, { chosen: (id) => this.go(id), log: () => this.go("log") });
    this.topbar = new Topbar(this.store, { drawer: () => this.drawer(true), tab: (name) => this.go(this.at, name), be: (person) => this.be(person) });
    this.conversation = new Conversation(this.store, this.messages);
    this.home = new Home(this.store, this.homePanel);
    this.log = new Log(this.logPanel);
    this.modals = new Modals(this.store, { home: () => this.composer.focus() });
    this.banner = h("div", { class: "banner", role: "status", hidden: true });
    this.refresh = oneAtATime(() => this.everything());
    this.build();
  }

  build() {
    const scrim = h("div", { class: "scrim" });
    scrim.addEventListener("click", () => this.drawer(false));
    this.main = h("main", { class: "main" }, this.topbar.node, this.banner, this.talk, this.homePanel, this.logPanel);
    fill(document.getElementById("page"), this.sidebar.node, scrim, this.main);
    this.sidebar.node.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && document.body.classList.contains("drawer-open")) this.drawer(false);
    });
    this.store.addEventListener("workspaces", () => this.showPeople());
    this.store.addEventListener("conversations", () => this.showConversations());
    addEventListener("hashchange", () => this.follow());
    window.matchMedia("(max-width: 720px)").addEventListener("change", () => this.drawer(false));
    this.drawer(false);
  }

  start() {
    listen({
      told: (change) => this.told(change),
      connected: () => {
        this.connected(true);
        this.refresh();
      },
      lost: () => this.connected(false),
    });
    setInterval(() => this.store.askClock(), 5000);
  }

  connected(isConnected) {
    this.isConnected = isConnected;
    this.sidebar.connected(isConnected);
    this.showTrouble();
  }

  showTrouble() {
    const { app } = this.store;
    const lonely = app && !app.is_connected ? `${app.name} is not connected: until it is, commands and buttons fail.` : "";
    const words = this.isConnected ? lonely : "The simulator does not answer. Reconnecting…";
    this.banner.hidden = words === "";
    if (this.banner.textContent !== words) this.banner.textContent = words;
  }

  async everything() {
    if (!(await this.store.loadWorkspaces())) {
      setTimeout(() => this.refresh(), RETRY);
      return;
    }
    if (!this.store.person) {
      const found = this.named(this.place.get("as") ?? sessionStorage.getItem("as")) ?? this.store.residents[0];
      if (found) this.become(found.person);
    }
    if (!this.store.person) return;
    await this.store.loadConversations();
    if (this.at === null || (this.at !== "log" && !this.store.conversation(this.at))) this.startSomewhere();
    await Promise.all([this.modals.load(), this.reload()]);
  }

  startSomewhere() {
    const { conversations } = this.store;
    const found = this.called(this.place.get("in")) ?? conversations.find((one) => one.kind === "channel" && one.is_member) ?? conversations[0];
    this.go(found?.id ?? "log");
  }

  reload() {
    if (this.at === "log") return this.log.load();
    return this.tab === "home" ? this.home.load() : this.conversation.load();
  }

  become(person) {
    this.store.be(person);
    sessionStorage.setItem("as", person.id);
    clearToasts();
    this.modals.forget();
    this.home.forget();
    // What the one before sees is gone at once; nobody clicks on it while the rest is asked for.
    this.conversation.show(null);
    this.sidebar.show(null, false);
    this.showPeople();
  }

  /** Look and act as somebody else, in the same place if they may see it. */
  async be(person) {
    const kind = this.store.conversation(this.at)?.kind;
    const { at, tab } = this;
    this.become(person);
    await this.store.loadConversations();
    const same = this.store.conversation(at) ?? this.store.conversations.find((one) => kind === "app" && one.kind === "app");
    if (at === "log") this.go("log");
    else if (same) this.go(same.id, tab);
    else {
      this.at = null;
      this.startSomewhere();
    }
    this.modals.load();
  }

  /** Go to a conversation, a tab of the app's, or the log. */
  go(id, tab = null) {
    const conversation = this.store.conversation(id);
    const moved = id !== this.conversation.channel || this.conversation.acting !== this.store.acting;
    this.at = id;
    this.tab = conversation?.kind === "app" ? tab ?? this.tab : "messages";
    this.drawer(false);
    this.remember();
    this.show();
    if (id === "log") return this.log.load();
    if (moved) {
      this.conversation.show(conversation);
      this.composer.show(conversation);
    }
    return this.tab === "home" ? this.home.open() : this.conversation.load();
  }

  remember() {
    const place = new URLSearchParams({ as: this.store.person.id, in: this.at });
    history.replaceState(null, "", `#${place}`);
  }

  /** The address says who looks and where: ids, or a handle and a conversation's name. */
  get place() {
    return new URLSearchParams(location.hash.slice(1));
  }

  named(wanted) {
    return this.store.residents.find(({ person }) => [person.id, person.handle].includes(wanted));
  }

  called(wanted) {
    return this.store.conversations.find((one) => [one.id, one.name].includes(wanted));
  }

  async follow() {
    const found = this.named(this.place.get("as"));
    const wanted = this.place.get("in");
    if (found && found.person.id !== this.store.person?.id) await this.be(found.person);
    const there = this.called(wanted);
    if (there && there.id !== this.at) this.go(there.id);
  }

  show() {
    const conversation = this.store.conversation(this.at);
    this.sidebar.show(this.at, this.tab === "messages");
    this.topbar.show(conversation, this.tab, { title: "App traffic", note: "Calls of the app and deliveries to it, newest first" });
    this.talk.hidden = this.at === "log" || this.tab === "home";
    this.homePanel.hidden = this.at === "log" || this.tab !== "home";
    this.logPanel.hidden = this.at !== "log";
    const isTab = conversation?.kind === "app";
    for (const [name, value] of [["role", "tabpanel"], ["aria-labelledby", "tab-messages"]]) {
      if (isTab) this.talk.setAttribute(name, value);
      else this.talk.removeAttribute(name);
    }
  }

  showPeople() {
    this.topbar.showPerson();
    this.sidebar.showApp();
    this.showTrouble();
  }

  showConversations() {
    if (this.at !== null && (this.at === "log" || this.store.conversation(this.at))) this.show();
  }

  /** On a phone the side is a drawer over the rest. */
  drawer(isOpen) {
    const isPhone = window.matchMedia("(max-width: 720px)").matches;
    const wasOpen = document.body.classList.contains("drawer-open");
    document.body.classList.toggle("drawer-open", isOpen && isPhone);
    this.sidebar.node.inert = isPhone && !isOpen;
    this.main.inert = isPhone && isOpen;
    this.topbar.opener.setAttribute("aria-expanded", String(isOpen && isPhone));
    const { node } = this.sidebar;
    if (isPhone && isOpen) (node.querySelector("[aria-current]") ?? node.querySelector("button"))?.focus();
    else if (isPhone && wasOpen) this.topbar.opener.focus();
  }

  told(change) {
    if (change.kind === "reload") return this.refresh();
    const { person } = this.store;
    if (!person || (change.person && change.person !== person.id)) return undefined;
    const [noun] = change.kind.split(".");
    return this[`told_${noun}`]?.(change);
  }

  told_message(change) {
    if (change.channel === this.at && this.tab === "messages") {
      this.conversation.load();
      if (change.thread_ts) this.conversation.loadThread(change.thread_ts);
    }
    this.store.loadConversations();
  }

  told_ephemeral(change) {
    this.told_message(change);
  }

  told_state(change) {
    if (change.view) this.told_view(change);
    else if (change.channel === this.at) this.conversation.load();
  }

  told_view(change) {
    if (change.view && change.view === this.home.view?.id) this.home.load();
    else this.modals.load();
  }

  told_home() {
    if (this.tab === "home") this.home.load();
  }

  told_channel() {
    this.store.loadConversations();
  }

  told_person() {
    this.store.loadWorkspaces();
  }

  told_app() {
    this.store.loadWorkspaces();
  }

  told_log() {
    if (this.at === "log") this.log.load();
  }
}


new Page().start();
