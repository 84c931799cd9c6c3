// What the page knows: workspaces, people, the conversations of whoever looks, and the simulator's clock.

import { Acting, looking } from "./api.js";
import { oneAtATime } from "./elements.js";

export class Store extends EventTarget {
  constructor() {
    super();
    this.workspaces = [];
    this.people = new Map();
    this.channels = new Map();
    this.conversations = [];
    this.person = null;
    this.acting = null;
    this.ahead = 0;
    this.loadWorkspaces = oneAtATime(() => this.askWorkspaces());
    this.loadConversations = oneAtATime(() => this.askConversations());
    this.names = {
      me: null,
      person: (id) => this.people.get(id)?.name ?? null,
      channel: (id) => this.channels.get(id) ?? null,
      now: () => this.now,
    };
  }

  /** The simulator's time in seconds since 1970. */
  get now() {
    return Date.now() / 1000 + this.ahead;
  }

  set clock(seconds) {
    this.ahead = seconds - Date.now() / 1000;
  }

  /** The workspace of whoever looks. */
  get workspace() {
    return this.workspaces.find((one) => one.id === this.person?.team) ?? this.workspaces[0] ?? null;
  }

  get app() {
    return this.workspace?.app ?? null;
  }

  conversation(id) {
    return this.conversations.find((one) => one.id === id) ?? null;
  }

  tell(kind) {
    this.dispatchEvent(new Event(kind));
  }

  /** People somebody can be: no bots, nobody deactivated; each in the workspace where they live. */
  get residents() {
    const seen = new Set();
    return this.workspaces.flatMap((workspace) => workspace.people
      .filter((one) => !one.is_bot && !one.is_deleted && one.team === workspace.id && !seen.has(one.id) && seen.add(one.id))
      .map((person) => ({ person, workspace })));
  }

  async askWorkspaces() {
    const answer = await looking.workspaces();
    if (!answer.ok) return false;
    this.workspaces = answer.workspaces;
    this.clock = Date.parse(answer.now) / 1000;
    this.people = new Map(answer.workspaces.flatMap((one) => one.people.map((person) => [person.id, person])));
    for (const workspace of answer.workspaces) for (const one of workspace.channels) this.channels.set(one.id, one.name);
    if (this.person) this.person = this.people.get(this.person.id) ?? null;
    this.tell("workspaces");
    return true;
  }

  async askConversations() {
    const { acting } = this;
    let answer = await acting.conversations();
    if (answer.ok && this.app?.bot_user_id && !answer.conversations.some((one) => one.kind === "app")) {
      // The app is always at hand, before it wrote anything, too.
      await acting.act("conversation", { people: [this.app.bot_user_id] });
      answer = await acting.conversations();
    }
    if (!answer.ok || acting !== this.acting) return;
    this.conversations = answer.conversations;
    for (const one of answer.conversations) if (["channel", "private"].includes(one.kind)) this.channels.set(one.id, one.name);
    this.tell("conversations");
  }

  async askClock() {
    const answer = await looking.clock();
    if (answer.ok) this.clock = answer.epoch;
  }

  /** Look and act as somebody from now on. */
  be(person) {
    this.person = person;
    this.acting = new Acting(person.id);
    this.names.me = person.id;
    this.conversations = [];
    this.tell("person");
  }
}

/** What to know about somebody besides the name: "admin", "guest", "other company". */
export function notes(person) {
  return [
    person.is_admin && "admin", person.is_single_channel_guest ? "single-channel guest" : person.is_guest && "guest",
    person.is_stranger && "other company", person.is_bot && "app", person.is_deleted && "deactivated",
  ].filter(Boolean);
}
