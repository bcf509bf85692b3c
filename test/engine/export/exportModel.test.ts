/** The starter model with an adapter, taken out in every form, and asked again by our engine and by llama.cpp. */

import { closeSync, openSync, writeSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EXPORT_FORMATS, type ExportProgress } from '../../../src/engine/export/exportFormats.ts';
import { exportModel, type ExportSource } from '../../../src/engine/export/exportModel.ts';
import { readGgufHeader } from '../../../src/engine/export/gguf/reader.ts';
import { greedyAnswers, VERIFICATION_TEXTS } from '../../../src/engine/export/verify.ts';
import { loadAdapter, saveAdapter } from '../../../src/engine/model/adapter.ts';
import { createLoraAdapter } from '../../../src/engine/model/lora.ts';
import { openPretrained, openPretrainedConfig } from '../../../src/engine/model/pretrained.ts';
import { loadSafetensorsHeader } from '../../../src/engine/model/safetensors.ts';
import { RandomGenerator } from '../../../src/engine/random.ts';
import { hasLlamaCpp, LlamaCpp } from './llamaCpp.ts';

const STARTER = fileURLToPath(new URL('../../../media/starter/', import.meta.url));
const SYSTEM = 'Name the team that handles this message.';

let scratch: string;
let source: ExportSource;
let target: string;
let count = 0;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'export-'));
  const adapter = join(scratch, 'adapter');
  await mkdir(adapter);
  await saveAdapter(adapter, await someAdapter(), 'starter');
  source = { base: STARTER, adapter, systemPrompt: SYSTEM, name: 'Ticket routing' };
});
afterAll(() => rm(scratch, { recursive: true }));
beforeEach(() => {
  target = join(scratch, `out-${++count}`, 'model');
});

/** Large enough that the answers are not those of the base model. */
async function someAdapter() {
  const adapter = createLoraAdapter(await openPretrainedConfig(STARTER), { rank: 4, alpha: 8, seed: 3 });
  const random = new RandomGenerator(4);
  for (const [name, { data }] of adapter.tensors) if (name.includes('lora_B')) for (let i = 0; i < data.length; i++) data[i] = 0.02 * random.normal();
  return adapter;
}

describe.each(EXPORT_FORMATS)('an export as %s', (format) => {
  it('answers as base and adapter do', async () => {
    const progress: ExportProgress[] = [];
    const report = await exportModel(source, format, target, { onProgress: (one) => progress.push(one) });
    expect(report.agreement).toMatchObject({ prompts: 10 });
    expect(report.agreement.agreeing / report.agreement.tokens).toBeGreaterThan(format === 'gguf-q8_0' ? 0.9 : 0.98);
    expect(report.files.map(({ name }) => name)).toEqual((await readdir(target)).toSorted());
    expect(await readdir(join(target, '..'))).toEqual(['model']);
    expect([...new Set(progress.map(({ phase }) => phase))]).toEqual(['reference', 'write', 'check']);
    expect(progress.filter(({ phase }) => phase === 'write').at(-1)).toEqual({ phase: 'write', share: 1 });
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const stop = new AbortController();
    const work = exportModel(source, format, target, {
      signal: stop.signal,
      onProgress: ({ phase, share }) => {
        if (phase === 'write' && share > 0.5) stop.abort();
      },
    });
    await expect(work).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(await readdir(join(target, '..'))).toEqual([]);
  });

  it('never overwrites', async () => {
    await mkdir(target, { recursive: true });
    await writeFile(join(target, 'notes.txt'), 'mine');
    await expect(exportModel(source, format, target)).rejects.toThrow(expect.objectContaining({ code: 'export.target.exists' }));
    expect(await readdir(target)).toEqual(['notes.txt']);
  });
});

describe('the merged folder', () => {
  it('keeps the types of the base and has all that belongs to the model', async () => {
    await exportModel(source, 'merged', target);
    const { entries } = await loadSafetensorsHeader(join(target, 'model.safetensors'));
    const base = await loadSafetensorsHeader(join(STARTER, 'model.safetensors'));
    expect(entries.map(({ name, dtype, shape }) => [name, dtype, shape])).toEqual(base.entries.map(({ name, dtype, shape }) => [name, dtype, shape]));
    expect(JSON.parse(await readFile(join(target, 'config.json'), 'utf8'))).toMatchObject({ tie_word_embeddings: true, torch_dtype: 'float16', dtype: 'float16' });
    for (const name of ['chat_template.jinja', 'tokenizer.json', 'generation_config.json']) {
      expect(await readFile(join(target, name), 'utf8')).toBe(await readFile(join(STARTER, name), 'utf8'));
    }
  });

  it('takes the place of an empty folder that a dialog made', async () => {
    await mkdir(target, { recursive: true });
    await exportModel(source, 'merged', target);
    expect((await openPretrained(target)).config).toEqual(await openPretrainedConfig(STARTER));
  });

  it('is thrown away when it does not answer as the model did', async () => {
    const base = join(scratch, 'base');
    await cp(STARTER, base, { recursive: true });
    const file = join(base, 'model.safetensors');
    const { size } = await stat(file);
    const work = exportModel({ ...source, base }, 'merged', target, {
      onProgress: ({ phase, share }) => {
        // The weights change on the disk between the question and the copy.
        if (phase === 'reference' && share === 1) writeZeros(file, size / 2, size / 4);
      },
    });
    await expect(work).rejects.toThrow(expect.objectContaining({ code: 'export.check.failed' }));
    expect(await readdir(join(target, '..'))).toEqual([]);
  });
});

