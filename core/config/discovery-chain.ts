import { isEmpty, sourceOf } from '../discovery/source-table.ts';
import type { SourceConfig } from '../discovery/source-type.ts';
import { sourceType } from '../discovery/source-types.ts';
import { DISCOVERY, flatPath, SOURCE_FIELDS, sourcePath, type SourceField } from './discovery-fields.ts';
import type { Findings } from './findings.ts';
import { partOf, type ConfigSource } from './problems.ts';
import { peersFileIn } from './registries.ts';
import { misfit, same, type Settled, type SettledFields } from './settle.ts';
import { unfolded } from './source-list.ts';

/** A source of the chain, and who asked for it. */
export interface Link {
  readonly config: SourceConfig;
  readonly said: ConfigSource;
}

/**
 * The chain of sources. `sources` spells it out, `type` names the only one. What a higher layer tells another source
 * (`--join` beside a file that asks the DNS) comes in front of that; in the same layer it is a mistake. With neither,
 * every source that is told what defines it is asked, in the order of the types. Behind them all stand registries, and
 * the file of peers in the data directory.
 */
export function discoveryChain(settled: SettledFields, findings: Findings): readonly Link[] {
  const spelledOut = settled.get(`${DISCOVERY}.sources`);
  const named = settled.get(`${DISCOVERY}.type`);
  if (spelledOut !== undefined && named?.layer === spelledOut.layer) {
    const says = `${named.path} cannot stand beside ${spelledOut.path} (${findings.place(spelledOut.source)}). Keep one of them.`;
    findings.add({ path: named.path, says, value: named.value, source: named.source });
  }
  const choice = highest(spelledOut, named);
  const only = choice === named && named !== undefined ? (named.value as string) : undefined;

  const told = SOURCE_FIELDS.flatMap((field) => {
    const value = settled.get(field.path);
    return value === undefined || (field.key.defines === true && isEmpty(value.value)) ? [] : [{ field, value }];
  });
  const wanted = new Map<string, ConfigSource>();
  for (const { field, value } of told) {
    if (field.key.defines !== true || field.type === only || value.layer <= (choice?.layer ?? 0)) continue;
    if (!wanted.has(field.type)) wanted.set(field.type, value.source);
  }
  for (const { field, value } of told) {
    const used = field.type === only || wanted.has(field.type);
    // What a lower layer says of another source is overruled together with that source.
    if (!used && value.layer >= (choice?.layer ?? 0)) misplaced(field, value, choice, findings);
  }
  if (choice !== undefined && only !== undefined) wanted.set(only, choice.source);

  const chain = [...wanted].flatMap(([type, said]) => linksOf(type, said, named, settled, findings));
  if (spelledOut !== undefined && choice === spelledOut) {
    for (const [i, config] of (spelledOut.value as readonly SourceConfig[]).entries()) {
      const said = partOf(spelledOut.source, `${spelledOut.path}[${i}]`);
      chain.push(...unfolded(config).map((config): Link => ({ config, said })));
    }
  }
  chain.push(...registryLinks(settled));
  if (chain.length === 0) chain.push(...linksOf('static', { kind: 'default' }, named, settled, findings));
  return [...chain, ...peersFileLink(settled, chain)];
}

function registryLinks(settled: SettledFields): Link[] {
  const registries = settled.get(`${DISCOVERY}.registries`);
  if (registries === undefined) return [];
  const configs = registries.value as readonly SourceConfig[];
  return configs.map((config, i) => ({ config, said: partOf(registries.source, `${registries.path}[${i}]`) }));
}

/** Unless it stands there already: what is printed names it. */
function peersFileLink(settled: SettledFields, chain: readonly Link[]): Link[] {
  const dataDir = settled.get('cluster.data_dir');
  const config = peersFileIn((dataDir?.value ?? '') as string);
  const isKnown = chain.some((link) => same(link.config, config));
  return config === undefined || isKnown ? [] : [{ config, said: dataDir!.source }];
}

/** What the flat keys tell one source. */
function linksOf(
  type: string,
  said: ConfigSource,
  named: Settled | undefined,
  settled: SettledFields,
  findings: Findings,
): Link[] {
  const of = sourceType(type)!;
  const told = (name: string): unknown => settled.get(sourcePath(type, name))?.value;
  const isRefused = of.keys.some(({ name }) => findings.refused.has(sourcePath(type, name)));
  if (isRefused) return [];
  const missing = of.keys.filter(({ name, required }) => required === true && isEmpty(told(name) ?? ''));
  for (const { name, kind, says } of missing) {
    const path = flatPath(name);
    const because = named?.value === type ? `${named.path} is ${type}` : `a source of type ${type} is asked`;
    const sentence = `${path} is missing: ${because}. It must be ${kind.allowed}: ${says}.`;
    findings.add({ path, says: sentence, allowed: kind.allowed, source: said });
  }
  if (missing.length > 0) return [];
  const config = sourceOf(of, told);
  const wrong = of.problem?.(config);
  if (wrong !== undefined) findings.add(misfit(DISCOVERY, { value: type, allowed: wrong, says: wrong }, said));
  return unfolded(config).map((config) => ({ config, said }));
}

function highest(a: Settled | undefined, b: Settled | undefined): Settled | undefined {
  return (b?.layer ?? 0) > (a?.layer ?? 0) ? b : a;
}

function misplaced(field: SourceField, said: Settled, choice: Settled | undefined, findings: Findings): void {
  const { path, value, source } = said;
  const { type } = field;
  const shown = field.secret ? {} : { value };
  if (choice === undefined) {
    const definers = SOURCE_FIELDS.filter((one) => one.type === type && one.key.defines === true);
    if (definers.some((one) => findings.refused.has(one.path))) return;
    const without = definers[0] === undefined ? `${DISCOVERY}.type = "${type}"` : flatPath(definers[0].key.name);
    findings.add({ path, says: `${path} has no meaning without ${without}.`, ...shown, source });
    return;
  }
  const remedy =
    choice.path === `${DISCOVERY}.sources`
      ? `put it into an entry of ${choice.path}`
      : `it belongs to type ${type}; for both, write two [[${DISCOVERY}.sources]]`;
  const beside = `${choice.path} (${findings.place(choice.source)})`;
  findings.add({ path, says: `${path} has no meaning beside ${beside}: ${remedy}.`, ...shown, source });
}
