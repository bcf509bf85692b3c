/** The process that answers prompts: one question at a time a model, over IPC, models kept ready between them. */

import { performance } from 'node:perf_hooks';

import { createBirpc } from 'birpc';

import type { Answer, InferenceEvents, InferenceFunctions } from '../core/backends/local/inferenceContract.ts';
import { UserError } from '../core/errors.ts';
import type { ExportProgress, ExportReport } from '../engine/export/exportFormats.ts';
import type { GenerateRequest, GenerateResult } from '../core/jobs/jobClient.ts';
import { explainFault } from './faults.ts';
import { measureRate } from './measureRate.ts';
import { ModelShelf, type ReadyModel } from './modelShelf.ts';
import { TextStream } from './textStream.ts';

function serve(): void {
  const shelf = new ModelShelf();
  const calls = new Map<number, AbortController>();
  const exports = new Set<Promise<unknown>>();
  const rpc = createBirpc<InferenceEvents, InferenceFunctions>(
    {
      generate: async (call, files, request): Promise<Answer<GenerateResult>> => {
        const controller = new AbortController();
        calls.set(call, controller);
        try {
          const onText = (piece: string): void => void rpc.onText.asEvent(call, piece);
          return { ok: true, value: await answer(await shelf.take(files), request, controller.signal, onText) };
        } catch (thrown) {
          return { ok: false, ...explainFault(thrown, files.base) };
        } finally {
          calls.delete(call);
        }
      },
      measureRate: async (): Promise<Answer<number>> => {
        try {
          return { ok: true, value: await measureRate() };
        } catch (thrown) {
          return { ok: false, ...explainFault(thrown, '') };
        }
      },
      exportModel: async (call, source, format, folder): Promise<Answer<ExportReport | undefined>> => {
        const controller = new AbortController();
        calls.set(call, controller);
        try {
          // Loaded on first use: a process that answers prompts has none for it.
          const { exportModel } = await import('../engine/export/exportModel.ts');
          const onProgress = (progress: ExportProgress): void => void rpc.onExport.asEvent(call, progress);
          const work = exportModel(source, format, folder, { onProgress, signal: controller.signal });
          exports.add(work);
          return { ok: true, value: await work };
        } catch (thrown) {
          if (controller.signal.aborted) return { ok: true, value: undefined };
          return { ok: false, ...explainFault(thrown, folder) };
        } finally {
          calls.delete(call);
        }
      },
      abort: (call) => calls.get(call)?.abort(),
    },
    {
      post: (message) => process.connected && process.send?.(message),
      on: (receive) => process.on('message', receive),
      eventNames: ['onText', 'onExport'],
    },
  );
  // A terminal sends Ctrl+C to every process in it; what it means is the parent's to say.
  process.on('SIGINT', () => undefined);
  // The parent is gone: nobody can ask any more. An export first removes what it has written.
  process.on('disconnect', () => {
    for (const controller of calls.values()) controller.abort();
    void Promise.allSettled(exports).then(() => process.exit(0));
  });
}

async function answer(
  { generator, tokenizer, maxPositions }: ReadyModel, request: GenerateRequest, signal: AbortSignal, onText: (piece: string) => void,
): Promise<GenerateResult> {
  const prompt = tokenizer.tokenizePrompt(request.messages);
  if (prompt.length >= maxPositions) {
    throw new UserError('generate.prompt.too-long',
      `The prompt has ${prompt.length} tokens, and this model reads at most ${maxPositions} together with its answer.`, 'Shorten the prompt.');
  }
  const started = performance.now();
  const stream = new TextStream((ids) => tokenizer.decode(ids));
  const sampling = {
    maxNewTokens: request.maxNewTokens, temperature: request.temperature, endIds: tokenizer.endIds,
    seed: request.seed ?? Math.floor(Math.random() * 2 ** 31),
    ...(request.topP === undefined ? {} : { topP: request.topP }),
  };
  const [completion] = await generator.generate([prompt], sampling, {
    signal,
    onToken: (_, id) => {
      const piece = stream.push(id);
      if (piece !== '') onText(piece);
    },
  });
  const rest = stream.end();
  if (rest !== '') onText(rest);
  return {
    text: stream.text, tokens: completion?.ids.length ?? 0, seconds: (performance.now() - started) / 1000,
    finish: completion?.finish ?? 'aborted',
  };
}

serve();
