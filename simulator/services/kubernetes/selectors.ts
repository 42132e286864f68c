import type { ApiObject } from './api-object.ts';

export type Matcher = (object: ApiObject) => boolean;

const everything: Matcher = () => true;

/** `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, and several of them; undefined for anything else. */
function labelMatcher(text: string): Matcher | undefined {
  const requirements = split(text).map(labelRequirement);
  return all(requirements);
}

/** `metadata.name=a` and the like; undefined for anything else. */
function fieldMatcher(text: string): Matcher | undefined {
  return all(split(text).map(fieldRequirement));
}

function all(matchers: readonly (Matcher | undefined)[]): Matcher | undefined {
  if (matchers.includes(undefined)) return undefined;
  return (object) => matchers.every((matches) => matches!(object));
}

/** At commas outside of parentheses. */
function split(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function labelRequirement(text: string): Matcher | undefined {
  const [, key, relation, list, sign, value = ''] =
    /^([\w./-]+)(?:\s+(in|notin)\s*\(([^)]*)\)|\s*(==|=|!=)\s*([\w.-]*))$/.exec(text) ?? [];
  if (key !== undefined) {
    const values = list === undefined ? [value] : list.split(',').map((one) => one.trim());
    const wanted = relation === 'in' || sign === '=' || sign === '==';
    // What an object lacks differs from every value.
    return ({ metadata: { labels } }) => values.includes(labels[key] ?? '\0') === wanted;
  }
  const [, not, present] = /^(!?)([\w./-]+)$/.exec(text) ?? [];
  if (present === undefined) return undefined;
  return ({ metadata: { labels } }) => Object.hasOwn(labels, present) === (not === '');
}

const FIELDS = new Set(['metadata.name', 'metadata.namespace', 'status.phase', 'status.podIP', 'spec.nodeName']);

function fieldRequirement(text: string): Matcher | undefined {
  const [, path = '', sign, value] = /^([\w.]+)(==|=|!=)(.*)$/.exec(text) ?? [];
  if (!FIELDS.has(path)) return undefined;
  return (object) => (fieldOf(object, path) === value) === (sign !== '!=');
}

function fieldOf(object: ApiObject, path: string): string {
  const [part = '', name = ''] = path.split('.');
  const found = (object as unknown as Record<string, Record<string, unknown> | undefined>)[part]?.[name];
  return typeof found === 'string' ? found : '';
}

/** What both selectors of a question let through; undefined when one of them cannot be read. */
export function matcherOf(labelSelector: string, fieldSelector: string, namespace: string): Matcher | undefined {
  const inNamespace: Matcher = namespace === '' ? everything : ({ metadata }) => metadata.namespace === namespace;
  return all([inNamespace, labelMatcher(labelSelector), fieldMatcher(fieldSelector)]);
}
