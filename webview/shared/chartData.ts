/** What a chart draws: a column of steps and a column a curve, and how each curve looks. */

export type ChartData = readonly [steps: readonly number[], ...values: readonly (number | null)[][]];

export interface Curve {
  readonly label: string;
  readonly color: 'blue' | 'orange' | 'green' | 'purple';
  /** dashed with points: told apart without colour */
  readonly isSparse?: boolean;
}
