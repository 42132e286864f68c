import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { catalogueOf, openCatalogue, splitArguments } from '../../scenarios/catalogue.ts';
import { UnknownScenario, UnusableFile, UsageError } from '../../scenarios/errors.ts';
import { findFiles } from '../../scenarios/files.ts';
import { pingScenario } from './ping.ts';

const FIXTURES = fileURLToPath(new URL('./fixtures/', import.meta.url));
const names = ['crash-of-one', 'crash-of-ten', 'formation', 'swarm'];
const catalogue = catalogueOf(names.map((name) => pingScenario(name)));
const select = (...patterns: string[]) => catalogue.select(patterns).map(({ name }) => name);

describe('scenarios are chosen', () => {
  test('all of them without a pattern', () => expect(select()).toEqual(names));
  test('by whole name', () => expect(select('crash-of-one')).toEqual(['crash-of-one']));
  test('by part of a name', () => expect(select('crash')).toEqual(['crash-of-one', 'crash-of-ten']));
  test('by a star', () => expect(select('*-of-t*')).toEqual(['crash-of-ten']));
  test('by several patterns, each once', () =>
    expect(select('swarm', 'crash', 'crash-of-one')).toEqual(['crash-of-one', 'crash-of-ten', 'swarm']));

  test('and an unknown name gets a suggestion', () => {
    expect(() => select('swrm')).toThrow(UnknownScenario);
    expect(() => select('swrm')).toThrow('Did you mean "swarm"?');
    expect(() => select('zzzzzzzz')).toThrow('rollcall list');
  });

  test('and a folder that only looks like a name gets its path', () =>
    expect(() => select('docs')).toThrow('For the files in this folder: ./docs'));

  test('but two of one name are refused', () => {
    expect(() => catalogueOf([pingScenario('twin'), pingScenario('twin')])).toThrow('Two scenarios are named "twin"');
  });
});

describe('files of scenarios', () => {
  test('are told from names', () => {
    expect(splitArguments(['crash', `${FIXTURES}own.ts`])).toEqual({
      patterns: ['crash'],
      files: [`${FIXTURES}own.ts`],
    });
  });

  test('are found by folder and by globs that the shell left alone', () => {
    const all = [`${FIXTURES}endless.ts`, `${FIXTURES}own.ts`, `${FIXTURES}planted.ts`];
    expect(findFiles([FIXTURES])).toEqual(all);
    expect(findFiles([`${FIXTURES}*.{js,ts}`])).toEqual(all);
    expect(findFiles([`${FIXTURES}../**/own.ts`])).toEqual([`${FIXTURES}own.ts`]);
    expect(findFiles([`${FIXTURES}o?n.ts`, `${FIXTURES}own.ts`])).toEqual([`${FIXTURES}own.ts`]);
  });

  test('that do not exist are named', () => {
    expect(() => findFiles(['./nowhere/*.ts'])).toThrow(UnusableFile);
    expect(() => findFiles(['./nowhere/x.ts'])).toThrow('./nowhere/x.ts: no such file');
  });

  test('join the built-in ones, and are chosen when nothing else is', async () => {
    const opened = await openCatalogue([`${FIXTURES}own.ts`]);
    expect(opened.select([]).map(({ name }) => name)).toEqual(['own-calm', 'own-strict']);
    expect(opened.all.length).toBeGreaterThanOrEqual(2);
  });

  test('without a scenario are refused', async () => {
    await expect(openCatalogue([`${FIXTURES}../ping.ts`])).rejects.toThrow('it exports no scenario');
    await expect(openCatalogue([`${FIXTURES}absent.ts`])).rejects.toThrow(UsageError);
  });
});
