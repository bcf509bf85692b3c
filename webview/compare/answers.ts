/** Two columns that fill with the models' answers as they are written. */

import type { AnswerEnd, Side } from '../../src/protocol/comparePage.ts';
import { el, setText, show } from '../shared/dom.ts';
import { progressRing } from '../shared/ui.ts';

export interface AnswersView {
  readonly element: HTMLElement;
  /** Clears both columns for a new question. */
  begin(names: Record<Side, string>): void;
  append(side: Side, text: string): void;
  end(side: Side, end: AnswerEnd): void;
  readonly isBusy: boolean;
  readonly texts: Record<Side, string>;
  /** Shows answers of before the page was hidden. */
  restore(names: Record<Side, string>, texts: Record<Side, string>): void;
}

export function answersView(): AnswersView {
  const columns: Record<Side, ReturnType<typeof column>> = { left: column(), right: column() };
  const element = el('div', { class: 'answers' }, columns.left.element, columns.right.element);
  show(element, false);
  const sides: readonly Side[] = ['left', 'right'];
  return {
    element,
    begin: (names) => {
      show(element, true);
      for (const side of sides) columns[side].begin(names[side]);
    },
    append: (side, text) => columns[side].append(text),
    end: (side, end) => columns[side].end(end),
    get isBusy() {
      return sides.some((side) => columns[side].isBusy);
    },
    get texts() {
      return { left: columns.left.text, right: columns.right.text };
    },
    restore: (names, texts) => {
      show(element, true);
      for (const side of sides) {
        columns[side].begin(names[side]);
        columns[side].append(texts[side]);
        columns[side].end({ note: '', failed: false });
      }
    },
  };
}

function column() {
  const title = el('h3');
  const ring = progressRing();
  const answer = el('pre');
  const note = el('p', { class: 'note quiet' });
  const element = el('section', { class: 'panel answer' }, el('div', { class: 'row' }, title, ring), answer, note);
  let isBusy = false;
  let text = '';
  return {
    element,
    get isBusy() {
      return isBusy;
    },
    get text() {
      return text;
    },
    begin: (name: string) => {
      isBusy = true;
      text = '';
      setText(title, name);
      element.setAttribute('aria-label', `Answer of ${name}`);
      element.setAttribute('aria-busy', 'true');
      setText(answer, '');
      setText(note, 'Waiting for the model');
      note.className = 'note quiet';
      show(ring, true);
    },
    append: (piece: string) => {
      text += piece;
      // A text node of its own for each piece: rewriting the whole would make long answers slow.
      answer.append(piece);
      setText(note, '');
    },
    end: ({ note: words, failed }: AnswerEnd) => {
      isBusy = false;
      element.setAttribute('aria-busy', 'false');
      show(ring, false);
      if (text.trim() === '' && !failed) setText(answer, '(no answer)');
      setText(note, words);
      note.className = failed ? 'note failed' : 'note quiet';
    },
  };
}
