/** What the compare page shows of models, results and answers, in words. Pure. */

import type { EvaluationReport } from '../../core/evaluation/evaluation.ts';
import type { GenerateResult, ModelEntry } from '../../core/jobs/jobClient.ts';
import type { Job } from '../../core/jobs/job.ts';
import { formatBytes, formatDuration, formatQuantity } from '../../core/wording/numbers.ts';
import type { AnswerEnd, HeldOutResults, ModelOption } from '../../protocol/comparePage.ts';
import { baseName } from '../jobs/jobText.ts';

const SUGGESTIONS = 5;

export function modelOptions(models: readonly ModelEntry[]): ModelOption[] {
  return models.map(({ ref, label, kind, baseModel, bytes, folder }) => ({
    ref,
    label: kind === 'tuned' ? `${label} (tuned)` : `${label} (base)`,
    help: `${kind === 'tuned' ? `Tuned from ${baseName(baseModel ?? '')}` : 'Base model'}, ${formatBytes(bytes)}, ${folder}`,
  }));
}

/** Base on the left, tuned on the right; else the first two there are. */
export function initialSides(models: readonly ModelEntry[], job: Job | undefined, wanted: string | undefined): { left: string; right: string } {
  const tuned =
    models.find(({ jobId }) => job !== undefined && jobId === job.id) ??
    models.find(({ ref }) => ref === wanted) ??
    models.find(({ kind }) => kind === 'tuned');
  const base =
    models.find((model) => model.kind === 'base' && tuned?.baseModel !== undefined && isBase(model, tuned.baseModel)) ??
    models.find(({ kind, ref }) => kind === 'base' && ref !== tuned?.ref);
  const left = base?.ref ?? models[0]?.ref ?? '';
  const right = tuned?.ref ?? models.find(({ ref }) => ref !== left)?.ref ?? left;
  return { left, right };
}

/** A tuned model names its base with the commit, which is the name of the base's folder in the cache. */
function isBase({ ref, folder }: ModelEntry, baseModel: string): boolean {
  const [name, commit] = baseModel.split('@');
  return ref === baseModel || folder === baseModel || (commit !== undefined && ref === name && folder.endsWith(commit));
}

export function heldOutResults(job: Job, report: EvaluationReport | undefined): HeldOutResults | undefined {
  return report && { sentence: report.sentence, verdict: report.verdict, jobName: job.name, cases: report.cases };
}

/** Prompts to try first: held-out rows that the base got wrong and the tuned model right, then others. */
export function suggestions(report: EvaluationReport | undefined): string[] {
  const cases = report?.cases ?? [];
  const telling = [...cases.filter((one) => one.tunedCorrect && !one.baseCorrect), ...cases.filter((one) => one.tunedCorrect === one.baseCorrect)];
  return [...new Set(telling.map(({ prompt }) => prompt))].slice(0, SUGGESTIONS);
}

/** Why nothing can be asked now, if so. */
export function blockedBecause(isTrusted: boolean, models: number): string | undefined {
  if (!isTrusted) return 'This window is in Restricted Mode: models are shown and not run.';
  if (models === 0) return 'There is no model on this machine yet. Fine-tune one, or put a folder in Hugging Face layout into the models folder of the Tunesmith home.';
  return undefined;
}

export function answerNote({ tokens, seconds, finish }: GenerateResult): AnswerEnd {
  const speed = `${formatQuantity(tokens, 'token')} in ${formatDuration(seconds)}`;
  switch (finish) {
    case 'end':
      return { note: speed, failed: false };
    case 'length':
      return { note: `${speed}, cut at the longest answer or the end of the context`, failed: false };
    case 'aborted':
      return { note: `${speed}, stopped`, failed: false };
  }
}
