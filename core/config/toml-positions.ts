import { parse } from 'smol-toml';
import { keyName } from './kinds.ts';

export interface Position {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

/**
 * Where each key, table and list item of a TOML document begins, by its dotted path: `cluster.discovery.sources[1].type`.
 * The text has been parsed before, so nothing here has to be checked again. Read only when somebody asks for a place.
 */
export function tomlPositions(text: string): (path: string) => Position | undefined {
  const offsets = new Scanner(text).scan();
  return (path) => {
    // What is missing has no place; the table that it is missing in has one.
    for (let known = path; known !== ''; known = known.replace(/(\[\d+\]|\.?("([^"\\]|\\.)*"|[^.[\]"]+))$/, '')) {
      const offset = offsets.get(known);
      if (offset !== undefined) return positionAt(text, offset);
    }
    return undefined;
  };
}

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

class Scanner {
  readonly #text: string;
  readonly #offsets = new Map<string, number>();
  /** How many entries each array of tables has had so far. */
  readonly #counts = new Map<string, number>();
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): ReadonlyMap<string, number> {
    let table = '';
    this.#skip(/[\s\uFEFF]*/y);
    for (this.#blank(); this.#at < this.#text.length; this.#blank()) {
      if (this.#peek() === '[') table = this.#header();
      else this.#pair(table);
    }
    return this.#offsets;
  }

  #header(): string {
    const start = this.#at;
    const isArray = this.#text.startsWith('[[', start);
    this.#at += isArray ? 2 : 1;
    let path = '';
    const parts = this.#key();
    for (const [i, part] of parts.entries()) {
      path = join(path, part);
      this.#note(path, start);
      // A header inside an array of tables means its newest entry.
      const count = this.#counts.get(path);
      if (isArray && i === parts.length - 1) {
        this.#counts.set(path, (count ?? 0) + 1);
        path = `${path}[${count ?? 0}]`;
        this.#note(path, start);
      } else if (count !== undefined) path = `${path}[${count - 1}]`;
    }
    this.#skip(/[\s\]]*?\]{1,2}/y);
    return path;
  }

  #pair(table: string): void {
    const start = this.#at;
    let path = table;
    for (const part of this.#key()) {
      path = join(path, part);
      this.#note(path, start);
    }
    this.#skip(/\s*=/y);
    this.#value(path);
    if (this.#at === start) this.#at += 1;
  }

  #value(path: string): void {
    this.#blank();
    const first = this.#peek();
    if (first === '[') {
      this.#enclosed(']', (i) => {
        const item = `${path}[${i}]`;
        this.#note(item, this.#at);
        this.#value(item);
      });
    } else if (first === '{') this.#enclosed('}', () => this.#pair(path));
    else if (!this.#string()) this.#skip(/[^,\]}\n#]*/y);
  }

  #enclosed(end: string, element: (i: number) => void): void {
    this.#at += 1;
    for (let i = 0; ; i++) {
      this.#blank();
      if (this.#peek() === ',') this.#at += 1;
      this.#blank();
      if (this.#peek() === end || this.#at >= this.#text.length) break;
      const before = this.#at;
      element(i);
      // Never stands still, whatever the text.
      if (this.#at === before) this.#at += 1;
    }
    this.#at += 1;
  }

  #string(): boolean {
    return this.#skip(/"""(?:[^\\]|\\[^])*?"{3,5}(?!")|'''[^]*?'{3,5}(?!')|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y);
  }

  #key(): string[] {
    const parts: string[] = [];
    do {
      this.#skip(/[ \t]*/y);
      const start = this.#at;
      if (!this.#string()) this.#skip(/[A-Za-z0-9_-]+/y);
      const raw = this.#text.slice(start, this.#at);
      parts.push(raw.startsWith('"') || raw.startsWith("'") ? (parse(`k = ${raw}`)['k'] as string) : raw);
    } while (this.#skip(/[ \t]*\./y));
    return parts;
  }

  #blank(): void {
    while (this.#skip(/\s+|#[^\n]*/y));
  }

  /** Keeps the first place: a table may be opened by one of its children before its own header. */
  #note(path: string, offset: number): void {
    if (!this.#offsets.has(path)) this.#offsets.set(path, offset);
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  /** Moves behind what the sticky pattern finds here; false when that is nothing. */
  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const length = pattern.exec(this.#text)?.[0].length ?? 0;
    this.#at += length;
    return length > 0;
  }
}

function join(table: string, name: string): string {
  return table === '' ? keyName(name) : `${table}.${keyName(name)}`;
}
