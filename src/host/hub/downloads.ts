/** "Download Base Model", and the choice of a base model: what is here, what could be, and bringing it here. */

import { parseHubId } from '../../core/backends/local/hub/hubId.ts';
import { UserError } from '../../core/errors.ts';
import { formatBytes } from '../../core/wording/numbers.ts';
import { Commands } from '../../ids.ts';
import type { CommandTable } from '../commands.ts';
import type { Choice, Heading, Screen } from '../screen.ts';
import type { HubPort } from './hubPort.ts';
import type { HubTokens } from './hubTokens.ts';
import { offerChoice, progressText } from './hubText.ts';

export interface DownloadServices {
  readonly screen: Screen;
  readonly hub: HubPort;
  readonly tokens: Pick<HubTokens, 'set' | 'signOut'>;
  /** @throws UserError "trust.restricted" in Restricted Mode */
  readonly requireTrust: () => void;
  /** the models of this machine are others now */
  readonly onDownloaded: () => void;
}

const OTHER = 'other';
const ANOTHER = 'another';

export class DownloadManager {
  readonly #services: DownloadServices;
  /** by id: a second wish for the same model joins the first */
  readonly #running = new Map<string, Promise<boolean>>();

  constructor(services: DownloadServices) {
    this.#services = services;
  }

  register(commands: CommandTable): void {
    const { tokens } = this.#services;
    commands.register(Commands.downloadModel, async (id) => {
      const chosen = id ?? (await this.#chooseOffer());
      if (chosen !== undefined && (await this.download(chosen))) await this.#services.screen.tell('information', `${chosen} is on this machine. Choose it when you fine-tune.`);
    });
    commands.register(Commands.setHubToken, async () => {
      // Here and not in `set`: a download that asked for a token must not wait until a message is closed.
      if (await tokens.set()) await this.#services.screen.tell('information', 'The token is set. Models whose terms you have accepted can be downloaded now.');
    });
    commands.register(Commands.signOutOfHub, () => tokens.signOut());
  }

  /**
   * Downloads with a notification that can cancel. A gated model leads to the token.
   *
   * @returns false when the user cancelled
   * @throws UserError as `downloadModel`, "trust.restricted"
   */
  download(id: string): Promise<boolean> {
    const running = this.#running.get(id);
    if (running) return running;
    const started = this.#start(id).finally(() => this.#running.delete(id));
    this.#running.set(id, started);
    return started;
  }

  /**
   * A base model to train: one of this machine, or one that is downloaded first.
   *
   * @returns what a recipe calls it; undefined when the user chose none
   */
  async chooseBase(current: string): Promise<string | undefined> {
    const { screen, hub } = this.#services;
    const here = await hub.here();
    const chosen = await screen.choose<string>({ title: 'Which base model?', placeholder: 'The model that learns from your rows' }, [
      ...here.map(({ ref, label, bytes, folder }) => ({
        label, icon: ref === current ? 'check' : 'package', description: [ref === label || ref === folder ? '' : ref, formatBytes(bytes)].filter(Boolean).join(' · '), detail: folder, value: ref,
      })),
      { heading: 'From the Hugging Face hub' },
      { label: 'Download Another…', icon: 'cloud-download', detail: 'Small models with their licence, and what they need on this machine.', value: ANOTHER },
    ]);
    if (chosen !== ANOTHER) return chosen;
    const id = await this.#chooseOffer();
    return id !== undefined && (await this.download(id)) ? id : undefined;
  }

  /** @returns whether the model is here now */
  async offer(id: string): Promise<boolean> {
    const yes = await this.#services.screen.tell('warning', `The recipe's base model ${id} is not on this machine yet.`, ['Download']);
    return yes === 'Download' && this.download(id);
  }

  async #chooseOffer(): Promise<string | undefined> {
    const { screen, hub, requireTrust } = this.#services;
    requireTrust();
    const list = await screen.progress('Looking at this machine', () => hub.offers());
    if (!list) return undefined;
    const rows: (Choice<string> | Heading)[] = [
      { label: 'Enter a Name…', icon: 'edit', detail: 'Any model of the Hugging Face hub of a kind that the engine runs: Llama, Mistral, Qwen 2 and 3, Gemma 3.', value: OTHER },
      { heading: `Small models (list of ${list.asOf})` },
      ...list.offers.map(offerChoice),
    ];
    const chosen = await screen.choose<string>({ title: 'Download Base Model', placeholder: 'From the Hugging Face hub, into the cache that all its tools share' }, rows);
    if (chosen !== OTHER) return chosen;
    const text = await screen.ask({
      title: 'Download Base Model', prompt: 'The name on its page on huggingface.co; add @ and a revision if you mean one.', placeholder: 'Qwen/Qwen3-0.6B',
      fault: (name) => (parseHubId(name.trim()) ? undefined : 'Write it as owner/model.'),
    });
    return text?.trim();
  }

  async #start(id: string): Promise<boolean> {
    const { screen, hub, tokens, requireTrust, onDownloaded } = this.#services;
    requireTrust();
    for (;;) {
      try {
        const done = await screen.progress(`Downloading ${id}`, async (report, signal) => {
          await hub.download(id, signal, (progress) => report(progressText(progress)));
          return true;
        });
        if (done) onDownloaded();
        return done === true;
      } catch (fault) {
        if (!(fault instanceof UserError) || !['hub.model.gated', 'hub.token.refused', 'hub.token.invalid'].includes(fault.code)) throw fault;
        const action = await screen.tell('error', `${fault.message} ${fault.remedy}`, ['Set Token']);
        if (action === undefined || !(await tokens.set())) return false;
      }
    }
  }
}
