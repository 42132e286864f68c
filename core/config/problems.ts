import { RollcallError } from '../errors.ts';

/** Who said a value. A file's `key` is as it is written there: perhaps an alias. */
export type ConfigSource =
  | { readonly kind: 'default'; readonly preset?: string }
  | { readonly kind: 'values'; readonly key: string }
  | { readonly kind: 'file'; readonly file: string; readonly key: string }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'flag'; readonly flag: string };

/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** The dotted path of the key, as it was written. */
  readonly path: string;
  /** What is wrong, as a sentence that begins with the path. */
  readonly says: string;
  /** What was received; `***` where it is secret. */
  readonly value?: unknown;
  readonly allowed?: string;
  readonly suggestion?: string;
  readonly source: ConfigSource;
  /** From 1; in files alone. */
  readonly line?: number;
  readonly column?: number;
}

/** A configuration that cannot be used, with everything that is wrong with it. */
export class InvalidConfig extends RollcallError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const head = problems.length > 1 ? [`The configuration has ${problems.length} problems.`] : [];
    super('INVALID_CONFIG', [...head, ...problems.map(paragraph)].join('\n\n'));
    this.problems = problems;
  }
}

function paragraph({ source, says, suggestion, line, column }: ConfigProblem): string {
  const meant = suggestion === undefined ? '' : ` Did you mean ${suggestion}?`;
  return `${placeOf(source, line, column)}: ${says}${meant}`;
}

/** The source of a part of what a source said. */
export function partOf(source: ConfigSource, key: string): ConfigSource {
  return source.kind === 'file' || source.kind === 'values' ? { ...source, key } : source;
}

/** Where a value comes from, in words. */
export function placeOf(source: ConfigSource, line?: number, column?: number): string {
  switch (source.kind) {
    case 'default':
      return source.preset === undefined ? 'default' : `preset ${source.preset}`;
    case 'values':
      return 'given in code';
    case 'file':
      return line === undefined ? source.file : `${source.file}:${line}:${column ?? 1}`;
    case 'environment':
      return source.variable;
    case 'flag':
      return source.flag;
  }
}

export const MASK = '***';
const SHOWN_MAX = 120;

/** A received value for people. */
export function shown(value: unknown): string {
  const text = asJson(value);
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}…`;
}

function asJson(value: unknown): string {
  try {
    return (
      JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)) ?? String(value)
    );
  } catch {
    // Only code can give such a value, and the path tells which one it is.
    return 'a value that refers to itself';
  }
}
