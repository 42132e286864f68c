import { presets, type PresetName } from '../membership/settings.ts';
import { crossChecks } from './cross-checks.ts';
import { discoveryChain, type Link } from './discovery-chain.ts';
import { DISCOVERY } from './discovery-fields.ts';
import { FIELDS } from './fields.ts';
import { Findings } from './findings.ts';
import { isTable, keyName } from './kinds.ts';
import { environmentLayer, flagLayer, treeLayer, type ConfigFlag, type ConfigTable } from './layers.ts';
import { meant, type SaidLayer } from './meanings.ts';
import { PRESET } from './membership-fields.ts';
import type { NodeConfig } from './node-config.ts';
import { PLACED, putAt } from './places.ts';
import { partOf, type ConfigSource } from './problems.ts';
import { settle, type SettledFields } from './settle.ts';
import { parseToml } from './syntax.ts';

/** Where a configuration comes from, lowest first: what stands further down wins. */
export interface ConfigInput {
  /** Given in code, in the shape of the file. */
  readonly values?: ConfigTable;
  readonly file?: { readonly path: string; readonly text: string };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly flags?: readonly ConfigFlag[];
  /** Top-level tables of file and values that belong to the application around us. */
  readonly foreignTables?: readonly string[];
}

export interface ConfigResult {
  readonly config: NodeConfig;
  /** Who said what counts, by canonical path; every tag and every source of peers has its own. */
  readonly sources: ReadonlyMap<string, ConfigSource>;
}

/** Reads, checks and joins all layers. Throws `InvalidConfig` with everything that is wrong. */
export function readConfig({
  values = {},
  file,
  environment,
  flags = [],
  foreignTables = [],
}: ConfigInput): ConfigResult {
  const tree = file === undefined ? {} : parseToml(file.path, file.text);
  const inFile = (key: string): ConfigSource => ({ kind: 'file', file: file?.path ?? '', key });
  const inCode = (key: string): ConfigSource => ({ kind: 'values', key });
  const layers = meant([
    treeLayer(values, foreignTables, inCode),
    treeLayer(tree, foreignTables, inFile),
    environmentLayer(environment),
    flagLayer(flags),
  ]);
  const findings = new Findings(file?.text ?? '');
  const settled = settle(layers, findings);
  const sources = sourcesOf(settled, layers);
  const word = [...settled].find(([path]) => path.startsWith('cluster.'))?.[1].source;
  // A table without a word in it is a word about the cluster, too.
  const table = isTable(tree['cluster'])
    ? inFile('cluster')
    : isTable(values['cluster'])
      ? inCode('cluster')
      : undefined;
  const enabledBy = settled.get(ENABLED)?.source ?? word ?? table;
  if (enabledBy !== undefined) sources.set(ENABLED, enabledBy);

  const chain = discoveryChain(settled, findings);
  for (const [i, { said }] of chain.entries()) sources.set(`${DISCOVERY}.sources[${i}]`, said);

  const config = assemble(settled, enabledBy !== undefined, chain);
  crossChecks({ config, settled, findings, sourceOf: (path) => sources.get(path) ?? { kind: 'default' } });
  findings.conclude();
  return { config, sources };
}

/** What a node does that is told nothing. */
export function defaultConfig(): NodeConfig {
  return readConfig({ environment: {} }).config;
}

const ENABLED = 'cluster.enabled';

const INITIAL: ReadonlyMap<string, unknown> = new Map(
  FIELDS.map(({ path, kind, initial }) => [
    path,
    initial === undefined ? undefined : kind.check(initial, () => undefined),
  ]),
);

function assemble(settled: SettledFields, clusterIsNamed: boolean, chain: readonly Link[]): NodeConfig {
  const preset = presets[(settled.get(PRESET)?.value ?? INITIAL.get(PRESET)) as PresetName];
  const config = { cluster: { membership: { ...preset }, discovery: { sources: chain.map(({ config }) => config) } } };
  for (const { field, place } of PLACED) {
    const value = settled.get(field.path)?.value ?? INITIAL.get(field.path);
    if (field.path === ENABLED) putAt(config, place, value ?? clusterIsNamed);
    else if (value !== undefined || !isMembership(field.path)) putAt(config, place, value);
  }
  return config as unknown as NodeConfig;
}

function isMembership(path: string): boolean {
  return path.startsWith('cluster.membership.');
}

function sourcesOf(settled: SettledFields, layers: readonly SaidLayer[]): Map<string, ConfigSource> {
  const preset = (settled.get(PRESET)?.value ?? INITIAL.get(PRESET)) as PresetName;
  const sources = new Map<string, ConfigSource>();
  for (const { path } of FIELDS) {
    const unsaid =
      isMembership(path) && path !== PRESET ? ({ kind: 'default', preset } as const) : ({ kind: 'default' } as const);
    sources.set(path, settled.get(path)?.source ?? unsaid);
  }
  for (const { field, value, path, source } of layers.flatMap(({ said }) => said)) {
    if (field.kind.merge === undefined || !isTable(value)) continue;
    for (const name of Object.keys(value)) {
      const key = keyName(name);
      sources.set(`${field.path}.${key}`, partOf(source, `${path}.${key}`));
    }
  }
  return sources;
}
