/** What users give the engine by mistake is refused with the file, the field or the row, and with what to do about it. */

import { mkdir, mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDecoderConfig } from '../../src/engine/model/config.ts';
import { initializeDecoder } from '../../src/engine/model/initialize.ts';
import { openFrozen, savePretrained } from '../../src/engine/model/pretrained.ts';
import type { Precision } from '../../src/engine/model/weights.ts';
import { trainBpe } from '../../src/engine/text/bpeTrainer.ts';
import { fit } from '../../src/engine/train/examples.ts';
import { trainSft, type SftRun } from '../../src/engine/train/sft.ts';
import type { TrainEvent } from '../../src/engine/train/training.ts';
import { livelyWeights, QUICK, randomRows, TINY } from './tiny.ts';

const LLAMA = {
  model_type: 'llama', vocab_size: 300, hidden_size: 16, intermediate_size: 24, num_hidden_layers: 2, num_attention_heads: 4, max_position_embeddings: 64, tie_word_embeddings: true,
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bad-input-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function modelFolder(): Promise<string> {
  const model = join(folder, 'model');
  await mkdir(model);
  await writeFile(join(model, 'tokenizer.json'), JSON.stringify(trainBpe(['some text to learn from'], { vocabSize: 270, specialTokens: ['<|end|>'], maxTokenBytes: 8 })));
  await savePretrained(model, { configJson: LLAMA, weights: initializeDecoder(parseDecoderConfig(LLAMA, 'config.json'), 3), dtype: 'BF16' });
  return model;
}

async function change(file: string, edit: (json: Record<string, unknown>) => Record<string, unknown>): Promise<void> {
  const json = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, JSON.stringify(edit(json)));
}

describe.each<Precision>(['float32', 'float16'])('a base model in %s', (precision) => {
  it('of which a part is missing, as after a download that broke off', async () => {
    const file = join(await modelFolder(), 'model.safetensors');
    await truncate(file, (await stat(file)).size - 1);
    await expect(openFrozen(join(folder, 'model'), precision)).rejects.toMatchObject({
      code: 'model.weights.truncated', message: expect.stringMatching(/^model\.safetensors is cut off: it has [\d,]+ bytes and needs/) as string,
      remedy: expect.stringContaining('Download or copy the file again') as string, place: { file },
    });
  });

  it('of which the beginning is damaged', async () => {
    const file = join(await modelFolder(), 'model.safetensors');
    const handle = await open(file, 'r+');
    await handle.write(Buffer.from('<html>not a model</html>'), 0, 24, 8);
    await handle.close();
    await expect(openFrozen(join(folder, 'model'), precision)).rejects.toMatchObject({
      code: 'model.weights.corrupt', message: expect.stringContaining('not a valid safetensors file') as string, remedy: expect.stringContaining('Download or copy the file again') as string, place: { file },
    });
  });

  it.each<[string, Record<string, unknown>, string, RegExp]>([
    ['a vocabulary of another size', { vocab_size: 4000 }, 'model.embed_tokens.weight', /has shape \[\d+, \d+\] and config\.json asks for \[4000, \d+\]/],
    ['wider layers', { intermediate_size: 8 }, 'model.layers.0.mlp.gate_proj.weight', /has shape \[\d+, \d+\] and config\.json asks for \[8, \d+\]/],
    ['more layers', { num_hidden_layers: 40 }, 'model.layers.2.input_layernorm.weight', /is missing/],
  ])('whose configuration says that it has %s', async (_, changes, field, message) => {
    const model = await modelFolder();
    await change(join(model, 'config.json'), (json) => ({ ...json, ...changes }));
    await expect(openFrozen(model, precision)).rejects.toMatchObject({
      code: 'model.weights.mismatch', message: expect.stringMatching(message) as string, remedy: expect.stringContaining('Download the model again') as string, place: { file: model, field },
    });
  });

  it('with the tokenizer of a larger one', async () => {
    const model = await modelFolder();
    const file = join(model, 'tokenizer.json');
    await change(file, (json) => {
      const tokenizer = json as { model: { vocab: Record<string, number> } };
      return { ...json, model: { ...tokenizer.model, vocab: { ...tokenizer.model.vocab, 'a-token-of-another-model': 90_000 } } };
    });
    await expect(openFrozen(model, precision)).rejects.toMatchObject({
      code: 'model.weights.mismatch', message: expect.stringMatching(/^The tokenizer in .* has 90001 entries and the model only \d+\.$/) as string,
      remedy: expect.stringContaining('its files belong to different models') as string, place: { file },
    });
  });
});

function runOf(over: Partial<SftRun>): SftRun {
  return {
    config: TINY, weights: livelyWeights(TINY, 1), data: { train: randomRows(TINY, [5, 9], 2), validation: [] }, settings: { ...QUICK, maxSteps: 1, maxLength: 128 },
    checkpointFolder: join(folder, 'checkpoints'), signal: new AbortController().signal, onEvent: () => undefined, ...over,
  };
}

describe('rows', () => {
  it('of which nothing is trained on', async () => {
    const train = randomRows(TINY, [5, 9], 2).map((row) => ({ ...row, trained: new Uint8Array(row.ids.length) }));
    await expect(trainSft(runOf({ data: { train, validation: [] } }))).rejects.toMatchObject({
      code: 'training.nothing-to-learn', message: 'None of the 2 rows has a token to train on.', remedy: 'Add an answer of the assistant to the rows.',
    });
  });

  it('of one token more than the context are cut and counted, of exactly the context are whole', async () => {
    const events: TrainEvent[] = [];
    await trainSft(runOf({ data: { train: randomRows(TINY, [64, 65], 2), validation: [] }, onEvent: (event) => events.push(event) }));
    expect(events[0]).toMatchObject({ kind: 'start', rows: { truncated: 1, dropped: 0, untrained: 0 } });
  });

  it('of one token more than the context are refused where the settings say so, by their number', () => {
    const [, row] = randomRows(TINY, [64, 65], 2);
    const refused = { code: 'training.row.too-long', message: "Row 2 has 65 tokens; the longest length allowed is 64, the model's context.", remedy: expect.stringContaining('truncation') as string, place: { row: 2 } };
    expect(() => fit(row, TINY, { maxLength: 128, truncation: 'error' })).toThrow(expect.objectContaining(refused) as Error);
  });
});
