/** Every fault becomes a code, a sentence and a next step. */

import { describe, expect, it } from 'vitest';

import { UserError } from '../../../src/core/errors.ts';
import { explainFault } from '../../../src/runner/faults.ts';

describe('a fault', () => {
  it('for the user stays as it is', () => {
    expect(explainFault(new UserError('model.folder.missing', 'There is no model.', 'Choose one.'), '/x')).toEqual({
      fault: { code: 'model.folder.missing', message: 'There is no model.', remedy: 'Choose one.' }, stack: undefined,
    });
  });

  it.each([
    ['of the file system', Object.assign(new Error('write'), { code: 'ENOSPC' })],
    ['of a quota', Object.assign(new Error('write'), { code: 'EDQUOT' })],
    ['behind another', new UserError('file.write.failed', 'no', 'no', { cause: Object.assign(new Error('write'), { code: 'EFBIG' }) })],
    ['of the store', Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 })],
  ])('for lack of room %s says so', (_, thrown) => {
    expect(explainFault(thrown, '/home/jobs/x').fault).toMatchObject({ code: 'disk.full', message: expect.stringContaining('/home/jobs/x') as string });
  });

  it('for lack of room that says more keeps its words', () => {
    const precise = new UserError('disk.full', 'No room for the checkpoint of step 7.', 'Free some.', { cause: Object.assign(new Error(), { code: 'ENOSPC' }) });
    expect(explainFault(precise, '/x').fault.message).toBe('No room for the checkpoint of step 7.');
  });

  it('of the program is internal, with the stacks of all its causes', () => {
    const { fault, stack } = explainFault(new TypeError('outer', { cause: new RangeError('inner') }), '/x');
    expect(fault).toMatchObject({ code: 'internal', message: 'Something went wrong inside Tunesmith: outer' });
    expect(stack).toMatch(/TypeError: outer[\s\S]*caused by RangeError: inner/);
    expect(explainFault('text', '/x').fault.message).toContain('text');
    expect(explainFault(undefined, '/x').fault.code).toBe('internal');
    const circular = new Error('round');
    circular.cause = circular;
    expect(explainFault(circular, '/x').fault.code).toBe('internal');
  });
});
