import type { Kind } from './kinds.ts';

/** One key of the configuration: the file, the environment, the errors and the documentation all follow from it. */
export interface Field {
  /** Its canonical name, dotted. */
  readonly path: string;
  readonly kind: Kind;
  /** As TOML would have it; undefined where it stays unset, or something else decides. */
  readonly initial: unknown;
  /** For people who have no value to look at. */
  readonly says: string;
  readonly aliases: readonly Alias[];
  /** Never shown: neither in errors nor when printed. */
  readonly secret: boolean;
  /** A running node takes a change over. */
  readonly reloadable: boolean;
}

/** Another name under which the same is accepted, perhaps in another form. */
export interface Alias {
  readonly path: string;
  readonly kind: Kind;
}

interface More {
  readonly aliases?: readonly (string | Alias)[];
  readonly secret?: true;
  readonly reloadable?: true;
}

export function field(path: string, kind: Kind, initial: unknown, says: string, more: More = {}): Field {
  const aliases = (more.aliases ?? []).map((alias) => (typeof alias === 'string' ? { path: alias, kind } : alias));
  return { path, kind, initial, says, aliases, secret: more.secret ?? false, reloadable: more.reloadable ?? false };
}
