import { isTable } from '../../config/kinds.ts';

/*
 * Answers are read loosely: what is absent or has another shape counts as nothing, and unknown fields do not matter.
 */

/** The value at a path of names and indices. */
export function valueAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, step) => {
    if (typeof step === 'number') return Array.isArray(inner) ? inner[step] : undefined;
    return isTable(inner) && Object.hasOwn(inner, step) ? inner[step] : undefined;
  }, value);
}

/** '' for what is no text. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const text = valueAt(value, ...path);
  return typeof text === 'string' ? text : '';
}

/** [] for what is no list. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const list = valueAt(value, ...path);
  return Array.isArray(list) ? list : [];
}

/** Numbers also as texts, as Azure has them; undefined for anything else. */
export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const number = valueAt(value, ...path);
  if (typeof number === 'string' && /^\d+$/.test(number)) return Number(number);
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A text as JSON; undefined when it is none. */
export function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
