/** Renders conversations with a model's own chat template and finds where in the text the answers stand. */

import { Template } from '@huggingface/jinja';

import { UserError } from '../errors.ts';
import type { ChatMessage } from './chat.ts';

/** A stretch of the rendered text, end exclusive, in UTF-16 code units. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

export interface RenderedChat {
  readonly text: string;
  /** one for each assistant turn that is trained on, in order, disjoint; with whatever the template puts after the turn */
  readonly answers: readonly TextSpan[];
}

// Private-use characters: absent from real text, and `renderForTraining` checks.
const OPEN = '\uE0F0';
const CLOSE = '\uE0F1';
const PROBE = '\uE0F2';

/** What `strftime_now` is called in here, because the library defines it as the clock. */
const FIXED_CLOCK = 'tunesmith_fixed_date';

/**
 * Friday, 26 July 2024, which Llama's templates name themselves when there is no clock. With the day's date in it, a
 * prompt would be another one than the model was trained on, and the rows of a resumed job others than before.
 */
const FIXED_DATE: Readonly<Record<string, string>> = {
  a: 'Fri', A: 'Friday', d: '26', b: 'Jul', B: 'July', m: '07', y: '24', Y: '2024', H: '00', M: '00', S: '00', '%': '%',
};

/** A compiled Jinja template with the special tokens that it may print. */
export class ChatTemplate {
  private readonly template: Template;
  /** the same template with its `{% generation %}` blocks printed as marks; undefined when it has none */
  private readonly marked: Template | undefined;
  private readonly specials: Readonly<Record<string, string>>;

  /**
   * @param source the template as the model's author wrote it
   * @param specials `bos_token`, `eos_token` and so on, by name
   * @throws UserError "model.chat-template.invalid"
   */
  constructor(source: string, specials: Readonly<Record<string, string>>) {
    this.specials = specials;
    try {
      const timeless = source.replaceAll(/\bstrftime_now\b/g, FIXED_CLOCK);
      this.template = new Template(timeless);
      const marked = markGeneration(timeless);
      this.marked = marked === undefined ? undefined : new Template(marked);
    } catch (cause) {
      throw new UserError(
        'model.chat-template.invalid',
        `The model's chat template cannot be read: ${reasonOf(cause)}.`,
        'Repair chat_template.jinja in the model folder, or choose another model.',
        { cause },
      );
    }
  }

  /** @throws UserError "chat.template.refused" when the template does not accept these messages */
  render(messages: readonly ChatMessage[], addGenerationPrompt: boolean): string {
    return this.run(this.template, messages, addGenerationPrompt);
  }

  /**
   * Renders a whole conversation and finds the turns to train on: every assistant turn whose weight is not 0.
   * Three ways are tried, the first that is sound for this template wins: its own `{% generation %}` marks; rendering
   * the conversation turn by turn, as long as each rendering continues the one before; and, for templates that
   * rewrite earlier turns, seeing which stretch of the text changes with the turn's content.
   *
   * @throws UserError "chat.template.refused", "chat.template.answer-lost" when a turn does not appear in the text
   */
  renderForTraining(messages: readonly ChatMessage[]): RenderedChat {
    const text = this.render(messages, false);
    const wanted = messages.flatMap(({ role, weight }, turn) => (role === 'assistant' && weight !== 0 ? [turn] : []));
    if (wanted.length === 0) return { text, answers: [] };
    const marked = this.marksOf(messages, text);
    const answers = wanted.map((turn) => marked?.get(turn) ?? this.continuedSpan(messages, turn, text) ?? this.changingSpan(messages, turn, text));
    for (let i = 1; i < answers.length; i++) {
      if (answers[i].start < answers[i - 1].end) throw lost(wanted[i]);
    }
    return { text, answers };
  }

  /** The template's own marks, by turn; undefined when they cannot be trusted for this conversation. */
  private marksOf(messages: readonly ChatMessage[], text: string): Map<number, TextSpan> | undefined {
    if (this.marked === undefined || text.includes(OPEN) || text.includes(CLOSE)) return undefined;
    const rendered = this.run(this.marked, messages, false);
    const pieces = rendered.split(/[\uE0F0\uE0F1]/);
    const turns = messages.flatMap(({ role }, turn) => (role === 'assistant' ? [turn] : []));
    if (pieces.join('') !== text || pieces.length !== 2 * turns.length + 1) return undefined;
    const spans = new Map<number, TextSpan>();
    let at = 0;
    pieces.forEach((piece, i) => {
      if (i % 2 === 1) spans.set(turns[(i - 1) / 2], { start: at, end: at + piece.length });
      at += piece.length;
    });
    return spans;
  }

