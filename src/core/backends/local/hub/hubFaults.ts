/** What went wrong between this machine and the hub, in words with a way out. */

import { UserError } from '../../../errors.ts';
import { formatDuration } from '../../../wording/numbers.ts';

export interface FaultContext {
  /** as in `formatHubId` */
  readonly model: string;
  /** address of the hub, without a slash at its end */
  readonly endpoint: string;
  readonly hasToken: boolean;
}

/** What an answer that is no success means. The hub's own words are left out: they say less. */
export function answerFault(status: number, headers: Headers, { model, endpoint, hasToken }: FaultContext): UserError {
  const reason = headers.get('x-error-code');
  if (reason === 'GatedRepo' || (status === 403 && reason === null)) {
    return new UserError('hub.model.gated', `${model} is gated: its owner wants you to accept its terms first.`, hasToken
      ? `Accept the terms on ${endpoint}/${bare(model)}, and check that your token may read gated models. Approval can take a while.`
      : `Accept the terms on ${endpoint}/${bare(model)}, then sign in: "Tunesmith: Set Hugging Face Token" in the editor, or HF_TOKEN in a terminal.`);
  }
  if (reason === 'RevisionNotFound') {
    return new UserError('hub.revision.unknown', `${model} has no such revision.`, `Look up its branches and commits on ${endpoint}/${bare(model)}.`);
  }
  // To those who are not signed in, the hub says 401 for what does not exist, too.
  if (reason === 'RepoNotFound' || status === 404 || (status === 401 && !hasToken)) {
    return new UserError('hub.model.unknown', `The hub has no model ${bare(model)}${hasToken ? ' that your token may see' : ', or it is private'}.`, hasToken
      ? `Check the spelling on ${endpoint}.` : `Check the spelling on ${endpoint}; for a private model set your token first.`);
  }
  if (status === 401) {
    return new UserError('hub.token.refused', 'The hub does not accept your token: it is wrong, or it was revoked or has expired.',
      'Make a new one on https://huggingface.co/settings/tokens and set it again, or sign out: public models need none.');
  }
  if (status === 429) {
    return new UserError('hub.busy', 'The hub answers no more requests from here for now (429).', hasToken
      ? 'Try again in a few minutes; what was downloaded is kept.' : 'Try again in a few minutes, or set a token: signed in, you may ask more often.');
  }
  if (status >= 500) {
    return new UserError('hub.down', `${endpoint} has trouble of its own (${status}).`, 'Try again later; what was downloaded is kept.');
  }
  return new UserError('hub.refused', `${endpoint} refused the request for ${model} (${status}).`, 'Check the name, and HF_ENDPOINT if you have set it.');
}

/** No answer, or one that broke off, after all attempts. */
export function connectionFault(cause: unknown, { endpoint }: FaultContext): UserError {
  const code = systemCode(cause);
  const why = code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'its name cannot be looked up' : code === 'ECONNREFUSED' ? 'nothing answers there'
    : code?.startsWith('CERT') || code?.includes('SIGNED') ? 'its certificate is not trusted here' : 'the connection breaks off';
  return new UserError('hub.offline', `${endpoint} cannot be reached: ${why}.`,
    'Check the network (and HTTPS_PROXY or HF_ENDPOINT if you use them), then try again; what was downloaded is kept.');
}

/** @param seconds without a byte */
export function stalledFault(seconds: number): Error {
  return Object.assign(new Error(`No byte came for ${formatDuration(seconds)}.`), { code: 'ETIMEDOUT' });
}

/** A fault of this machine's disk; anything else is returned as it is. */
export function diskFault(fault: unknown, file: string): unknown {
  const code = systemCode(fault);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new UserError('hub.disk.full', `The disk is full: ${file} could not be written.`, 'Free some space and download again; it goes on where it was.', { cause: fault, place: { file } });
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR') {
    return new UserError('hub.cache.unwritable', `${file} could not be written (${code}).`, 'Allow writing there, or choose another folder with HF_HOME.', { cause: fault, place: { file } });
  }
  return fault;
}

/** Fetch hides the system's error behind its own, sometimes twice. */
export function systemCode(fault: unknown): string | undefined {
  for (let at: unknown = fault, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return undefined;
}

function bare(model: string): string {
  return model.split('@')[0] ?? model;
}
