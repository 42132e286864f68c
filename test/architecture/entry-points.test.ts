import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import * as core from '../../core/index.ts';
import * as main from '../../index.ts';
import * as reports from '../../reports/index.ts';
import * as scenarios from '../../scenarios/index.ts';
import * as simulator from '../../simulator/index.ts';
import * as transports from '../../transports/index.ts';
import manifest from '../../package.json' with { type: 'json' };
import { ROOT } from './source-tree.ts';

const entryPoints = {
  '.': main,
  './core': core,
  './transports': transports,
  './simulator': simulator,
  './scenarios': scenarios,
  './reports': reports,
};

describe('the public names', () => {
  test('are listed for every entry point of the package', () => {
    expect([...Object.keys(entryPoints), './package.json']).toEqual(Object.keys(manifest.exports));
  });

  // A name that appears or goes is a change that users feel: the snapshot makes it a decision.
  test.each(Object.entries(entryPoints))('of %s change only on purpose', (_, entryPoint) => {
    expect(Object.keys(entryPoint).toSorted()).toMatchSnapshot();
  });
});

describe('for a browser', () => {
  const bundle = (contents: string) =>
    build({
      stdin: { contents, resolveDir: ROOT, loader: 'ts' },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      logLevel: 'silent',
    });

  test.each(['core', 'simulator'])('%s bundles without anything of Node', async (room) => {
    const { outputFiles, warnings } = await bundle(`export * from './${room}/index.ts';`);
    expect(warnings).toEqual([]);
    expect(outputFiles[0]?.text).not.toMatch(/from\s*["']node:|require\(/);
  });

  test('a bundle that needs Node fails', async () => {
    await expect(bundle(`export { createSocket } from 'node:dgram';`)).rejects.toThrow('node:dgram');
  });
});
