/** What a chart draws: a column of steps and a column a curve. */

export type ChartData = readonly [steps: readonly number[], ...values: readonly (number | null)[][]];
