/** What the exit codes of `tunesmith` mean. */

export const EXIT = {
  ok: 0,
  /** the job did not succeed, or what was asked for cannot be done; the message says why */
  failed: 1,
  /** the command line itself is wrong */
  usage: 2,
  /** nothing is wrong, but `check --strict` found warnings */
  warnings: 3,
  /** a fault of Tunesmith */
  internal: 70, // EX_SOFTWARE of BSD's sysexits.h
  /** Ctrl+C */
  interrupted: 130,
} as const;
