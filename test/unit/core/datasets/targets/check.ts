/** Rows checked for a target, and what was found. */

import type { Finding } from '../../../../../src/core/datasets/finding.ts';
import { inspectDataset } from '../../../../../src/core/datasets/inspect.ts';
import type { DatasetProfile } from '../../../../../src/core/datasets/profile.ts';
import type { TargetId } from '../../../../../src/core/datasets/targets/target.ts';
import type { temporaryFolder } from '../temporaryFolder.ts';

export interface Checked extends DatasetProfile {
  readonly codes: readonly string[];
  found(code: string): Finding | undefined;
}

export type CheckRows = (rows: readonly unknown[], target?: TargetId, name?: string) => Promise<Checked>;

/** @returns what writes rows as JSONL, or texts as they are, and checks them */
export function checker(folder: ReturnType<typeof temporaryFolder>): CheckRows {
  let files = 0;
  return async (rows, target, name) => {
    const text = rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n');
    const profile = await inspectDataset(folder.write(name ?? `rows${++files}.jsonl`, text), target && { target });
    return { ...profile, codes: profile.findings.map(({ code }) => code), found: (code) => profile.findings.find((one) => one.code === code) };
  };
}

export const user = (content: unknown): object => ({ role: 'user', content });
export const assistant = (content: unknown): object => ({ role: 'assistant', content });
export const system = (content: unknown): object => ({ role: 'system', content });

/** Good conversations, all different. */
export function chats(count: number): object[] {
  return Array.from({ length: count }, (_, i) => ({ messages: [user(`question number ${i}`), assistant(`answer ${i} of them`)] }));
}

export function novaChat(question: string, answer: string): object {
  return { schemaVersion: 'bedrock-conversation-2024', messages: [user([{ text: question }]), assistant([{ text: answer }])] };
}
