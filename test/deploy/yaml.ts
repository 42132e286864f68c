/*
 * Reads the YAML that deploy/ is written in: maps, lists, quoted and plain scalars, `[…]` and `{…}` on one line, and
 * folded texts (`>-`). Everything else is refused, so that a file which this reads means the same to everybody.
 */

export type Yaml = string | number | boolean | null | Yaml[] | { [key: string]: Yaml };

interface Line {
  readonly indent: number;
  readonly text: string;
  readonly number: number;
}

export function parseYaml(text: string): Yaml[] {
  return text
    .split(/^---$/m)
    .map((document) => new YamlReader(document).read())
    .filter((document) => document !== null);
}

class YamlReader {
  readonly #lines: Line[];
  #at = 0;

  constructor(text: string) {
    this.#lines = text
      .split('\n')
      .map((line, i) => ({ indent: line.search(/\S/), text: withoutComment(line).trim(), number: i + 1 }))
      .filter((line) => line.text !== '');
  }

  read(): Yaml {
    const value = this.#lines.length === 0 ? null : this.#block(this.#lines[0]!.indent);
    if (this.#at < this.#lines.length) throw this.#refuse('this line belongs to nothing');
    return value;
  }

  #block(indent: number): Yaml {
    return this.#lines[this.#at]!.text.startsWith('- ') ? this.#list(indent) : this.#map(indent);
  }

  #list(indent: number): Yaml[] {
    const list: Yaml[] = [];
    for (let line = this.#here(indent); line?.text.startsWith('- '); line = this.#here(indent)) {
      const inner = line.text.slice(2).trim();
      if (PAIR.test(inner) && !/^[[{"']/.test(inner)) {
        // The first key of a map stands behind the dash.
        this.#lines[this.#at] = { ...line, indent: indent + 2, text: inner };
        list.push(this.#map(indent + 2));
      } else {
        this.#at += 1;
        list.push(this.#scalar(inner));
      }
    }
    return list;
  }

  #map(indent: number): { [key: string]: Yaml } {
    const map: { [key: string]: Yaml } = {};
    for (let line = this.#here(indent); line !== undefined && !line.text.startsWith('- '); line = this.#here(indent)) {
      const { key = '', rest = '' } = PAIR.exec(line.text)?.groups ?? {};
      if (key === '') throw this.#refuse('this is no key with a value');
      const name = keyName(key);
      if (name in map) throw this.#refuse(`${name} stands here twice`);
      this.#at += 1;
      map[name] = this.#value(rest.trim(), indent);
    }
    return map;
  }

  #value(rest: string, indent: number): Yaml {
    if (rest === '>-') return this.#folded(indent);
    if (rest !== '') return this.#scalar(rest);
    const next = this.#lines[this.#at];
    if (next === undefined || next.indent < indent) return null;
    const listHere = next.indent === indent && next.text.startsWith('- ');
    return next.indent > indent || listHere ? this.#block(next.indent) : null;
  }

  #folded(indent: number): string {
    const parts: string[] = [];
    for (let line = this.#lines[this.#at]; line !== undefined && line.indent > indent; line = this.#lines[this.#at]) {
      parts.push(line.text);
      this.#at += 1;
    }
    return parts.join(' ');
  }

  #scalar(text: string): Yaml {
    if (text.startsWith('[') && text.endsWith(']')) return splitFlow(text).map((part) => this.#scalar(part));
    if (text.startsWith('{') && text.endsWith('}')) {
      const pairs = splitFlow(text).map((part) => PAIR.exec(part)!.groups!);
      return Object.fromEntries(pairs.map(({ key, rest }) => [keyName(key!), this.#scalar(rest!.trim())]));
    }
    if (/^".*"$/.test(text)) return JSON.parse(text) as string;
    if (/^'[^']*'$/.test(text)) return text.slice(1, -1);
    if (/^[[\]{}"'&*!|>%@`]/.test(text)) throw this.#refuse(`${text} is YAML that this reader does not know`);
    if (text === 'true' || text === 'false') return text === 'true';
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  }

  /** The next line, if it lies at this depth. */
  #here(indent: number): Line | undefined {
    const line = this.#lines[this.#at];
    if (line !== undefined && line.indent > indent) throw this.#refuse('this line is indented too far');
    return line?.indent === indent ? line : undefined;
  }

  #refuse(problem: string): Error {
    const line = this.#lines[this.#at];
    return new Error(`line ${line?.number ?? 'last'}: ${problem}: ${line?.text ?? ''}`);
  }
}

const PAIR = /^(?<key>"[^"]*"|[^\s:"'[{][^:]*?):(?<rest>\s.*|)$/;

function keyName(key: string): string {
  return key.startsWith('"') ? (JSON.parse(key) as string) : key;
}

function withoutComment(line: string): string {
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!;
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = /[\s[{,:-]/.test(line[i - 1] ?? ' ') ? char : '';
    else if (char === '#' && /\s/.test(line[i - 1] ?? ' ')) return line.slice(0, i);
  }
  return line;
}

function splitFlow(text: string): string[] {
  const inner = text.slice(1, -1).trim();
  return inner === '' ? [] : inner.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((part) => part.trim());
}
