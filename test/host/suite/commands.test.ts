/** Commands that execute are refused in Restricted Mode, and every fault becomes words with a next step. */

import * as assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { UserError } from '../../../src/core/errors.ts';
import { CommandTable, faultWords } from '../../../src/host/commands.ts';
import { TrustGate } from '../../../src/host/trust.ts';
import { CommandFacts, type CommandId } from '../../../src/ids.ts';

type Handler = (...args: unknown[]) => Promise<unknown>;

function tableIn(isTrusted: boolean) {
  const handlers = new Map<string, Handler>();
  const faults: unknown[] = [];
  const ran: string[] = [];
  const registrar = ((id: string, handler: Handler) => {
    handlers.set(id, handler);
    return { dispose: () => handlers.delete(id) };
  }) as typeof vscode.commands.registerCommand;
  const table = new CommandTable({ report: (fault) => Promise.resolve(void faults.push(fault)) }, new TrustGate(() => isTrusted), registrar);
  for (const id of Object.keys(CommandFacts) as CommandId[]) table.register(id, () => ran.push(id));
  return { handlers, faults, ran, table };
}

suite('commands', () => {
  test('in Restricted Mode run exactly what executes nothing', async () => {
    const { handlers, faults, ran } = tableIn(false);
    for (const handler of handlers.values()) await handler();
    const harmless = Object.entries(CommandFacts).filter(([, { executes }]) => !executes).map(([id]) => id);
    assert.deepEqual(ran, harmless);
    assert.equal(faults.length, handlers.size - harmless.length);
    assert.ok(faults.every((fault) => fault instanceof UserError && fault.code === 'trust.restricted'));
  });

  test('in a trusted window all run', async () => {
    const { handlers, faults, ran, table } = tableIn(true);
    for (const handler of handlers.values()) await handler();
    assert.equal(ran.length, handlers.size);
    assert.deepEqual(faults, []);
    table.dispose();
    assert.equal(handlers.size, 0);
  });

  test('report what a handler throws', async () => {
    const { table, handlers, faults } = tableIn(true);
    const fault = new Error('broken');
    table.register('tunesmith.job.open', () => Promise.reject(fault));
    await handlers.get('tunesmith.job.open')?.();
    assert.deepEqual(faults, [fault]);
  });
});

suite('a fault in words', () => {
  test('says what to do, and leads to its row', () => {
    const fault = new UserError('dataset.row.invalid-json', 'Line 4,211 of tickets.jsonl is not valid JSON.', 'Correct the line', { place: { file: '/t.jsonl', row: 4211 } });
    assert.deepEqual(faultWords(fault), { message: 'Line 4,211 of tickets.jsonl is not valid JSON. Correct the line.', actions: ['Open Row 4,211', 'Copy Details'], isOurs: false });
  });

  test('leads out of Restricted Mode', () => {
    const refuse = (): void => new TrustGate(() => false).require();
    assert.throws(refuse, (fault: unknown) => faultWords(fault).actions.includes('Manage Trust'));
  });

  test('is recognized when it comes from another process', () => {
    const foreign = Object.assign(new Error('The disk is full.'), { name: 'UserError', code: 'disk.full', remedy: 'Make room' });
    assert.deepEqual(faultWords(foreign), { message: 'The disk is full. Make room.', actions: ['Copy Details'], isOurs: false });
  });

  test('is never hidden when nobody knows it', () => {
    assert.deepEqual(faultWords(new TypeError('x is undefined')), { message: 'Tunesmith met a fault it does not know: x is undefined', actions: ['Copy Details', 'Open Log'], isOurs: true });
    assert.match(faultWords('only a string').message, /only a string/);
  });
});
