/** What is said about secrets and personal data names the kind and the row, and tells none of it. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Privacy } from '../../../../../src/core/datasets/checks/privacy.ts';
import { inspectDataset } from '../../../../../src/core/datasets/inspect.ts';
import { openDataset } from '../../../../../src/core/datasets/files.ts';
import type { Finding } from '../../../../../src/core/datasets/finding.ts';
import { Redactor } from '../../../../../src/core/datasets/privacy/redact.ts';
import { findSensitive } from '../../../../../src/core/datasets/privacy/sensitive.ts';
import { RowFindings } from '../../../../../src/core/datasets/rowFindings.ts';
import { scanRows } from '../../../../../src/core/datasets/scan.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const folder = temporaryFolder();

async function found(...rows: object[]): Promise<readonly Finding[]> {
  const source = await openDataset(folder.write('rows.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join('')));
  const findings = new RowFindings();
  const privacy = new Privacy();
  await scanRows(source, { row: (read) => privacy.row(read, findings), fault: () => undefined });
  return findings.finish(source.name, source.kind);
}

test('rows are named with what is in them, wherever it stands', async () => {
  const findings = await found(
    { prompt: 'Where is my parcel?', completion: 'On its way.' },
    { prompt: 'I am jane@acme.io, card 4242 4242 4242 4242', completion: 'Thanks', meta: { notes: ['call +49 30 901820', 'or bob@acme.io, or al@acme.io'] } },
    { messages: [{ role: 'user', content: 'login?' }, { role: 'assistant', content: [{ type: 'text', text: 'password=hunter22' }] }] },
    { prompt: 'My card is 4242-4242-4242-4242', completion: 'token: 9aF3kLq27ZxPw81mNbVc' },
  );
  expect(findings.map(({ code, severity, rows, message, repairs }) => [code, severity, rows, message, repairs])).toEqual([
    ['dataset.row.personal-data', 'warning', [2, 4], expect.stringContaining('line 2: ') as string, ['redact-personal-data']],
    ['dataset.row.secret', 'warning', [3, 4], 'Lines 3 and 4 of rows.jsonl hold keys, tokens or passwords; line 3: a password.', ['redact-secrets']],
  ]);
  expect(findings[0]?.message).toMatch(/: .*a card number ending in 4242.* and 2 more\.$/);
  expect(JSON.stringify(findings)).not.toMatch(/jane|bob|acme|hunter|4242[ -]4242|901820|9aF3/);
});

test('a redacted text has nothing left to find, and equal values are equal placeholders', () => {
  const redactor = new Redactor();
  const all = (): boolean => true;
  expect(redactor.redact('a@b.de, A@B.DE, c@d.de; 4242 4242 4242 4242 or 4242424242424242; DE89 3704 0044 0532 0130 00', all))
    .toBe('[EMAIL_1], [EMAIL_1], [EMAIL_2]; [CARD_1] or [CARD_1]; [IBAN_1]');
  expect(redactor.redact('c@d.de password=hunter22 219-09-9999 84.112.7.33 +49 30 901820', all)).toBe('[EMAIL_2] password=[SECRET_1] [ID_NUMBER_1] [IP_ADDRESS_1] [PHONE_1]');
  expect(redactor.redact('nothing here', all)).toBe('nothing here');
  expect(redactor.redact('c@d.de password=hunter22', (kind) => kind === 'secret')).toBe('c@d.de password=[SECRET_1]');
});

test('redacting any text once is enough, and keeps what is not sensitive', () => {
  const piece = fc.constantFrom('a@b.de', 'c.d@e.fr', '@', ' ', '.', ',', 'word', '4242 4242 4242 4242', '4242', '-', '+49 30 901820', '+', '00', 'DE89 3704 0044 0532 0130 00', 'password=', 'hunter22', ':', 'token: ', '9aF3kLq27ZxPw81mNbVc',
    'https://u:', 'pw1234', '@host', 'AKIAIOSFODNN7EXAMPLQ', '[SECRET_1]', '[', ']', '"', '84.112.7.33', '219-09-9999', 'é', '\n', '-----BEGIN PRIVATE KEY-----', 'MIIEowIBAAKCAQEA'.repeat(4));
  fc.assert(fc.property(fc.array(piece, { maxLength: 25 }).map((list) => list.join('')), (text) => {
    const redacted = new Redactor().redact(text, () => true);
    expect(findSensitive(redacted)).toEqual([]);
    expect(new Redactor().redact(redacted, () => true)).toBe(redacted);
    if (findSensitive(text).length === 0) expect(redacted).toBe(text);
  }), { numRuns: 2000 });
});

test('an inspection looks for them, unless it is of the structure only', async () => {
  const file = folder.write('inspected.jsonl', '{"prompt":"I am jane@acme.io","completion":"password=hunter22"}\n');
  const codes = async (depth: 'structural' | 'full'): Promise<string[]> => (await inspectDataset(file, { depth })).findings.map(({ code }) => code);
  expect(await codes('full')).toEqual(expect.arrayContaining(['dataset.row.secret', 'dataset.row.personal-data']));
  expect((await codes('structural')).filter((code) => /secret|personal/.test(code))).toEqual([]);
});
