/** Every family that the engine runs, tuned and taken out in every form, with a tokenizer of its own. */

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPORT_FORMATS } from '../../../src/engine/export/exportFormats.ts';
import { exportModel } from '../../../src/engine/export/exportModel.ts';
import { saveAdapter } from '../../../src/engine/model/adapter.ts';
import { parseDecoderConfig } from '../../../src/engine/model/config.ts';
import { createLoraAdapter } from '../../../src/engine/model/lora.ts';
import { savePretrained } from '../../../src/engine/model/pretrained.ts';
import { trainBpe } from '../../../src/engine/text/bpeTrainer.ts';
import { VERIFICATION_TEXTS } from '../../../src/engine/export/verify.ts';
import { RandomGenerator } from '../../../src/engine/random.ts';
import { GOLDEN_FAMILIES } from '../golden.ts';
import { livelyWeights } from '../tiny.ts';

const CHATML = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
const SPECIAL = ['<|pad|>', '<|im_start|>', '<|im_end|>'];

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'export-families-'));
});
afterAll(() => rm(scratch, { recursive: true }));

/** The golden model's shape with room for bytes, weights that are far from uniform, and an adapter. */
async function writeModel(family: string): Promise<{ base: string; adapter: string }> {
  const [base, adapter] = [join(scratch, family), join(scratch, `${family}-adapter`)];
  const tokenizer = trainBpe(VERIFICATION_TEXTS, { vocabSize: 320, specialTokens: SPECIAL, maxTokenBytes: 16 });
  const golden = JSON.parse(await readFile(fileURLToPath(new URL(`../../fixtures/golden/${family}/config.json`, import.meta.url)), 'utf8')) as Record<string, unknown>;
  // Some rows more than the tokenizer has entries, as published models have them.
  const vocabSize = SPECIAL.length + Object.keys(tokenizer.model.vocab).length + 5;
  const configJson = { ...golden, vocab_size: vocabSize, max_position_embeddings: 256, bos_token_id: null, eos_token_id: 2 };
  const config = parseDecoderConfig(configJson, 'config.json');
  await mkdir(base);
  await writeFile(join(base, 'tokenizer.json'), JSON.stringify(tokenizer));
  await writeFile(join(base, 'tokenizer_config.json'), JSON.stringify({ eos_token: '<|im_end|>', pad_token: '<|pad|>', chat_template: CHATML }));
  await savePretrained(base, { configJson, weights: livelyWeights(config, 1), dtype: 'BF16' });
  const lora = createLoraAdapter(config, { rank: 4, alpha: 8, seed: 2 });
  const random = new RandomGenerator(3);
  for (const [name, { data }] of lora.tensors) if (name.includes('lora_B')) for (let i = 0; i < data.length; i++) data[i] = 0.1 * random.normal();
  await mkdir(adapter);
  await saveAdapter(adapter, lora, base);
  return { base, adapter };
}

describe.each(GOLDEN_FAMILIES)('%s', (family) => {
  it('answers after every export as base and adapter do', async () => {
    const files = await writeModel(family);
    for (const format of EXPORT_FORMATS) {
      const { agreement } = await exportModel({ ...files, systemPrompt: undefined, name: family }, format, join(scratch, `${family}-${format}`));
      expect(agreement.prompts).toBe(10);
      // Random weights have many near ties, which rounding decides.
      expect(agreement.agreeing / agreement.tokens, format).toBeGreaterThan(0.95);
    }
  });
});
