/** The one error type that is meant for the user's eyes; everything else that is thrown is a fault of ours. */

export interface ErrorPlace {
  readonly file?: string;
  /** 1-based line or row */
  readonly row?: number;
  /** dotted path of a field, for example `training.epochs` */
  readonly field?: string;
}

/**
 * Says what happened, where, and what to do next.
 *
 * @example new UserError('dataset.row.invalid-json',
 *   'Line 4,211 of tickets.jsonl is not valid JSON: a quote is missing before column 17.', 'Open the line')
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** stable, dotted, lower case: `area.thing.fault` */
  readonly code: string;
  /** the next step, as an imperative sentence */
  readonly remedy: string;
  readonly place: ErrorPlace | undefined;

  constructor(code: string, message: string, remedy: string, options?: { cause?: unknown; place?: ErrorPlace }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remedy = remedy;
    this.place = options?.place;
  }
}
