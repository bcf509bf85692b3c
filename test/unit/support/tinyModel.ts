/** A model folder small enough to train in seconds: random weights, a vocabulary of bytes and a few words. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parseDecoderConfig } from '../../../src/engine/model/config.ts';
import { initializeDecoder } from '../../../src/engine/model/initialize.ts';
import { savePretrained } from '../../../src/engine/model/pretrained.ts';
import { trainBpe } from '../../../src/engine/text/bpeTrainer.ts';

const SPECIAL = ['<|pad|>', '<|im_start|>', '<|im_end|>'];
const TEMPLATE =
  "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

/** @param width hidden size; larger gives larger checkpoints */
export async function writeTinyModel(folder: string, width = 32): Promise<string> {
  await mkdir(folder, { recursive: true });
  const tokenizer = trainBpe(rowsOfTickets(40).map(({ prompt, answer }) => `${prompt} ${answer} system user assistant`), {
    vocabSize: 320, specialTokens: SPECIAL, maxTokenBytes: 16,
  });
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify({
    tokenizer_class: 'PreTrainedTokenizerFast', eos_token: '<|im_end|>', pad_token: '<|pad|>', chat_template: TEMPLATE,
  }));
  const configJson = {
    architectures: ['LlamaForCausalLM'], model_type: 'llama', vocab_size: SPECIAL.length + Object.keys(tokenizer.model.vocab).length,
    hidden_size: width, intermediate_size: width * 2, num_hidden_layers: 2, num_attention_heads: 2, num_key_value_heads: 1, head_dim: width / 2,
    hidden_act: 'silu', max_position_embeddings: 128, rms_norm_eps: 1e-5, rope_theta: 10_000, tie_word_embeddings: true,
  };
  const weights = initializeDecoder(parseDecoderConfig(configJson, 'config.json'), 1);
  await savePretrained(folder, { configJson, weights, dtype: 'F32' });
  return folder;
}

const SUBJECTS = ['invoice', 'refund', 'login', 'password', 'parcel', 'delivery'] as const;
const TEAMS = { invoice: 'billing', refund: 'billing', login: 'access', password: 'access', parcel: 'shipping', delivery: 'shipping' } as const;

export function rowsOfTickets(count: number): { prompt: string; answer: string }[] {
  return Array.from({ length: count }, (_, index) => {
    const subject = SUBJECTS[index % SUBJECTS.length];
    return { prompt: `Ticket ${index}: my ${subject} is wrong`, answer: TEAMS[subject] };
  });
}

/** As lines of the messages format, all with one system message. */
export function ticketLines(count: number): string[] {
  return rowsOfTickets(count).map(({ prompt, answer }) => JSON.stringify({
    messages: [{ role: 'system', content: 'Route the ticket.' }, { role: 'user', content: prompt }, { role: 'assistant', content: answer }],
  }));
}
