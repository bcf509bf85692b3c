/** Requests to the hub: signed in where that is safe, tried again when that may help, ended when asked to. */

import type { Clock } from '../../../jobs/clock.ts';
import { answerFault, connectionFault, stalledFault, type FaultContext } from './hubFaults.ts';

/** Attempts in a row without any success. */
export const ATTEMPTS = 5;
/** Between the first and the second attempt; doubles each time. */
const FIRST_PAUSE_MS = 1000;
/** Who is told to wait longer than this had better tell the user. */
const LONGEST_PAUSE_MS = 5 * 60_000;
/** Without an answer, or within it without a byte. */
export const PATIENCE_SECONDS = 60;

const WORTH_ANOTHER = new Set([408, 425, 429, 500, 502, 503, 504]);

export interface HubConnectionOptions extends FaultContext {
  readonly token: string | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export class HubConnection {
  readonly #options: HubConnectionOptions;

  constructor(options: HubConnectionOptions) {
    this.#options = options;
  }

  get endpoint(): string {
    return this.#options.endpoint;
  }

  get faultContext(): FaultContext {
    return this.#options;
  }

  /** @throws the signal's reason when it was aborted */
  throwIfAborted(): void {
    this.#options.signal.throwIfAborted();
  }

  /** Same contract as the global one, for the library: the token is added here, so no error of the library can hold it. */
  readonly fetch: typeof fetch = (input, init) =>
    this.open(typeof input === 'string' ? input : input instanceof URL ? input.href : input.url, new Headers(init?.headers));

  /**
   * @returns an answer that is a success, its body not yet read
   * @throws UserError "hub.*" after the last attempt; the signal's reason when aborted
   */
  async open(url: string, headers = new Headers()): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      const response = await this.#send(url, headers).catch((fault: unknown) => {
        this.#options.signal.throwIfAborted();
        if (attempt >= ATTEMPTS) throw connectionFault(fault, this.#options);
        return undefined;
      });
      if (response?.ok) return response;
      const asked = response && retryAfter(response.headers, this.#options.clock.now());
      if (response) {
        await response.body?.cancel();
        const isLast = attempt >= ATTEMPTS || !WORTH_ANOTHER.has(response.status) || (asked ?? 0) > LONGEST_PAUSE_MS;
        if (isLast) throw answerFault(response.status, response.headers, this.#options);
      }
      await this.pause(attempt, asked);
    }
  }

  /** @param asked milliseconds that the other side wants; else they grow with the attempts */
  pause(attempt: number, asked?: number): Promise<void> {
    const { clock, signal } = this.#options;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        timer.dispose();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever the caller aborted with
        reject(signal.reason);
      };
      const timer = clock.after(asked ?? FIRST_PAUSE_MS * 2 ** (attempt - 1), () => {
        signal.removeEventListener('abort', end);
        resolve();
      });
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    });
  }

  /** The pieces of a body; one that stays away too long ends it. */
  async *read(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
    const reader = body.getReader();
    try {
      for (;;) {
        const { done, value } = await this.#patiently(() => reader.read());
        if (done) return;
        yield value;
      }
    } finally {
      // A body that is left halfway would keep its connection.
      await reader.cancel().catch(() => undefined);
    }
  }

  async #send(url: string, headers: Headers): Promise<Response> {
    const { token, endpoint, signal } = this.#options;
    const sent = new Headers(headers);
    sent.set('user-agent', 'tunesmith');
    // The token is for the hub alone, not for where a listing or a redirect leads.
    if (token !== undefined && new URL(url).origin === new URL(endpoint).origin) sent.set('authorization', `Bearer ${token}`);
    const late = new AbortController();
    return this.#patiently(() => fetch(url, { headers: sent, signal: AbortSignal.any([signal, late.signal]) }), () => late.abort());
  }

  async #patiently<T>(work: () => Promise<T>, giveUp?: () => void): Promise<T> {
    const { clock, signal } = this.#options;
    signal.throwIfAborted();
    const { promise: stalled, reject } = Promise.withResolvers<never>();
    const timer = clock.after(PATIENCE_SECONDS * 1000, () => {
      reject(stalledFault(PATIENCE_SECONDS));
      giveUp?.();
    });
    try {
      return await Promise.race([work(), stalled]);
    } finally {
      timer.dispose();
    }
  }
}

/**
 * @returns milliseconds, or undefined when the answer does not say
 * @see RFC 9110 §10.2.3; draft-ietf-httpapi-ratelimit-headers, which the hub sends: `"api";r=0;t=55`
 */
export function retryAfter(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after')?.trim();
  if (text) {
    const value = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
    if (Number.isFinite(value)) return Math.max(0, value);
  }
  const reset = /;\s*t=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1];
  return reset === undefined ? undefined : Number(reset) * 1000;
}
