/** Gemini's format for supervised fine-tuning. */

import type { Format } from './format.ts';
import { geminiColumns, readPrompt, writePrompt } from './geminiContents.ts';
import { answered } from './turns.ts';
import { readCarried } from './values.ts';

export const gemini: Format = {
  id: 'gemini',
  title: 'Gemini contents',
  trainsAs: 'chat',
  holds: 'conversations',
  // docs.cloud.google.com, "Prepare supervised fine-tuning data for Gemini models"
  samples: [
    {
      systemInstruction: { parts: [{ text: 'You are a pirate dog named Captain Barktholomew.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ text: 'Argh! What brings ye to my ship?' }] },
        { role: 'user', parts: [{ text: "What's your name?" }] },
        { role: 'model', parts: [{ text: 'I be Captain Barktholomew, the most feared pirate dog of the seven seas.' }] },
      ],
    },
    {
      contents: [
        { role: 'user', parts: [{ text: 'What is in this picture?' }, { fileData: { mimeType: 'image/jpeg', fileUri: 'gs://cloud-samples-data/cheese.jpg' } }] },
        { role: 'model', parts: [{ text: 'Cheese' }] },
      ],
    },
    {
      contents: [
        { role: 'user', parts: [{ text: 'Is it raining in Seattle?' }] },
        { role: 'model', parts: [{ functionCall: { name: 'weather', args: { city: 'Seattle' } } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'weather', response: { sky: 'rain' } } }] },
        { role: 'model', parts: [{ text: 'It is.' }] },
      ],
      tools: [{ functionDeclarations: [{ name: 'weather', description: 'Weather of a city', parameters: { type: 'object', properties: { city: { type: 'string' } } } }] }],
    },
  ],
  hasColumns: (columns) => columns.has('contents'),
  recognizes: ({ contents }) => Array.isArray(contents),
  read: (row) => ({ kind: 'conversation', ...readPrompt(row), ...readCarried(row, geminiColumns(row)) }),
  write(example) {
    const conversation = answered(example);
    return writePrompt(conversation.messages, conversation);
  },
};
