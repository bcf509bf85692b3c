/** Names of models on the Hugging Face hub: `org/name`, with `@revision` where one is meant. */

import { UserError } from '../../../errors.ts';
import { quoteBriefly } from '../../../wording/lists.ts';

export interface HubId {
  /** `org/name` */
  readonly name: string;
  /** branch, tag or commit */
  readonly revision: string;
}

export const DEFAULT_REVISION = 'main';

/** One part of a name, as the hub allows it: letters, digits, `-`, `_`, `.`; neither `-` nor `.` at an end, neither `--` nor `..` inside. */
const PART = /^(?!.*(?:--|\.\.))[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?$/;
const LONGEST_NAME = 96;
const COMMIT = /^[0-9a-f]{40}$/;
/** What git allows in a branch or tag, less what could leave a folder or an address. */
const REVISION_PART = /^(?!\.)(?!.*(?:\.\.|\.lock$))[A-Za-z0-9._+-]+$/;
const LONGEST_REVISION = 200;

/**
 * @returns undefined for what is no name of a model on the hub
 * @see huggingface_hub `validate_repo_id`
 */
export function parseHubId(text: string): HubId | undefined {
  const at = text.indexOf('@');
  const name = at < 0 ? text : text.slice(0, at);
  const revision = at < 0 ? DEFAULT_REVISION : text.slice(at + 1);
  const parts = name.split('/');
  if (parts.length !== 2 || name.length > LONGEST_NAME || !parts.every((part) => PART.test(part))) return undefined;
  if (revision.length > LONGEST_REVISION || !revision.split('/').every((part) => REVISION_PART.test(part))) return undefined;
  return { name, revision };
}

/** @throws UserError "hub.id.invalid" */
export function requireHubId(text: string): HubId {
  const id = parseHubId(text.trim());
  if (id) return id;
  throw new UserError('hub.id.invalid', `${quoteBriefly(text, 80)} is not the name of a model on the hub.`,
    'Write it as on its page, for example "HuggingFaceTB/SmolLM2-135M-Instruct", with "@revision" if you mean one.');
}

/** The shortest text that `parseHubId` reads as the same. */
export function formatHubId({ name, revision }: HubId): string {
  return revision === DEFAULT_REVISION ? name : `${name}@${revision}`;
}

export function isCommit(revision: string): boolean {
  return COMMIT.test(revision);
}

/** Was it meant as a name on the hub with a revision, well-formed or not? Paths hardly ever look like this. */
export function looksLikePinnedHubId(text: string): boolean {
  return /^[^./\\~][^/\\]*\/[^/\\@]+@/.test(text);
}
