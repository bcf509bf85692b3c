/** Personal data and secrets are found where they are, and what only looks like them is left alone. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { passesLuhn, passesMod97 } from '../../../../../src/core/datasets/privacy/accountNumbers.ts';
import { findSensitive } from '../../../../../src/core/datasets/privacy/sensitive.ts';

const found = (text: string): string[] => findSensitive(text).map(({ kind, start, end }) => `${kind}: ${text.slice(start, end)}`);

describe('personal data', () => {
  test.each([
    ['Write to jane.doe+tickets@mail.acme.co.uk, please.', ['email: jane.doe+tickets@mail.acme.co.uk']],
    ['<bob@acme.io>', ['email: bob@acme.io']],
    ['a@b.de and c@d.fr', ['email: a@b.de', 'email: c@d.fr']],
    ['My card 4242 4242 4242 4242 was charged twice', ['card: 4242 4242 4242 4242']],
    ['5555555555554444', ['card: 5555555555554444']],
    ['3782-822463-10005', ['card: 3782-822463-10005']],
    ['IBAN DE89 3704 0044 0532 0130 00 IS MINE', ['iban: DE89 3704 0044 0532 0130 00']],
    ['GB29NWBK60161331926819.', ['iban: GB29NWBK60161331926819']],
    ['SSN 219-09-9999', ['id-number: 219-09-9999']],
    ['Ring +49 30 901820 or (415) 555-2671.', ['phone: +49 30 901820', 'phone: (415) 555-2671']],
    ['+33 6 12 34 56 78', ['phone: +33 6 12 34 56 78']],
    ['Tel.: 030 9018-2012', ['phone: 030 9018-2012']],
    ['Login from 84.112.7.33 failed', ['ip-address: 84.112.7.33']],
    ['from 2a02:8388:1602:6d80:3ad5:47ff:fe18:d7a4 today', ['ip-address: 2a02:8388:1602:6d80:3ad5:47ff:fe18:d7a4']],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  test.each([
    'user@example.com, me@host, @mention, logo@2x.png, npm install left-pad@1.3.0, git@github.com:acme/x.git',
    'Order 4242424242424243 of 1234567890123456 on 2024-01-02 at 1700000000000',
    '3.1415926535897932 and 4111111111111111.5 and id-4111111111111111',
    'DE89 3704 0044 0532 0130 01, XX89370400440532013000, INVOICE2024001',
    '000-12-3456, 666-12-3456, 900-12-3456, 123-00-4567, 2024-01-0203',
    'He has 48+24=72 clips, 1+2345678901, 12 + 4915112345678, +1234567890, 5-5-5, 555-1234',
    'Version 10.4.120.3, v2.40.1.7, 192.168.1.14, 127.0.0.1, 1.2.3.4, 999.1.1.1, 8.8.8.8, 12:34:56, fe80::1:2:3:4',
    'Room 415-555, 2015-2016-2017, 1,000,000,000 people, $4155552671',
  ])('not in: %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe('secrets', () => {
  const hex = '3f9a1c7be2d845069b1f';
  test.each([
    ['an AWS access key', 'AKIAIOSFODNN7EXAMPLQ'],
    ['a GitHub token', `ghp_${'aB3'.repeat(12)}`],
    ['a GitLab token', `glpat-${hex}`],
    ['a Slack token', 'xoxb-2048135792-abcdefGHIJ'],
    ['an OpenAI API key', `sk-proj-${hex}${hex}`],
    ['an Anthropic API key', `sk-ant-api03-${hex}${hex}`],
    ['a Google API key', `AIza${'Sy3'.repeat(11)}D_`],
    ['a Stripe key', `sk_live_${hex}`],
    ['an npm token', `npm_${'aB3'.repeat(12)}`],
    ['a Hugging Face token', `hf_${'aB'.repeat(17)}`],
    ['a JSON web token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P'],
    ['a private key', `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEowIBAAKCAQEA\n'.repeat(4)}-----END RSA PRIVATE KEY-----`],
  ])('%s', (words, secret) => {
    const text = `Use "${secret}" for it.`;
    expect(findSensitive(text)).toEqual([{ kind: 'secret', start: 5, end: 5 + secret.length, words }]);
  });

  test.each([
    ['postgres://app:s3cr3t-pw@db.acme.io:5432/x', 's3cr3t-pw'],
    ['password=hunter2!', 'hunter2'],
    ['PASSWORD: "correct horse"', undefined],
    ['"dbPassword": "Tr0ub4dor&3"', 'Tr0ub4dor&3'],
    ['api_key = "9aF3kLq27ZxPw81mNbVc"', '9aF3kLq27ZxPw81mNbVc'],
    ['aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
    ['-----BEGIN PRIVATE KEY-----', undefined],
    ['password: please reset it', undefined],
    ['password=${DB_PASSWORD1} token=<your-token-123456> secret: process.env.SECRET_2', undefined],
    ['max_tokens=1024, tokens: 12345678901234567890, keyboard: qwertz12', undefined],
    ['The key: an answer123 is short. token: aaaaaaaaaaaaaaaa1', undefined],
    ['sk-learn-and-other-libraries-are-fine, task-based, AKIA is a prefix', undefined],
  ])('%s', (text, secret) => {
    expect(findSensitive(text).map(({ start, end }) => text.slice(start, end)).join()).toBe(secret ?? '');
  });

  test('are never told, personal data only by a few characters', () => {
    const text = 'jane@acme.io 4242 4242 4242 4242 DE89 3704 0044 0532 0130 00 219-09-9999, +49 30 901820 password=hunter22';
    const words = findSensitive(text).map((one) => one.words);
    expect(words).toEqual([
      'an e-mail address beginning with "j"', 'a card number ending in 4242', 'an IBAN of DE ending in 00', 'what looks like a US social security number',
      'a phone number ending in 20', 'a password',
    ]);
  });
});

describe('numbers', () => {
  const digits = fc.stringMatching(/^\d{11,18}$/);
  test('pass Luhn with exactly one last digit, and fail with any other digit changed', () => {
    fc.assert(fc.property(digits, fc.nat(), fc.integer({ min: 1, max: 9 }), (start, place, by) => {
      const fits = [...'0123456789'].filter((last) => passesLuhn(start + last));
      expect(fits).toHaveLength(1);
      const whole = [...start, ...fits];
      const at = place % whole.length;
      whole[at] = String((Number(whole[at]) + by) % 10);
      expect(passesLuhn(whole.join(''))).toBe(false);
    }));
  });

  test('of ISO 13616 leave 1, and no transposed neighbours do', () => {
    expect(['GB82WEST12345698765432', 'FR1420041010050500013M02606', 'NO9386011117947'].map(passesMod97)).toEqual([true, true, true]);
    expect(passesMod97('GB82WEST12345698765423')).toBe(false);
  });
});

describe('any text', () => {
  const pieces = fc.constantFrom('a@b.de', '@', '4242 4242 4242 4242', '4', ' ', '-', '.', ':', '=', 'password', 'token', '"', '\n', 'sk-', 'eyJ', '.eyJ', '://', 'x:y@z', '+49', '00', 'DE89',
    '-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----', '1.2.3.4', '::', 'fe80', '[SECRET_1]', 'é', '\ud800', '9aF3kLq27ZxPw81mNbVc');

  test('gives places in order, within the text, that do not overlap', () => {
    fc.assert(fc.property(fc.array(pieces, { maxLength: 60 }).map((list) => list.join('')), (text) => {
      let behind = 0;
      for (const { start, end } of findSensitive(text)) {
        expect(start).toBeGreaterThanOrEqual(behind);
        expect(end).toBeGreaterThan(start);
        behind = end;
      }
      expect(behind).toBeLessThanOrEqual(text.length);
    }));
  });

  // With backtracking or a search from every place, these would take hours and the test would end by its time limit.
  test.each(['1', 'a', '@', '.', '-', ' ', '4 ', '4242 ', '+1', 'a@', 'a.', '1.', '1:', ':', '=', 'key=', 'token: ', '://', '://a:', 'sk-', 'xoxb-', 'eyJ', 'eyJ.', '.eyJa', 'DE89 ', 'DE89', '-----BEGIN PRIVATE KEY-----', '(', '00 1', 'tel 0', 'Aa1_'])(
    '%j a million times over is searched through', (piece) => {
      expect(Array.isArray(findSensitive(piece.repeat(1_000_000 / piece.length)))).toBe(true);
    },
  );
});
