/** Amazon Nova's format for direct preference optimization: a conversation whose last turn has candidates. */

import type { Candidate, Example, Fields, Message } from '../example.ts';
import { readBlocks, readBlockTurns, readSystemBlocks, writeBlocks, writeBlockTurns } from './bedrockBlocks.ts';
import { BEDROCK_COLUMNS, SCHEMA_VERSION } from './bedrockConversation.ts';
import { Refusal, RowFault, type Format } from './format.ts';
import { listOfMessages } from './openaiChat.ts';
import { splitSystem } from './turns.ts';
import { isFields, nameType, readCarried } from './values.ts';

export const novaDpo: Format = {
  id: 'nova-dpo',
  title: 'Nova preference',
  trainsAs: 'preference',
  holds: 'preference pairs',
  // docs.aws.amazon.com/nova/latest/userguide, "Direct preference optimization"
  samples: [
    {
      schemaVersion: SCHEMA_VERSION,
      system: [{ text: 'You are a helpful assistant.' }],
      messages: [
        { role: 'user', content: [{ text: 'What is the capital of France?' }] },
        {
          role: 'assistant',
          candidates: [
            { content: [{ text: 'The capital of France is Paris.' }], preferenceLabel: 'preferred' },
            { content: [{ text: 'I believe it is Lyon.' }], preferenceLabel: 'non-preferred' },
          ],
        },
      ],
    },
  ],
  hasColumns: (columns) => columns.has('messages'),
  recognizes: ({ messages }) => {
    const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
    return isFields(last) && Array.isArray(last['candidates']);
  },
  read(row) {
    const list = listOfMessages(row['messages'], 'messages');
    const candidates = ((list.at(-1) as Fields)['candidates'] as readonly unknown[]).map(readCandidate);
    const prompt = [...readSystemBlocks(row['system']), ...readBlockTurns(list.slice(0, -1))];
    return { ...rank(prompt, candidates), ...readCarried(row, new Set(BEDROCK_COLUMNS)) };
  },
  write(example) {
    const { prompt, candidates } = labelled(example);
    const { system, rest } = splitSystem(prompt);
    return {
      schemaVersion: SCHEMA_VERSION,
      ...(system && { system: writeBlocks(system) }),
      messages: [...writeBlockTurns(rest), { role: 'assistant', candidates: candidates.map(writeCandidate) }],
    };
  },
};

/** Of two candidates, one preferred and one not, a pair. @throws RowFault when there are fewer than two */
function rank(prompt: readonly Message[], candidates: readonly Candidate[]): Example {
  if (candidates.length < 2) throw new RowFault('dataset.row.bad-candidates', `the last turn has ${candidates.length === 0 ? 'no candidate' : 'one candidate only'}`);
  const chosen = candidates.find(({ isPreferred }) => isPreferred);
  const rejected = candidates.find(({ isPreferred }) => !isPreferred);
  if (candidates.length > 2 || !chosen || !rejected) return { kind: 'ranking', prompt, candidates };
  return { kind: 'preference', prompt, chosen: chosen.answer, rejected: rejected.answer };
}

function readCandidate(item: unknown, index: number): Candidate {
  const place = `candidate ${index + 1}`;
  if (!isFields(item)) throw new RowFault('dataset.row.bad-candidates', `${place} is ${nameType(item)}, not an object`);
  const { content, preferenceLabel: label } = item;
  if (label !== 'preferred' && label !== 'non-preferred') throw new RowFault('dataset.row.bad-candidates', `${place} has no preferenceLabel "preferred" or "non-preferred"`);
  return { answer: readBlocks(content, 'assistant', place), isPreferred: label === 'preferred' };
}

/** @throws Refusal */
function labelled(example: Example): { readonly prompt: readonly Message[]; readonly candidates: readonly Candidate[] } {
  if (example.kind === 'preference') {
    return { prompt: example.prompt, candidates: [{ answer: example.chosen, isPreferred: true }, { answer: example.rejected, isPreferred: false }] };
  }
  if (example.kind !== 'ranking') throw new Refusal('it holds no two answers to choose between');
  if (example.candidates.every(({ isPreferred }) => isPreferred !== undefined)) return example;
  const best = Math.max(...example.candidates.map(({ score = -Infinity }) => score));
  if (!Number.isFinite(best)) throw new Refusal('no candidate is better than another');
  return { prompt: example.prompt, candidates: example.candidates.map((one) => ({ ...one, isPreferred: one.score === best })) };
}

function writeCandidate({ answer, isPreferred }: Candidate): Fields {
  const [only, ...others] = answer;
  if (only?.role !== 'assistant' || others.length > 0) throw new Refusal('an answer is more than one turn');
  return { content: writeBlocks(only), preferenceLabel: isPreferred ? 'preferred' : 'non-preferred' };
}
