import { KINDS, type Resource } from './api-object.ts';
import { matcherOf, type Matcher } from './selectors.ts';

/** What a request is about. */
export interface Question {
  readonly resource: Resource;
  /** '' for all of them. */
  readonly namespace: string;
  /** '' for all that match. */
  readonly name: string;
  readonly matches: Matcher;
  readonly query: Readonly<Record<string, string>>;
}

const PATH =
  /^\/(api\/v1|apis\/discovery\.k8s\.io\/v1)(?:\/namespaces\/([^/]+))?\/(pods|endpointslices)(?:\/([^/]+))?$/;

/** Reads an address such as `/api/v1/namespaces/default/pods?labelSelector=app%3Dx`; says what of it makes no sense. */
export function questionOf(url: string): Question | 'unknown' | 'bad selector' {
  const [path = '', search = ''] = url.split('?');
  const [, group, namespace = '', kind = '', name = ''] = PATH.exec(path) ?? [];
  const resource = kind as Resource;
  if (group === undefined || !group.endsWith(KINDS[resource].apiVersion)) return 'unknown';
  const query = queryOf(search);
  const matches = matcherOf(query['labelSelector'] ?? '', query['fieldSelector'] ?? '', namespace);
  return matches === undefined ? 'bad selector' : { resource, namespace, name, matches, query };
}

function queryOf(search: string): Readonly<Record<string, string>> {
  const pairs = search.split('&').map((pair) => pair.split('=').map((part) => decoded(part)));
  return Object.fromEntries(pairs.map(([key = '', value = '']) => [key, value]));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
