/** The top of the job page: name, state, progress, what can be done, what went wrong or came out. */

import type { JobHeader, JobPageHost } from '../../src/protocol/jobPage.ts';
import { el, setText, show } from '../shared/dom.ts';
import { formatCount } from '../shared/numbers.ts';
import { button, progressRing } from '../shared/ui.ts';

export interface HeaderView {
  readonly element: HTMLElement;
  update(header: JobHeader): void;
}

type Intents = { readonly [Name in Exclude<keyof JobPageHost, 'ready'>]: () => void };

export function headerView(intents: Intents): HeaderView {
  const name = el('h1');
  const ring = progressRing();
  const mark = el('span', { class: 'mark', 'aria-hidden': 'true' });
  const state = el('span', { class: 'state' });
  const bar = el('progress', { 'aria-label': 'Training progress' });
  bar.max = 1;
  const progressText = el('p', { class: 'quiet' });
  const fault = el('section', { class: 'notice bad', 'aria-label': 'What went wrong' });
  const result = el('section', { class: 'notice', 'aria-label': 'Result' });
  const facts = el('dl', { class: 'facts' });

  const compare = button('Compare', intents.compare, { primary: true, help: 'Ask base and tuned model the same' });
  const report = button('Open Report', intents.openReport, { help: 'The held-out rows, those first where the answers differ' });
  const stop = button('Stop', intents.stop, { help: 'Saves a checkpoint and stops; the job can be resumed' });
  const resume = button('Resume', intents.resume, { primary: true, help: 'Goes on from the last checkpoint' });
  const reveal = button('Show Files', intents.revealArtifact, { help: 'The folder of the tuned model' });
  const log = button('Open Log', intents.openLog);
  const recipe = button('Open Recipe', intents.openRecipe);
  const actions = [compare, resume, stop, report, reveal, log, recipe].map(({ element }) => element);

  const element = el(
    'header',
    {},
    name,
    el('p', { class: 'row' }, ring, mark, state),
    bar,
    progressText,
    fault,
    result,
    el('div', { class: 'row actions', role: 'group', 'aria-label': 'Actions' }, ...actions),
    facts,
  );

  return {
    element,
    update: (header) => {
      setText(name, header.name);
      setText(state, header.stateText);
      const isRunning = header.mark === 'running';
      show(ring, isRunning);
      show(mark, !isRunning);
      setText(mark, { running: '', good: '✓', bad: '✕', quiet: '■' }[header.mark]);
      mark.className = `mark ${header.mark}`;
      show(bar, isRunning);
      if (header.progress === undefined) bar.removeAttribute('value');
      else bar.value = header.progress;
      setText(progressText, header.progressText);
      show(progressText, header.progressText !== '');

      show(fault, header.fault !== undefined);
      if (header.fault) {
        const { message, remedy, code } = header.fault;
        fault.replaceChildren(el('strong', {}, message), el('p', {}, remedy), el('p', { class: 'quiet' }, code));
      }
      show(result, header.evaluation !== undefined);
      if (header.evaluation) {
        const { sentence, verdict, rows, heldOutRows, seconds } = header.evaluation;
        result.className = `notice ${verdict === 'better' ? 'good' : verdict === 'worse' ? 'bad' : ''}`;
        result.replaceChildren(
          el('strong', {}, sentence),
          el('p', { class: 'quiet' }, `${verdictWords[verdict]} Both models answered the same ${formatCount(rows)} rows${heldOutRows === undefined ? '' : ` of ${formatCount(heldOutRows)}`}, which were kept out of training, in ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s.`),
        );
      }

      show(compare.element, header.canCompare);
      show(report.element, header.evaluation !== undefined);
      show(stop.element, header.canStop);
      show(resume.element, header.canResume);
      show(reveal.element, header.artifact !== undefined);
      facts.replaceChildren(...header.facts.map(({ label, value, help }) => el('div', { title: help }, el('dt', {}, label), el('dd', {}, value))));
    },
  };
}

const verdictWords = {
  better: 'The whole interval lies above zero.',
  'not-distinguishable': 'The interval holds zero: on so few rows the difference may be chance.',
  worse: 'The whole interval lies below zero.',
} as const;
