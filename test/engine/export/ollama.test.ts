/** The Modelfile: a chat template in Ollama's language, system message and stops. */

import { describe, expect, it } from 'vitest';
import { ollamaModelfile, ollamaTemplate } from '../../../src/engine/export/ollama.ts';
import { ChatTemplate } from '../../../src/engine/text/chatTemplate.ts';
import type { ChatMessage } from '../../../src/engine/text/chat.ts';

const CHATML = "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";
const WITH_DEFAULT = `{% if messages[0].role != 'system' %}{{ '<|im_start|>system\nBe kind.<|im_end|>\n' }}{% endif %}${CHATML}`;
const LLAMA3 = "{{ bos_token }}{% for m in messages %}{{ '<|start_header_id|>' + m.role + '<|end_header_id|>\n\n' + m.content | trim + '<|eot_id|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}";
const GEMMA = "{{ bos_token }}{% if messages[0].role == 'system' %}{% set first = messages[0].content + '\n\n' %}{% set loop_messages = messages[1:] %}{% else %}{% set first = '' %}{% set loop_messages = messages %}{% endif %}{% for m in loop_messages %}{{ '<start_of_turn>' + ('model' if m.role == 'assistant' else m.role) + '\n' + (first if loop.first else '') + m.content + '<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}";

function derived(source: string, specials: Record<string, string> = {}): string | undefined {
  const template = new ChatTemplate(source, specials);
  return ollamaTemplate((messages, forAnswer) => template.render(messages, forAnswer), specials['bos_token']);
}

/** What Go's text/template makes of the few actions that are used. */
function runGo(source: string, messages: readonly ChatMessage[]): string {
  if (source.startsWith('{{ $system := .System }}')) return runFolded(source, messages);
  const [, ifNoSystem = '', body, prompt] = /^(?:\{\{ if not \.System \}\}([^]*?)\{\{ end \}\})?\{\{ range \.Messages \}\}([^]*)\{\{ end \}\}\{\{ end \}\}([^]*)$/.exec(source)!;
  const cases = [...body.matchAll(/\{\{ (?:else )?if eq \.Role "(\w+)" \}\}([^]*?)(?=\{\{ else|$)/g)].map(([, role, text]) => [role, text]);
  const written = messages.map(({ role, content }) => cases.find(([one]) => one === role)![1].replace('{{ .Content }}', content));
  return (messages.some(({ role }) => role === 'system') ? '' : ifNoSystem) + written.join('') + prompt;
}

function runFolded(source: string, messages: readonly ChatMessage[]): string {
  const [, before, fold, after, assistantBefore, assistantAfter, prompt] =
    /^\{\{ \$system := \.System \}\}\{\{ range \.Messages \}\}\{\{ if eq \.Role "user" \}\}([^]*?)\{\{ if \$system \}\}\{\{ \$system \}\}([^]*?)\{\{ \$system = "" \}\}\{\{ end \}\}\{\{ \.Content \}\}([^]*?)\{\{ else if eq \.Role "assistant" \}\}([^]*?)\{\{ \.Content \}\}([^]*?)\{\{ end \}\}\{\{ end \}\}([^]*)$/.exec(source)!;
  let system = messages.filter(({ role }) => role === 'system').map(({ content }) => content).join('\n\n');
  const written = messages.map(({ role, content }) => {
    if (role === 'assistant') return assistantBefore + content + assistantAfter;
    if (role === 'system') return '';
    const text = `${before}${system === '' ? '' : system + fold}${content}${after}`;
    system = '';
    return text;
  });
  return written.join('') + prompt;
}

describe('the chat template in Go', () => {
  const system: ChatMessage = { role: 'system', content: 'Route it.' };
  const user: ChatMessage = { role: 'user', content: 'My parcel?' };
  const turns: ChatMessage[][] = [[user], [system, user], [user, { role: 'assistant', content: 'shipping' }, user], [system, user, { role: 'assistant', content: 'shipping' }, user]];

  it.each([['ChatML', CHATML, ''], ['a system message of its own', WITH_DEFAULT, ''], ['Llama 3', LLAMA3, '<|begin_of_text|>'], ['Gemma', GEMMA, '<bos>']])('prints what the model was trained with: %s', (_, source, bos) => {
    const specials: Record<string, string> = bos === '' ? {} : { bos_token: bos };
    const go = derived(source, specials)!;
    for (const messages of turns) expect(bos + runGo(go, messages)).toBe(new ChatTemplate(source, specials).render(messages, true));
  });

  it('is left to Ollama when the template does more than frame each message', () => {
    expect(derived(`${CHATML}{{ messages[0].content | upper }}`)).toBeUndefined();
    expect(derived("{% for m in messages %}{{ loop.index ~ m.role ~ m.content }}{% endfor %}")).toBeUndefined();
    expect(derived("{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}x")).toBeUndefined();
  });
});

describe('the Modelfile', () => {
  it('leaves out a system message that would end its own quotes', () => {
    const text = ollamaModelfile({ ggufFile: 'm.gguf', systemPrompt: 'Say """ twice', stops: [], template: undefined });
    expect(text).not.toContain('SYSTEM');
    expect(text).toContain('three quotes in a row');
  });

  it('quotes stops', () => {
    expect(ollamaModelfile({ ggufFile: 'm.gguf', systemPrompt: '', stops: ['<|im_end|>', 'a"b'], template: undefined })).toContain('PARAMETER stop "<|im_end|>"\nPARAMETER stop "a\\"b"\n');
  });
});
