import type { SourceConfig } from '../discovery/source-type.ts';
import { DISCOVERY, SOURCE_KEYS, sourceOf, type TypedKey } from './discovery-fields.ts';
import type { Findings } from './findings.ts';
import { partOf, type ConfigSource } from './problems.ts';
import type { Settled, SettledFields } from './settle.ts';

const SERVICE = `${DISCOVERY}.service`;
const pathOf = (key: TypedKey): string => `${DISCOVERY}.${key.name}`;

/** A source of the chain, and who asked for it. */
export interface Link {
  readonly config: SourceConfig;
  readonly said: ConfigSource;
}

/**
 * The chain of sources. `sources` spells it out, `type` names the only one. What a higher layer tells another source
 * (`--join` beside a file that asks the DNS) comes in front of that; in the same layer it is a mistake. With neither,
 * every source that is told anything is asked: seed nodes first, then the DNS.
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

  const said = (name: string): unknown => settled.get(`${DISCOVERY}.${name}`)?.value;
  const told = SOURCE_KEYS.flatMap((key) => {
    const value = settled.get(pathOf(key));
    return value === undefined || (key.defines === true && isEmpty(value.value)) ? [] : [{ key, value }];
  });
  const wanted = told
    .filter(({ key, value }) => key.defines === true && key.type !== only && value.layer > (choice?.layer ?? 0))
    .map(({ key: { type }, value }) => ({ type, said: value.source }));
  for (const { key, value } of told) {
    const used = key.type === only || wanted.some(({ type }) => type === key.type);
    // What a lower layer says of another source is overruled together with that source.
    if (!used && value.layer >= (choice?.layer ?? 0)) misplaced(key, value, choice, findings);
  }
  if (only === 'dns' && isEmpty(said('service') ?? '') && !findings.refused.has(SERVICE)) {
    const says = `${SERVICE} is missing: ${named!.path} is dns. Name the service, such as _rollcall._tcp.example.org.`;
    findings.add({ path: SERVICE, says, allowed: 'a name of the DNS', source: named!.source });
  }

  if (choice !== undefined && only !== undefined) wanted.push({ type: only, said: choice.source });
  const chain = wanted.map(({ type, said: by }): Link => ({ config: sourceOf(type, said), said: by }));
  if (spelledOut !== undefined && choice === spelledOut) {
    for (const [i, config] of (spelledOut.value as readonly SourceConfig[]).entries()) {
      chain.push({ config, said: partOf(spelledOut.source, `${spelledOut.path}[${i}]`) });
    }
  }
  return chain.length > 0 ? chain : [{ config: sourceOf('static', said), said: { kind: 'default' } }];
}

function highest(a: Settled | undefined, b: Settled | undefined): Settled | undefined {
  return (b?.layer ?? 0) > (a?.layer ?? 0) ? b : a;
}

function isEmpty(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.length === 0);
}

function misplaced(key: TypedKey, said: Settled, choice: Settled | undefined, findings: Findings): void {
  const { path, value, source } = said;
  if (choice === undefined) {
    if (findings.refused.has(SERVICE)) return;
    findings.add({ path, says: `${path} has no meaning without ${SERVICE}.`, value, source });
    return;
  }
  const remedy =
    choice.path === `${DISCOVERY}.sources`
      ? `put it into an entry of ${choice.path}`
      : `it belongs to type ${key.type}; for both, write two [[${DISCOVERY}.sources]]`;
  const beside = `${choice.path} (${findings.place(choice.source)})`;
  findings.add({ path, says: `${path} has no meaning beside ${beside}: ${remedy}.`, value, source });
}
