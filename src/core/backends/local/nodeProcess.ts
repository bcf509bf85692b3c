/** How a program of ours is started on the editor's own Node. */

/** Where the programs are; all absolute. */
export interface LocalPrograms {
  /** Node, or an Electron that can act as one */
  readonly execPath: string;
  /** options of Node before the program's file, for example to silence a warning */
  readonly execArgv?: readonly string[];
  readonly runnerFile: string;
  readonly inferenceFile: string;
  /** holds the starter model */
  readonly mediaFolder: string;
}

/**
 * The environment without what the editor put there for itself: its NODE_OPTIONS would be forced on a foreign program,
 * and its VSCODE_ variables make Electron believe that it is the editor. Without the user's token, too: no child downloads.
 */
export function cleanEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) =>
    name !== 'NODE_OPTIONS' && name !== 'HF_TOKEN' && name !== 'HUGGING_FACE_HUB_TOKEN' && !name.startsWith('VSCODE_') && !name.startsWith('ELECTRON_'));
  return { ...Object.fromEntries(kept), ELECTRON_RUN_AS_NODE: '1' };
}
