/** The curves hold each step once, in order, whatever order it came in. */

import { expect, it } from 'vitest';
import { MetricSeries } from '../../../webview/job/series.ts';
import { formatTick } from '../../../webview/shared/numbers.ts';

it('joins what is told of a step in parts', () => {
  const series = new MetricSeries();
  series.add([{ step: 1, values: { loss: 3 } }, { step: 2, values: { loss: 2 } }]);
  series.add([{ step: 2, values: { eval_loss: 2.5 } }]);
  expect(series.columns(['loss', 'eval_loss'])).toEqual([[1, 2], [3, 2], [null, 2.5]]);
  expect(series.newest(1)).toEqual([{ step: 2, values: { loss: 2, eval_loss: 2.5 } }]);
});

it('lets a resumed job repeat its steps: the later value counts', () => {
  const series = new MetricSeries();
  series.add([5, 6, 7].map((step) => ({ step, values: { loss: step } })));
  series.add([4, 6].map((step) => ({ step, values: { loss: step / 10 } })));
  expect(series.columns(['loss'])).toEqual([[4, 5, 6, 7], [0.4, 5, 0.6, 7]]);
});

it('leaves steps out of a chart that has no value for them', () => {
  const series = new MetricSeries();
  series.add([{ step: 1, values: { loss: 1 } }, { step: 2, values: { learning_rate: 0.1 } }]);
  expect(series.columns(['learning_rate'])).toEqual([[2], [0.1]]);
});

it('draws nothing for a loss that is not a number', () => {
  const series = new MetricSeries();
  // JSON turns NaN into null on its way to the page.
  series.add([{ step: 1, values: { loss: null } }, { step: 2, values: { loss: 1 } }]);
  expect(series.columns(['loss'])).toEqual([[2], [1]]);
  expect(series.size).toBe(2);
});

it('writes numbers short enough for an axis', () => {
  expect([0, 0.00001, 0.00084, 0.0123, 1.234, 812.4, 5600, 42_137].map(formatTick)).toEqual(['0', '1.0e-5', '0.00084', '0.012', '1.23', '812', '5,600', '42.1k']);
});
