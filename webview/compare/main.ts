/** The compare page: the same prompt to two models side by side, and the held-out results. */

import type { AnswerEnd, ComparePage, ComparePageHost, ComparePageState, Side } from '../../src/protocol/comparePage.ts';
import type { SavedPage } from '../../src/protocol/page.ts';
import { connect, startPage } from '../shared/client.ts';
import { announcer, el, setText, show } from '../shared/dom.ts';
import '../shared/theme.css';
import { button, checkbox, dropdown, textArea } from '../shared/ui.ts';
import { answersView } from './answers.ts';
import './compare.css';
import { resultsView, showVerdict } from './results.ts';

/** The form and the last answers, which VS Code keeps while the page is hidden. */
interface SavedCompare extends SavedPage {
  readonly left: string;
  readonly right: string;
  readonly system: string;
  readonly prompt: string;
  readonly answers: Record<Side, string> | undefined;
}

/** With variety each answer is drawn anew; without, the likeliest word is taken each time. */
const VARIED_TEMPERATURE = 0.8;
const LENGTHS = [64, 256, 1024];
const KEPT_CHARACTERS = 20_000;
const ANNOUNCE_MS = 2000;

await startPage(run);

async function run(page: HTMLElement): Promise<void> {
  let state: ComparePageState;
  // Not from 0: what is still under way from before the page was hidden must not pass for an answer to a new question.
  let turn = Date.now();
  let chosen: Record<Side, string> = { left: '', right: '' };
  let length = 256;

  const { host, saved, save } = connect<ComparePageHost, ComparePage, SavedCompare>({
    piece: (of, side, text) => {
      if (of === turn) answers.append(side, text);
    },
    end: (of, side, end) => {
      if (of === turn) finish(side, end);
    },
    refresh: (next) => update(next),
    show: (part) => goTo(part),
  });

  const spoken = announcer(ANNOUNCE_MS);
  const heading = el('h1');
  const verdict = el('p');
  const blockedText = el('span');
  const manageTrust = button('Manage Trust', () => void host.manageTrust.asEvent());
  const blocked = el('div', { class: 'notice row' }, blockedText, manageTrust.element);
  const picker = (side: Side, label: string): ReturnType<typeof dropdown> =>
    dropdown(label, (value) => {
      chosen = { ...chosen, [side]: value };
      keep();
    });
  const pickers: Record<Side, ReturnType<typeof dropdown>> = { left: picker('left', 'Left model'), right: picker('right', 'Right model') };
  const system = textArea('System message, sent to both', { rows: 2, placeholder: 'None', onInput: keep });
  const systemHelp = el('p', { class: 'quiet' });
  const prompt = textArea('Prompt', { rows: 4, placeholder: 'Ask both models the same', onInput: () => (refreshAsk(), keep()) });
  const varied = checkbox('Vary answers', 'Off: the same prompt always gives the same answer. On: words are drawn by chance (temperature 0.8).');
  const longest = dropdown('Longest answer', (value) => void (length = Number(value)));
  const ask = button('Ask Both', askBoth, { primary: true, help: 'Ctrl+Enter or ⌘+Enter' });
  const stop = button('Stop', () => void host.stop.asEvent());
  const tries = el('div', { class: 'tries', role: 'group', 'aria-label': 'Prompts from the held-out rows' });
  const answers = answersView();
  const results = resultsView();

  prompt.element.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    askBoth();
  });

  page.append(
    spoken.element,
    heading,
    verdict,
    blocked,
    el(
      'form',
      {},
      el('div', { class: 'row pickers' }, pickers.left.element, pickers.right.element),
      system.element,
      systemHelp,
      prompt.element,
      tries,
      el('div', { class: 'row controls' }, ask.element, stop.element, varied.element, longest.element),
    ),
    answers.element,
    results.element,
  );
  page.querySelector('form')?.addEventListener('submit', (event) => event.preventDefault());
  longest.set(LENGTHS.map((tokens) => ({ value: String(tokens), label: `${tokens} tokens` })), String(length));
  show(page, false);

  state = await host.ready();
  chosen = { left: saved?.left ?? state.left, right: saved?.right ?? state.right };
  system.value = saved?.system ?? state.system;
  prompt.value = saved?.prompt ?? state.suggestions[0] ?? '';
  update(state);
  if (saved?.answers) answers.restore({ left: labelOf('left'), right: labelOf('right') }, saved.answers);
  keep();
  show(page, true);
  page.setAttribute('aria-busy', 'false');
  goTo(state.part);

  function update(next: ComparePageState): void {
    state = next;
    const known = (ref: string): boolean => state.models.some((model) => model.ref === ref);
    chosen = { left: known(chosen.left) ? chosen.left : state.left, right: known(chosen.right) ? chosen.right : state.right };
    const options = state.models.map(({ ref, label }) => ({ value: ref, label }));
    pickers.left.set(options, chosen.left);
    pickers.right.set(options, chosen.right);
    setText(systemHelp, state.systemHelp);
    show(blocked, state.blocked !== undefined);
    setText(blockedText, state.blocked ?? '');
    show(manageTrust.element, state.isRestricted);
    tries.replaceChildren(el('span', { class: 'quiet' }, 'Or try a held-out row:'), ...state.suggestions.map(tryButton));
    show(tries, state.suggestions.length > 0);
    results.update(state.results);
    setText(heading, state.results ? `Compare ${state.results.jobName} with its base` : 'Compare models');
    show(verdict, state.results !== undefined);
    if (state.results) showVerdict(verdict, state.results);
    refreshAsk();
  }

  /** Native buttons: each holds a whole row's text, which the toolkit's would not wrap. */
  function tryButton(text: string): HTMLElement {
    const element = el('button', { title: text }, text);
    element.type = 'button';
    element.addEventListener('click', () => {
      prompt.value = text;
      refreshAsk();
      keep();
      prompt.focus();
    });
    return element;
  }

  function askBoth(): void {
    if (state.blocked !== undefined || prompt.value.trim() === '' || answers.isBusy) return;
    turn += 1;
    answers.begin({ left: labelOf('left'), right: labelOf('right') });
    refreshAsk();
    spoken.announcements.say('Asking both models');
    void host.ask.asEvent({
      turn,
      ...chosen,
      system: system.value,
      prompt: prompt.value,
      temperature: varied.checked ? VARIED_TEMPERATURE : 0,
      maxNewTokens: length,
    });
  }

  function finish(side: Side, end: AnswerEnd): void {
    answers.end(side, end);
    spoken.announcements.add(`${labelOf(side)} answered: ${answers.texts[side]}`);
    refreshAsk();
    keep();
  }

  function refreshAsk(): void {
    const isBusy = answers.isBusy;
    show(stop.element, isBusy);
    ask.enable(!isBusy && state?.blocked === undefined && prompt.value.trim() !== '');
  }

  function labelOf(side: Side): string {
    return state.models.find(({ ref }) => ref === chosen[side])?.label ?? 'No model';
  }

  function goTo(part: ComparePageState['part']): void {
    if (part === 'results') {
      results.heading.scrollIntoView();
      results.heading.focus();
    } else if (document.hasFocus()) prompt.focus();
    else window.addEventListener('focus', () => prompt.focus(), { once: true });
  }

  function keep(): void {
    const texts = answers.texts;
    const isKept = !answers.isBusy && texts.left.length + texts.right.length > 0 && texts.left.length + texts.right.length < KEPT_CHARACTERS;
    save({ subject: state.jobId, ...chosen, system: system.value, prompt: prompt.value, answers: isKept ? texts : undefined });
  }
}
