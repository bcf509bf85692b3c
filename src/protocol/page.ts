/** What every page and its host agree on: data that survives JSON, and how a page wakes up. */

/** A page asks for everything when its script has loaded, and again each time VS Code brings it back from hiding. */
export interface PageHost<State> {
  ready(): State | Promise<State>;
}

/** What `setState` keeps, so that a window that opens again finds the page. */
export interface SavedPage {
  readonly subject: string;
}
