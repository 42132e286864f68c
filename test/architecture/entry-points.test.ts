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
      metafile: true,
      format: 'esm',
      platform: 'browser',
      logLevel: 'silent',
    });

  // What this platform does not have, such as Node's own modules, esbuild refuses to resolve.
  test.each(['core', 'simulator'])('%s bundles whole, from its own files and pure packages', async (room) => {
    const { metafile, warnings } = await bundle(`export * from './${room}/index.ts';`);
    expect(warnings).toEqual([]);
    expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
    const packages = Object.keys(metafile.inputs).filter((path) => path.includes('node_modules'));
    expect(
      packages.filter((path) => !/node_modules\/(@msgpack\/msgpack|seedrandom\/lib\/alea|smol-toml)/.test(path)),
    ).toEqual([]);
  });

  test('a bundle that needs Node fails', async () => {
    await expect(bundle(`export { createSocket } from 'node:dgram';`)).rejects.toThrow('node:dgram');
  });
});