function writeZeros(file: string, position: number, count: number): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, new Uint8Array(count), 0, count, position);
  closeSync(descriptor);
}

describe.skipIf(!hasLlamaCpp)('llama.cpp', () => {
  it.each([{ format: 'gguf-f16', file: 'ticket-routing-F16.gguf', share: 0.98 }, { format: 'gguf-q8_0', file: 'ticket-routing-Q8_0.gguf', share: 0.9 }] as const)(
    'reads the same tokens and gives the same answers: $format', async ({ format, file, share }) => {
      await exportModel(source, format, target);
      const { config, weights, tokenizer } = await openPretrained(STARTER);
      const adapter = await loadAdapter(source.adapter as string, config);
      const prompts = VERIFICATION_TEXTS.map((content) => tokenizer.tokenizePrompt([{ role: 'system', content: SYSTEM }, { role: 'user', content }]));
      const expected = await greedyAnswers({ config, weights, adapter, prompts, endIds: tokenizer.endIds });

      const llama = await LlamaCpp.open(join(target, file));
      expect(llama.model.getTrainContextSize()).toBe(config.maxPositions);
      expect(llama.model.shouldPrependBosToken()).toBe(false);
      const texts = VERIFICATION_TEXTS.map((content) => `<|im_start|>system\n${SYSTEM}<|im_end|>\n<|im_start|>user\n${content}<|im_end|>\n<|im_start|>assistant\n`);
      texts.forEach((text, row) => expect([...llama.model.tokenize(text, true)]).toEqual(prompts[row]));
      for (const text of ['  two  spaces\n\n\tand  tabs ', "it's 12,345.67 — naïve café 日本語 🙂", 'a\r\nb', '\n']) {
        expect([...llama.model.tokenize(text, true)]).toEqual(tokenizer.encode(text));
      }

      let [tokens, differing] = [0, 0];
      for (const [row, prompt] of prompts.entries()) {
        tokens += expected[row].length;
        // After a difference it goes on from the expected token, as the export's own check does.
        for (let at = 0; at < expected[row].length;) {
          const rest = expected[row].slice(at);
          const answer = await llama.generate([...prompt, ...expected[row].slice(0, at)], rest.length);
          const same = rest.findIndex((token, position) => token !== answer[position]);
          if (same >= 0) differing++;
          at += same < 0 ? rest.length : same + 1;
        }
      }
      await llama.dispose();
      expect(1 - differing / tokens).toBeGreaterThanOrEqual(share);
    });

  it('finds in the file what a chat needs', async () => {
    await exportModel(source, 'gguf-f16', target);
    const { metadata } = await readGgufHeader(join(target, 'ticket-routing-F16.gguf'));
    const value = (key: string): unknown => metadata.get(key)?.value;
    expect(value('tokenizer.ggml.pre')).toBe('smollm');
    expect(value('tokenizer.ggml.eos_token_id')).toBe(2);
    expect(value('tokenizer.ggml.padding_token_id')).toBe(0);
    expect(value('tokenizer.chat_template')).toContain('{%- if true %}');
    expect(value('general.name')).toBe('Ticket routing');
    expect(await readFile(join(target, 'Modelfile'), 'utf8')).toContain(`FROM ./ticket-routing-F16.gguf

TEMPLATE """{{ range .Messages }}{{ if eq .Role "system" }}<|im_start|>system
{{ .Content }}<|im_end|>
{{ else if eq .Role "user" }}<|im_start|>user
{{ .Content }}<|im_end|>
{{ else if eq .Role "assistant" }}<|im_start|>assistant
{{ .Content }}<|im_end|>
{{ end }}{{ end }}<|im_start|>assistant
"""

SYSTEM """${SYSTEM}"""

PARAMETER stop "<|im_end|>"
`);
  });
});
