import { isEmpty } from '../discovery/source-table.ts';
import { sourceType } from '../discovery/source-types.ts';
import { DISCOVERY, type SourceField } from './discovery-fields.ts';
import type { Field } from './field.ts';
import type { Meaning } from './fields.ts';
import { inWords, type Kind } from './kinds.ts';
import type { Layer, Word } from './layers.ts';
import type { ConfigProblem, ConfigSource } from './problems.ts';

/** One thing that somebody said, and what it means. */
export interface Said {
  readonly field: Field;
  readonly kind: Kind;
  /** The dotted path as written. */
  readonly path: string;
  /** As TOML has it, not yet checked. */
  readonly value: unknown;
  readonly source: ConfigSource;
}

export interface SaidLayer {
  readonly said: readonly Said[];
  readonly problems: readonly ConfigProblem[];
}

/** Finds out what every word means. Layers are given lowest first. */
export function meant(layers: readonly Layer[]): SaidLayer[] {
  const named = layers.map(({ words }) => namedType(words));
  const spelledOut = layers.findLastIndex(({ words }) => words.some(({ meanings }) => isOf(meanings, 'sources')));
  const words = layers.flatMap((layer, i) => layer.words.map((word) => [word, i] as const));
  const first = { named, spelledOut, wanted: new Set(words.flatMap(([word]) => wantedBy(word, word.meanings))) };
  // A name that several types have may define one of them; then that one is wanted as well.
  const second = words.flatMap(([word, i]) => wantedBy(word, shared(word, i, first)));
  const told: Told = { named, spelledOut, wanted: new Set([...first.wanted, ...second]) };
  return layers.map(({ words, problems }, i) => {
    const layer = { said: [] as Said[], problems: [...problems] };
    for (const word of words) {
      const meaning = word.meanings.length === 1 ? word.meanings[0]! : ofSeveral(word, i, told);
      if (meaning === undefined) continue;
      if ('says' in meaning) layer.problems.push(meaning);
      else layer.said.push(saidOf(word, meaning));
    }
    return layer;
  });
}

/** What all layers tell about the types of sources. */
interface Told {
  /** By layer, the type that it names. */
  readonly named: readonly (string | undefined)[];
  /** The highest layer that spells a chain out; -1 for none. */
  readonly spelledOut: number;
  /** Types that are told something that is theirs alone, and says that they are wanted. */
  readonly wanted: ReadonlySet<string>;
}

function saidOf({ path, value, isText, source }: Word, { field, kind }: Meaning): Said {
  return { field, kind, path, source, value: isText ? kind.read(value as string) : value };
}

function isOf(meanings: readonly Meaning[], name: string): boolean {
  return meanings[0]?.field.path === `${DISCOVERY}.${name}`;
}

function namedType(words: readonly Word[]): string | undefined {
  return words.find(({ meanings, value }) => isOf(meanings, 'type') && typeof value === 'string')?.value as
    | string
    | undefined;
}

/** What a name of several types means for certain: as a list, empty where it is not. */
function shared(word: Word, layer: number, told: Told): readonly Meaning[] {
  const meaning = word.meanings.length > 1 ? ofSeveral(word, layer, told) : undefined;
  return meaning === undefined || 'says' in meaning ? [] : [meaning];
}

function wantedBy({ value }: Word, [only, ...others]: readonly Meaning[]): readonly string[] {
  const isWanted = only?.source?.key.defines === true && others.length === 0 && !isEmpty(value);
  return isWanted ? [only.source!.type] : [];
}

/**
 * Which of several types a key belongs to: the one that is named, in its own layer rather than in another; else the one
 * that is wanted; else the one that it asks for itself. Undefined for what a higher layer has overruled.
 */
function ofSeveral(word: Word, layer: number, told: Told): Meaning | ConfigProblem | undefined {
  const { named, spelledOut, wanted } = told;
  const types = [named[layer], ...named.slice(0, layer).reverse(), ...named.slice(layer + 1)];
  const type = types.find((one) => one !== undefined);
  const ofType = word.meanings.find(({ source }) => source?.type === type);
  if (ofType !== undefined) return ofType;
  const ofWanted = word.meanings.filter(({ source }) => source !== undefined && wanted.has(source.type));
  if (ofWanted.length === 1) return ofWanted[0];
  const definers = word.meanings.filter(({ source }) => source?.key.defines === true);
  if (ofWanted.length === 0 && definers.length === 1) return definers[0];

  const isOverruled = spelledOut > layer || named.findLastIndex((one) => one !== undefined) > layer;
  // Of a type that is none, somebody else complains.
  if (isOverruled || (type !== undefined && sourceType(type) === undefined)) return undefined;
  return { path: word.path, value: undefined, source: word.source, says: puzzled(word, type, told, ofWanted) };
}

function puzzled({ path, meanings }: Word, type: string | undefined, told: Told, wanted: readonly Meaning[]): string {
  const sources = meanings.map(({ source }) => source as SourceField);
  const types = inWords(
    sources.map((source) => source.type),
    'and',
  );
  if (told.spelledOut >= 0) {
    return `${path} has no meaning beside ${DISCOVERY}.sources: put it into an entry of ${DISCOVERY}.sources.`;
  }
  if (type !== undefined)
    return `${path} has no meaning beside ${DISCOVERY}.type: it belongs to ${types}, not to ${type}.`;
  const names = inWords(
    (wanted.length > 0 ? wanted : meanings).map(({ field }) => field.path),
    'or',
  );
  return wanted.length > 0
    ? `${path} may belong to several of the sources that are asked. Write ${names}.`
    : `${path} belongs to ${types}, none of which is asked. Name one with ${DISCOVERY}.type, or write ${names}.`;
}
