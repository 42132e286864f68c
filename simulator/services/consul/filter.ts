import { isTable } from '../../../core/config/kinds.ts';
import { ConsulRefusal } from './records.ts';

type Test = (entry: unknown) => boolean;

const TERM =
  /^\s*(?:("(?:[^"\\]|\\.)*")\s+(not in|in)\s+([\w.[\]"-]+)|([\w.[\]"-]+)\s*(==|!=)\s*("(?:[^"\\]|\\.)*"|[\w.-]+))\s*$/;

/** The part of Consul's filter language that services are looked up with: `==`, `!=`, `in`, `not in`, joined by `and`. */
export function filterFrom(text: string): Test {
  const terms = text.split(/\s+and\s+/).map((term) => {
    const [, needle, membership, list, selector, comparison, value] = TERM.exec(term) ?? [];
    if (needle !== undefined) {
      const wanted = unquoted(needle);
      return (entry: unknown) => contains(at(entry, list!), wanted) === (membership === 'in');
    }
    if (selector === undefined) throw new ConsulRefusal(400, `Failed to create boolean expression evaluator: ${term}`);
    const wanted = unquoted(value!);
    return (entry: unknown) => (plain(at(entry, selector)) === wanted) === (comparison === '==');
  });
  return (entry) => terms.every((term) => term(entry));
}

function at(entry: unknown, selector: string): unknown {
  const names = [...selector.matchAll(/\["([^"]+)"\]|([\w-]+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
  return names.reduce<unknown>((value, name) => (isTable(value) ? value[name] : undefined), entry);
}

/** Numbers and truth values are compared as they are written. */
function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

function contains(value: unknown, wanted: string): boolean {
  return Array.isArray(value) ? value.includes(wanted) : isTable(value) && wanted in value;
}

function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return JSON.parse(text) as string;
  } catch {
    throw new ConsulRefusal(400, `Failed to create boolean expression evaluator: invalid string ${text}`);
  }
}
