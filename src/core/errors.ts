/** Core speaks of errors with the engine's type, so that one catch serves both. */
export { UserError, type ErrorPlace } from '../engine/errors.ts';
