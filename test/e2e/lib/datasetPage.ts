/** The dataset page as a test sees it, and files to open in it. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, type Frame, type Locator } from '@playwright/test';
import type { Workbench } from './workbench.ts';

export class DatasetPageView {
  readonly frame: Frame;

  private constructor(frame: Frame) {
    this.frame = frame;
  }

  static async of(wb: Workbench): Promise<DatasetPageView> {
    const view = new DatasetPageView(await wb.webview('Tunesmith Dataset'));
    await expect(view.frame.locator('main')).toHaveAttribute('aria-busy', 'false');
    return view;
  }

  get check(): Locator {
    return this.frame.locator('header .state');
  }

  finding(words: string | RegExp): Locator {
    return this.frame.getByRole('region', { name: 'Findings' }).getByRole('button', { name: words });
  }

  get grid(): Locator {
    return this.frame.getByRole('grid', { name: 'Rows of the dataset' });
  }

  /** Only lines in view are in the page. */
  get lines(): Locator {
    return this.grid.locator('.layer .line:visible');
  }

  /** The line of a row, as its number is written. */
  line(row: string): Locator {
    return this.lines.filter({ has: this.frame.locator('.number', { hasText: new RegExp(`^${row}$`) }) });
  }

  get search(): Locator {
    return this.frame.getByRole('textbox', { name: 'Search rows' });
  }

  /** How many rows the table says it shows. */
  get shown(): Locator {
    return this.frame.locator('.toolbar .shown');
  }

  detail(row: string): Locator {
    return this.frame.getByRole('region', { name: row });
  }

  async goTo(row: number): Promise<void> {
    const place = this.frame.getByRole('textbox', { name: /^Go to/ });
    await place.fill(String(row));
    await place.press('Enter');
  }

  async tab(name: 'Conversation' | 'Tokens' | 'JSON'): Promise<void> {
    await this.frame.getByRole('tab', { name }).click();
  }
}

/**
 * Support conversations with what goes wrong in them: line 40 is cut off, line 120 has no answer, line 300 repeats line 9,
 * line 500 asks the same as line 11 and is answered otherwise.
 */
export function writeSupportDataset(folder: string, name = 'support.jsonl'): string {
  const sample = path.resolve(import.meta.dirname, '../../../media/sample/tickets.jsonl');
  const lines = fs.readFileSync(sample, 'utf8').trim().split('\n');
  const at = (line: number): string => lines[line - 1] ?? '';
  const row = JSON.parse(at(11)) as { messages: { role: string; content: string }[] };
  const changed = lines
    .with(40 - 1, at(40).slice(0, -30))
    .with(120 - 1, JSON.stringify({ messages: (JSON.parse(at(120)) as typeof row).messages.filter(({ role }) => role !== 'assistant') }))
    .with(300 - 1, at(9))
    .with(500 - 1, JSON.stringify({ messages: row.messages.map((turn) => (turn.role === 'assistant' ? { ...turn, content: 'nobody' } : turn)) }));
  const file = path.join(folder, name);
  fs.writeFileSync(file, `${changed.join('\n')}\n`);
  return file;
}

/** A million short rows, one of which says "needle". */
export function writeMillionRows(folder: string): void {
  const file = fs.openSync(path.join(folder, 'million.jsonl'), 'w');
  for (let block = 0; block < 100; block++) {
    const lines = Array.from({ length: 10_000 }, (_, i) => {
      const row = block * 10_000 + i + 1;
      return `{"prompt":"question ${row}${row === 765_432 ? ' needle' : ''}","completion":"answer ${row}"}\n`;
    });
    fs.writeSync(file, lines.join(''));
  }
  fs.closeSync(file);
}
