import { nearest } from '../nearest.ts';
import type { Field } from './field.ts';
import type { Said, SaidLayer } from './meanings.ts';
import type { Findings } from './findings.ts';
import type { Refused } from './kinds.ts';
import { isSecretPlace, withoutSecrets } from './secrets.ts';
import { MASK, shown, type ConfigProblem, type ConfigSource } from './problems.ts';

/** What counts for one field that somebody has said something about. */
export interface Settled {
  readonly value: unknown;
  /** As written: the field's path, or an alias of it. */
  readonly path: string;
  readonly source: ConfigSource;
  /** Higher layers win; from 1. */
  readonly layer: number;
}

export type SettledFields = Map<string, Settled>;

/** Checks all that is said, the overridden too, and lets the highest layer win. Layers are given lowest first. */
export function settle(layers: readonly SaidLayer[], findings: Findings): SettledFields {
  const settled: SettledFields = new Map();
  for (const [i, layer] of layers.entries()) {
    for (const problem of layer.problems) findings.add(problem);
    const inLayer = new Map<string, Settled>();
    for (const said of layer.said) {
      const { field, path, source } = said;
      const value = checked(said, findings);
      const earlier = inLayer.get(field.path);
      if (value === REFUSED) continue;
      if (earlier === undefined) inLayer.set(field.path, { value, path, source, layer: i + 1 });
      else if (!same(earlier.value, value)) findings.add(contradiction(said, earlier, findings.place(earlier.source)));
    }
    for (const [path, { field }] of fieldsOf(layer)) {
      const higher = inLayer.get(path);
      const lower = settled.get(path);
      if (higher === undefined) continue;
      const value =
        lower === undefined ? higher.value : (field.kind.merge?.(lower.value, higher.value) ?? higher.value);
      settled.set(path, { ...higher, value });
    }
  }
  return settled;
}

function fieldsOf(layer: SaidLayer): Map<string, Said> {
  return new Map(layer.said.map((said) => [said.field.path, said]));
}

const REFUSED = Symbol('refused');

function checked({ field, kind, path, value, source }: Said, findings: Findings): unknown {
  let refused = false;
  const result = kind.check(value, (wrong) => {
    refused = true;
    findings.refused.add(field.path);
    const of = { ...wrong, value: isSecretPlace(wrong.at ?? '') ? MASK : masked(field, wrong.value) };
    findings.add(misfit(path, of, source, kind.choices));
    return undefined;
  });
  return refused ? REFUSED : result;
}

/** A value that is not allowed, with the word that was meant. */
export function misfit(
  base: string,
  { value, allowed, at = '', says }: Refused,
  source: ConfigSource,
  choices: readonly string[] = [],
): ConfigProblem {
  const path = base + at;
  const received = value === undefined ? 'missing' : value === MASK ? 'not valid' : shown(value);
  const wrong = says === undefined ? `, but must be ${allowed}` : `: ${says.replace(/\.$/, '')}`;
  const problem = { path, says: `${path} is ${received}${wrong}.`, value, allowed, source };
  const meant = typeof value === 'string' ? nearest(value, choices) : undefined;
  return meant === undefined ? problem : { ...problem, suggestion: JSON.stringify(meant) };
}

function contradiction({ field, path, value, source }: Said, earlier: Settled, place: string): ConfigProblem {
  const other = `${earlier.path} (${place})`;
  const received = field.secret ? '' : ` is ${shown(withoutSecrets(value))}, which`;
  const says = `${path}${received} contradicts ${other}: both mean ${field.path}. Keep one of them.`;
  return { path, says, value: masked(field, value), allowed: 'the same under every name', source };
}

function masked(field: Field, value: unknown): unknown {
  return field.secret ? MASK : withoutSecrets(value);
}

export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
