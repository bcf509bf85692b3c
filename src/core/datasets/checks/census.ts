/** Counts who speaks, which tools are called, and what kinds of examples there are. */

import type { Example } from '../example.ts';
import type { DatasetProfile } from '../profile.ts';
import type { ReadRow } from '../scan.ts';
import type { DatasetCheck } from './check.ts';
import { turnsOf } from './spoken.ts';

const MOST_TOOLS = 200;

export class Census implements DatasetCheck {
  readonly #roles = { system: 0, user: 0, assistant: 0, tool: 0 };
  readonly #kinds: Record<Example['kind'], number> = { conversation: 0, preference: 0, ranking: 0, rating: 0, task: 0, text: 0 };
  readonly #tools = new Map<string, number>();
  #rowsWithTools = 0;

  row({ example }: ReadRow): void {
    this.#kinds[example.kind]++;
    if (example.tools) this.#rowsWithTools++;
    for (const { role, toolCalls } of turnsOf(example)) {
      this.#roles[role]++;
      if (toolCalls) for (const { name } of toolCalls) this.#count(name);
    }
  }

  #count(tool: string): void {
    const known = this.#tools.get(tool);
    if (known !== undefined || this.#tools.size < MOST_TOOLS) this.#tools.set(tool, (known ?? 0) + 1);
  }

  get profile(): Pick<DatasetProfile, 'roles' | 'kinds' | 'tools'> {
    const kinds = Object.entries(this.#kinds).filter(([, count]) => count > 0).map(([kind, count]) => ({ kind: kind as Example['kind'], count }));
    return {
      roles: { ...this.#roles },
      kinds: kinds.sort((a, b) => b.count - a.count),
      ...((this.#tools.size > 0 || this.#rowsWithTools > 0) && {
        tools: {
          rowsWithDefinitions: this.#rowsWithTools,
          calls: [...this.#tools].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
        },
      }),
    };
  }
}
