/** The top of the dataset page: name, state of the check, facts, what can be done. */

import type { DatasetHeader } from '../../src/protocol/datasetPage.ts';
import { el, setText, show } from '../shared/dom.ts';
import { button, progressRing } from '../shared/ui.ts';

export interface HeaderView {
  readonly element: HTMLElement;
  update(header: DatasetHeader): void;
}

export interface HeaderIntents {
  readonly stop: () => void;
  readonly check: () => void;
  readonly openFile: () => void;
  readonly fineTune: () => void;
}

export function headerView(intents: HeaderIntents): HeaderView {
  const name = el('h1');
  const folder = el('p', { class: 'quiet folder' });
  const ring = progressRing();
  const state = el('span', { class: 'state' });
  const bar = el('progress', { 'aria-label': 'Check' });
  bar.max = 1;
  const facts = el('dl', { class: 'facts' });
  const fineTune = button('Fine-Tune', intents.fineTune, { primary: true, help: 'Train a model on this dataset' });
  const stop = button('Stop', intents.stop, { help: 'Ends the check; what was found so far stays' });
  const check = button('Check Again', intents.check, { help: 'Reads all rows' });
  const openFile = button('Open File', intents.openFile, { help: 'In the text editor' });
  const element = el('header', {},
    el('div', { class: 'row top' }, el('div', { class: 'titles' }, name, folder), el('div', { class: 'row', role: 'group', 'aria-label': 'Actions' }, fineTune.element, stop.element, check.element, openFile.element)),
    el('p', { class: 'row check' }, ring, state), bar, facts);
  return {
    element,
    update: (header) => {
      const { state: is, text, share } = header.check;
      setText(name, header.name);
      setText(folder, header.folder);
      setText(state, text);
      state.className = `state ${is}`;
      const isRunning = is === 'running';
      show(ring, isRunning);
      show(bar, isRunning);
      bar.value = share;
      show(stop.element, isRunning);
      show(check.element, is === 'stopped' || is === 'failed');
      show(fineTune.element, header.canTrain && is === 'done');
      facts.replaceChildren(...header.facts.map(({ label, value, help }) => el('div', { title: help }, el('dt', {}, label), el('dd', {}, value))));
    },
  };
}
