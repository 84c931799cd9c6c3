// The app's home tab, as it last published it.

import { fill, h, oneAtATime } from "./elements.js";
import { Surface } from "./surface.js";

export class Home {
  constructor(store, container) {
    this.store = store;
    this.container = container;
    this.view = null;
    this.load = oneAtATime(() => this.ask());
  }

  /** The tab was opened: the app is told, and publishes. */
  async open() {
    if (this.store.person.is_stranger) return this.nothing("People of another company have no home tab of this app.");
    const answer = await this.store.acting.act("home");
    if (answer.ok) return this.load();
    return this.nothing(answer.message);
  }

  forget() {
    this.view = null;
    fill(this.container);
  }

  nothing(words) {
    this.view = null;
    fill(this.container, h("div", { class: "nothing" }, h("p", {}, words)));
  }

  async ask() {
    const { acting, person } = this.store;
    if (person.is_stranger) return;
    const answer = await acting.home();
    if (!answer.ok || acting !== this.store.acting) return;
    if (answer.view === null) this.nothing("The app has published nothing here yet.");
    else this.show(answer.view);
  }

  show(view) {
    if (this.view?.id !== view.id) {
      const inside = h("div", { class: "home-view" });
      fill(this.container, inside);
      this.surface = new Surface(inside, { names: this.store.names, acting: this.store.acting, heading: "h2", refresh: this.load, where: { view: view.id } });
    }
    this.view = view;
    this.surface.update(view.blocks, view.state, view.errors);
  }
}