  /** From the end of the prompt that generation would see to the end of the turn, when both are prefixes of the text. */
  private continuedSpan(messages: readonly ChatMessage[], turn: number, text: string): TextSpan | undefined {
    let before: string;
    let after: string;
    try {
      before = this.render(messages.slice(0, turn), true);
      after = turn + 1 === messages.length ? text : this.render(messages.slice(0, turn + 1), false);
    } catch {
      return undefined;
    }
    return text.startsWith(after) && after.startsWith(before) && before.length < after.length ? { start: before.length, end: after.length } : undefined;
  }

  /** What changes in the text when the turn's content does, up to the start of what the next turn changes. */
  private changingSpan(messages: readonly ChatMessage[], turn: number, text: string): TextSpan {
    const changed = this.render(replaceContent(messages, turn, PROBE), false);
    const at = changed.indexOf(PROBE);
    const tail = changed.length - at - PROBE.length;
    const sound = at >= 0 && changed.indexOf(PROBE, at + 1) < 0 && text.startsWith(changed.slice(0, at)) && text.endsWith(changed.slice(at + PROBE.length));
    const end = text.length - tail;
    if (!sound || end <= at) throw lost(turn);
    return { start: at, end: this.endOfTurn(messages, turn, text, end) };
  }

  /** Adds what the template prints after the last content of a conversation that ends here, as far as the text agrees. */
  private endOfTurn(messages: readonly ChatMessage[], turn: number, text: string, end: number): number {
    const alone = this.render(replaceContent(messages.slice(0, turn + 1), turn, PROBE), false);
    const suffix = alone.slice(alone.lastIndexOf(PROBE) + PROBE.length);
    let agreed = 0;
    while (agreed < suffix.length && text[end + agreed] === suffix[agreed]) agreed++;
    return end + agreed;
  }

  private run(template: Template, messages: readonly ChatMessage[], addGenerationPrompt: boolean): string {
    try {
      return template.render({
        ...this.specials,
        messages: messages.map(({ role, content }) => ({ role, content })),
        add_generation_prompt: addGenerationPrompt,
        [FIXED_CLOCK]: (format: string) => format.replaceAll(/%(.)/g, (code, letter: string) => FIXED_DATE[letter] ?? code),
      });
    } catch (cause) {
      throw new UserError(
        'chat.template.refused',
        `The model's chat template does not accept this conversation: ${reasonOf(cause)}.`,
        'Change the roles or their order to what the model supports, often an optional system turn and then user and assistant in turn.',
        { cause },
      );
    }
  }
}

/**
 * Prints a mark where a `{% generation %}` block opens and closes. The library drops these tags together with the
 * white space that Jinja's lstrip_blocks and trim_blocks take off around them; this does the same, and the caller
 * compares the two texts.
 *
 * @see https://huggingface.co/docs/transformers/chat_templating (return_assistant_tokens_mask)
 */
function markGeneration(source: string): string | undefined {
  const tag = /(\s*)\{%(-?)\s*(end)?generation\s*(-?)%\}(\s*)(?=(\{[%#])?)/g;
  let found = false;
  const marked = source.replace(tag, (_, before: string, left: string, end: string | undefined, right: string, after: string, next: string | undefined) => {
    found = true;
    const kept = left ? '' : before.replace(/\n[ \t]*$/, '\n');
    const indented = next === undefined ? after : after.replace(/\n[ \t]*$/, '\n');
    return `${kept}{{ "${end === undefined ? OPEN : CLOSE}" }}${right ? '' : indented.replace(/^\n/, '')}`;
  });
  return found ? marked : undefined;
}

function replaceContent(messages: readonly ChatMessage[], turn: number, content: string): ChatMessage[] {
  return messages.map((message, i) => (i === turn ? { ...message, content } : message));
}

/** Templates end their own messages as they like; ours adds the full stop. */
function reasonOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).replace(/[.!\s]+$/, '');
}

function lost(turn: number): UserError {
  return new UserError(
    'chat.template.answer-lost',
    `The model's chat template does not show turn ${turn + 1} (assistant) in the text as it was written, so it cannot be trained on.`,
    'Give the turn some content, set its weight to 0, or split the conversation so that it ends with this turn.',
  );
}
