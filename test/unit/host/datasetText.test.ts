/** What a dataset says of itself in the tree and the review. */

import { describe, expect, it } from 'vitest';
import { blocker, bySeverity, datasetDescription, datasetFacts, labelText, worst } from '../../../src/host/datasets/datasetText.ts';
import { aFinding, aProfile } from './samples.ts';

describe('a dataset', () => {
  it('shows rows, format, size and how many problems', () => {
    expect(datasetDescription(aProfile())).toBe('1,003 rows · chat · 412 kB');
    const findings = [aFinding(), aFinding({ severity: 'warning' }), aFinding({ severity: 'info' })];
    expect(datasetDescription(aProfile({ findings }))).toBe('1,003 rows · chat · 412 kB · 2 problems');
    expect(datasetDescription(aProfile({ format: undefined, rows: 1 }))).toBe('1 row · format not recognized · 412 kB');
  });

  it('tells the share of its most frequent answer', () => {
    expect(labelText(aProfile())).toBe('2 different answers; the most frequent, billing, is 14% of the rows');
    expect(labelText(aProfile({ labels: undefined }))).toBeUndefined();
    expect(datasetFacts(aProfile())[0]).toBe('tickets.jsonl: 1,003 rows, all can be trained on');
  });

  it('puts the worst finding first', () => {
    const findings = [aFinding({ severity: 'info' }), aFinding({ severity: 'error' }), aFinding({ severity: 'warning' })];
    expect(bySeverity(findings).map(({ severity }) => severity)).toEqual(['error', 'warning', 'info']);
    expect(worst(findings)).toBe('error');
    expect(worst([])).toBeUndefined();
  });

  it('is in the way of training only when nothing can be trained on', () => {
    expect(blocker(aProfile({ findings: [aFinding()] }))).toBeUndefined();
    expect(blocker(aProfile({ usableRows: 0, findings: [aFinding()] }))).toEqual(aFinding());
    expect(blocker(aProfile({ usableRows: 0 }))?.code).toBe('dataset.nothing-usable');
  });
});
