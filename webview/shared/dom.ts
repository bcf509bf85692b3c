/** Builds elements from text only: nothing that came from a dataset or a model is ever read as HTML. */

import { Announcements } from './announcements.ts';

export type Child = Node | string | undefined;

export interface Attributes {
  readonly class?: string;
  readonly id?: string;
  readonly title?: string;
  readonly role?: string;
  readonly [attribute: `aria-${string}`]: string | undefined;
  readonly tabindex?: string;
  readonly scope?: string;
  readonly colspan?: string;
}

export function el<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries<string | undefined>({ ...attributes })) if (value !== undefined) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** Changes text only when it differs, so that a screen reader and a selection are left alone. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function show(element: HTMLElement, isShown: boolean): void {
  element.hidden = !isShown;
}

/** A table with a caption for screen readers. Cells are text or nodes. */
export function table(caption: string, headings: readonly string[]): { readonly element: HTMLTableElement; fill(rows: readonly HTMLTableRowElement[]): void } {
  const body = el('tbody');
  const element = el(
    'table',
    {},
    el('caption', { class: 'quiet-caption' }, caption),
    el('thead', {}, el('tr', {}, ...headings.map((heading) => el('th', { scope: 'col' }, heading)))),
    body,
  );
  return { element, fill: (rows) => body.replaceChildren(...rows) };
}

/** @param every milliseconds between two announcements */
export function announcer(every: number): { readonly element: HTMLElement; readonly announcements: Announcements } {
  const element = el('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
  return { element, announcements: new Announcements((text) => setText(element, text), every, (milliseconds, run) => void window.setTimeout(run, milliseconds)) };
}
