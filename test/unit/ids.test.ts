/** The ids of the code and those of package.json are the same, and what a menu may show follows from what a command is. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { COMMON_GLOB, DATASET_EXTENSIONS, DATASET_GLOB, parseDatasetName, SURE_GLOB } from '../../src/core/datasets/extensions.ts';
import { CommandFacts, Commands, isOurs, Pages, Settings, ViewContainer, Views } from '../../src/ids.ts';

const { contributes } = manifest;
const contributed = contributes.commands.map(({ command }) => command);
const items = Object.entries(contributes.menus).flatMap(([menu, of]) => of.map((item): { menu: string; when: string; command?: string; submenu?: string } => ({ menu, ...item })));
const menus = items.flatMap(({ command, ...item }) => (command === undefined ? [] : [{ ...item, command }]));
const repository = join(import.meta.dirname, '../..');

describe('ids', () => {
  it('name exactly the commands that package.json contributes', () => {
    expect(contributed.toSorted()).toEqual(Object.values(Commands).toSorted());
    expect(contributed.toSorted()).toEqual(Object.keys(CommandFacts).toSorted());
    expect(contributes.commands.every(({ category, title }) => category === 'Tunesmith' && title.length > 0)).toBe(true);
  });

  it('name exactly the views, the container, the settings and the pages', () => {
    expect(contributes.views[ViewContainer].map(({ id }) => id)).toEqual(Object.values(Views));
    expect(contributes.viewsContainers.activitybar.map(({ id }) => id)).toEqual([ViewContainer]);
    expect(Object.keys(contributes.configuration.properties).toSorted()).toEqual(Object.values(Settings).toSorted());
    expect(manifest.activationEvents.filter((event) => event.startsWith('onWebviewPanel:'))).toEqual(Object.values(Pages).map((type) => `onWebviewPanel:${type}`));
  });

  it('hides from the palette every command that needs an argument', () => {
    const hidden = contributes.menus.commandPalette.filter(({ when }) => when === 'false').map(({ command }) => command);
    const needing = Object.entries(CommandFacts).filter(([, facts]) => facts.needsArgument).map(([command]) => command);
    expect(hidden.toSorted()).toEqual(needing.toSorted());
  });

  it('hides in Restricted Mode every menu item of a command that executes', () => {
    const executing = Object.entries(CommandFacts).filter(([, facts]) => facts.executes).map(([command]) => command);
    const shown = menus.filter(({ command, when }) => executing.includes(command) && !when.includes('isWorkspaceTrusted'));
    expect(shown).toEqual([]);
    const inPalette = contributes.menus.commandPalette.map(({ command }) => command);
    expect(executing.filter((command) => !inPalette.includes(command))).toEqual([]);
  });

  it('puts only known commands into menus, welcome texts and the walkthrough', () => {
    expect(menus.filter(({ command }) => !contributed.includes(command))).toEqual([]);
    const submenus = contributes.submenus.map(({ id }) => id);
    expect(items.filter(({ command, submenu }) => command === undefined && !submenus.includes(submenu ?? ''))).toEqual([]);
    expect(submenus.filter((id) => !Object.hasOwn(contributes.menus, id))).toEqual([]);
    const texts = JSON.stringify([contributes.viewsWelcome, contributes.walkthroughs]);
    const linked = [...texts.matchAll(/command:(tunesmith\.[\w.]+)/g)].map(([, id]) => id ?? '');
    const known = [...contributed, ...Object.values(Views).map((view) => `${view}.focus`)];
    expect(linked.filter((id) => !known.includes(id))).toEqual([]);
    expect(linked.length).toBeGreaterThan(5);
  });

  it('speaks in when-clauses of views that exist', () => {
    const named = menus.flatMap(({ when }) => [...when.matchAll(/view == ([\w.]+)/g)].map(([, id]) => id ?? ''));
    expect(named.filter((id) => !(Object.values(Views) as string[]).includes(id))).toEqual([]);
  });

  it('points to icons and walkthrough pages that are there', () => {
    const pages = contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown));
    const files = [manifest.icon, ...contributes.viewsContainers.activitybar.map(({ icon }) => icon), ...pages];
    expect(files.filter((file) => !existsSync(join(repository, file)))).toEqual([]);
  });

  it('lets a folder that is not trusted choose nothing about where programs write', () => {
    expect(manifest.capabilities.untrustedWorkspaces.supported).toBe('limited');
    expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toContain(Settings.home);
    expect(contributes.configuration.properties[Settings.home].scope).toBe('machine');
  });
});

describe('a file that can be read as a dataset', () => {
  const extensions = DATASET_EXTENSIONS.map((extension) => ({ extension, isCommon: parseDatasetName(`tickets${extension}`)?.isCommon }));
  /** The names among those of datasets for which menus are shown. */
  const shownIn = (menu: string): string[] => {
    const patterns = menus.filter((item) => item.menu === menu && item.command === Commands.fineTune)
      .map(({ when }) => new RegExp(/resourceFilename =~ \/(.+)\/i/.exec(when)?.[1] ?? '$.', 'i'));
    return DATASET_EXTENSIONS.filter((extension) => patterns.some((pattern) => pattern.test(`tickets${extension.toUpperCase()}`)));
  };

  it('has its menu in the explorer', () => {
    expect(shownIn('explorer/context')).toEqual(DATASET_EXTENSIONS);
  });

  it('has its menus in the editor, unless most files that end alike are something else', () => {
    const sure = extensions.filter(({ isCommon }) => !isCommon).map(({ extension }) => extension);
    expect(shownIn('editor/title')).toEqual(sure);
    expect(shownIn('editor/title/context')).toEqual(sure);
    expect(sure).not.toContain('.json');
  });

  it('has no menu where its name only looks alike', () => {
    const patterns = items.filter(({ when }) => when.includes('resourceFilename') && when.includes('jsonl')).map(({ when }) => new RegExp(/resourceFilename =~ \/(.+)\/i/.exec(when)?.[1] ?? '', 'i'));
    // Fine-tuning and the preview, each in three menus, the submenu in two; repairing and redacting in one.
    expect(patterns.length).toBe(10);
    for (const name of ['tickets.gz', 'tickets.parquet.gz', 'jsonl', 'tickets.jsonlx', 'tickets.tune.yaml', 'my.csv.bak']) expect(patterns.some((pattern) => pattern.test(name))).toBe(false);
  });

  it('is watched, found and named', () => {
    const inGlob = (glob: string): string[] => /\*\{(.+)\}$/.exec(glob)?.[1]?.split(',') ?? [];
    expect(inGlob(DATASET_GLOB)).toEqual(DATASET_EXTENSIONS);
    expect([...inGlob(SURE_GLOB), ...inGlob(COMMON_GLOB)].toSorted()).toEqual(DATASET_EXTENSIONS.toSorted());
    const welcome = contributes.viewsWelcome.map(({ contents }) => contents).find((contents) => contents.includes('.jsonl'));
    const page = readFileSync(join(repository, 'media/walkthrough/dataset.md'), 'utf8');
    const schema = readFileSync(join(repository, 'media/recipe.schema.json'), 'utf8');
    for (const text of [welcome, page, schema]) expect(DATASET_EXTENSIONS.filter((extension) => !extension.endsWith('.gz') && !text?.includes(extension))).toEqual([]);
  });
});

it('leaves the files of tools alone', () => {
  expect(['/w/tickets.jsonl', '/w/git/a.csv', '/w/my.venv/a.csv'].map(isOurs)).toEqual([true, true, true]);
  expect(['/w/node_modules/x/a.csv', '/w/.venv/lib/a.csv', 'C:\\w\\.git\\a.jsonl'].map(isOurs)).toEqual([false, false, false]);
});
