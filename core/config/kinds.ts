import { isWildcard, parseAddress } from '../address.ts';
import { isIp, parseHostPort, withPort } from '../discovery/host-port.ts';
import { InvalidSetting } from '../errors.ts';
import { allowList } from '../membership/allow-list.ts';
import { isWellFormed, textLength } from '../wire/text.ts';

/** What is wrong with a value. */
export interface Refused {
  readonly value: unknown;
  readonly allowed: string;
  /** The place inside the value, such as `[1]`. */
  readonly at?: string;
  /** Where "but must be" does not tell it: what follows the value and a colon, without a full stop. */
  readonly says?: string;
}

/** Hears what is wrong with a value. */
export type Refuse = (refused: Refused) => undefined;

/** One kind of value: what is allowed, and how it is read. */
export interface Kind {
  /** In words that follow "must be". */
  readonly allowed: string;
  /** The value as the node keeps it. After a refusal what it returns means nothing. */
  check(value: unknown, refuse: Refuse): unknown;
  /** What a text from the environment or the command line says, as TOML would have it. */
  read(text: string): unknown;
  /** The way back from `check`, where the two differ. */
  show?(kept: unknown): unknown;
  /** Words to choose from, for suggestions. */
  readonly choices?: readonly string[];
  /** A higher layer adds to what a lower one says, and wins where both speak. Without it, it takes its place. */
  merge?(lower: unknown, higher: unknown): unknown;
}

const NUMBER = /^-?\d+(\.\d+)?$/;
const asText = (text: string): string => text;
const asNumber = (text: string): unknown => (NUMBER.test(text) ? Number(text) : text);
const asList = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** Texts that `accept` takes. Whatever else it does with them, an `InvalidSetting` it throws is a refusal. */
function textKind(allowed: string, accept: (text: string) => boolean, more: Partial<Kind> = {}): Kind {
  return {
    allowed,
    check(value, refuse) {
      const good = typeof value === 'string' && isWellFormed(value) && taken(() => accept(value));
      return good ? value : refuse({ value, allowed });
    },
    read: asText,
    ...more,
  };
}

function taken(accept: () => boolean): boolean {
  try {
    return accept();
  } catch (error) {
    if (error instanceof InvalidSetting) return false;
    throw error;
  }
}

function isAddress(text: string): boolean {
  parseAddress(text);
  return true;
}

export const anyText = textKind('a text', () => true);
export const path = textKind('a path', (text) => !text.includes('\0'));

export function textUpTo(bytes: number): Kind {
  return textKind(`a text of at most ${bytes} bytes`, (text) => textLength(text) <= bytes);
}

export function oneOf(choices: readonly string[]): Kind {
  const set = new Set(choices);
  return textKind(inWords(choices, 'or'), (text) => set.has(text), { choices });
}

/** What is bound: port 0 lets the system choose one. */
export const bindAddress = textKind('an IP address with a port, such as 0.0.0.0:7946 or [::]:7946', isAddress);

export const advertisedAddress = textKind('an IP address that others can reach, with or without a port', (text) => {
  if (text === '') return true;
  const { host } = parseHostPort(text, 1);
  return isIp(host) && !isWildcard(host);
});

export const peer = textKind(
  'host:port, such as 10.0.0.7:7946, [fd00::7]:7946 or node-1.example.org',
  (text) => parseHostPort(text, 1).host !== '',
);

/** Kept with its port. */
export const nameServer: Kind = {
  ...textKind('the IP address of a name server, with or without a port', () => true),
  check(value, refuse) {
    const readable = typeof value === 'string' && taken(() => isIp(parseHostPort(value, 53).host));
    if (!readable) return refuse({ value, allowed: this.allowed });
    const { host, port } = parseHostPort(value, 53);
    return withPort(host, port);
  },
};

export const domainName = textKind(
  'a name of the DNS, such as _rollcall._tcp.example.org or rollcall.example.org',
  (text) => text === '' || (!isIp(text) && !/[:\s[\]]/.test(text) && parseHostPort(text, 1).host === text),
);

export const network = textKind(
  'a CIDR block such as 10.0.0.0/8 or fd00::/8',
  (text) => allowList([text]) !== undefined,
);

/** Base64 of 16, 24 or 32 bytes: nothing else has these lengths. */
const KEY = /^([A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{32}|[A-Za-z0-9+/]{43}=)$/;

export const key = textKind('16, 24 or 32 bytes in base64', (text) => KEY.test(text));

export const yesOrNo: Kind = {
  allowed: 'true or false',
  check: (value, refuse) => (typeof value === 'boolean' ? value : refuse({ value, allowed: 'true or false' })),
  read: (text) => (text === 'true' ? true : text === 'false' ? false : text),
  choices: ['true', 'false'],
};

export function whole(min: number, max: number): Kind {
  const allowed = `a whole number from ${min} to ${max}`;
  const good = (value: unknown): boolean =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
  return { allowed, check: (value, refuse) => (good(value) ? value : refuse({ value, allowed })), read: asNumber };
}

/** A whole number, or one word instead of it. */
export function wholeOr(min: number, max: number, word: string): Kind {
  const number = whole(min, max);
  const allowed = `${number.allowed}, or ${word}`;
  const check: Kind['check'] = (value, refuse) =>
    value === word ? value : number.check(value, ({ value }) => refuse({ value, allowed }));
  return { allowed, check, read: asNumber, choices: [word] };
}

/** Seconds in the file, whole milliseconds in the node. */
export function seconds(min: number, max: number): Kind {
  const allowed = `a number of seconds from ${min} to ${max}`;
  return {
    allowed,
    check(value, refuse) {
      const good = typeof value === 'number' && value >= min && value <= max;
      return good ? Math.round(value * 1000) : refuse({ value, allowed });
    },
    read: asNumber,
    show: (kept) => (kept as number) / 1000,
  };
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** The same with its unit written out: `30s`, `500ms`, `5m`. */
export function duration(min: number, max: number): Kind {
  const inSeconds = seconds(min, max);
  const allowed = `a time with its unit, such as 30s, from ${min} s to ${max} s`;
  return {
    ...inSeconds,
    allowed,
    check(value, refuse) {
      const [, number, unit = ''] = (typeof value === 'string' && /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value)) || [];
      const count = number === undefined ? undefined : Number(number) * UNIT_SECONDS[unit]!;
      return inSeconds.check(count, () => refuse({ value, allowed }));
    },
    read: asText,
  };
}

export function list(item: Kind): Kind {
  const allowed = `a list, each ${item.allowed}`;
  return {
    allowed,
    check(value, refuse) {
      if (!Array.isArray(value)) return refuse({ value, allowed });
      return value.map((element, i) =>
        item.check(element, (refused) => refuse({ ...refused, at: `[${i}]${refused.at ?? ''}` })),
      );
    },
    read: asList,
  };
}

/** Free keys with texts. As one text: `role=db,dc=eu`. */
export const tags: Kind = {
  allowed: 'a table of texts: { role = "db" } in a file, role=db elsewhere',
  check(value, refuse) {
    if (!isTable(value)) return refuse({ value, allowed: this.allowed });
    for (const [name, text] of Object.entries(value)) {
      if (typeof text !== 'string' || !isWellFormed(name + text)) {
        refuse({ value: text, allowed: 'a text', at: `.${keyName(name)}` });
      }
    }
    return Object.fromEntries(Object.entries(value));
  },
  read(text) {
    const pairs = asList(text).map((pair) => [pair.slice(0, Math.max(0, pair.indexOf('='))), pair] as const);
    // What is no list of pairs stays a text, and is refused as one.
    if (pairs.some(([name]) => name === '')) return text;
    return Object.fromEntries(pairs.map(([name, pair]) => [name.trim(), pair.slice(pair.indexOf('=') + 1).trim()]));
  },
  merge: (lower, higher) =>
    Object.fromEntries([...Object.entries(lower as object), ...Object.entries(higher as object)]),
};

/** Other words for the values of another kind. */
export function wordsFor(meanings: Readonly<Record<string, unknown>>): Kind {
  const words = oneOf(Object.keys(meanings));
  return {
    ...words,
    check(value, refuse) {
      const word = words.check(value, refuse);
      return word === undefined ? undefined : meanings[word as string];
    },
  };
}

export function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** A key as TOML writes it. */
export function keyName(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name);
}

export function inWords(words: readonly string[], last: 'and' | 'or'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

const HTTP_SERVER = /^(https?:\/\/)?[^/?#@\s]+\/?$/;

export const httpServer = textKind('host:port, with http:// or https:// before it where that matters', (text) => {
  if (text === '') return true;
  const place = text.replace(/^https?:\/\//, '').replace(/\/$/, '');
  return HTTP_SERVER.test(text) && parseHostPort(place, 80).host !== '';
});

/** Of an Ed25519 key, which has 32 bytes. */
export const publicKey = textKind('32 bytes in base64', (text) => /^[A-Za-z0-9+/]{43}=$/.test(text));

/** Empty for the public one. */
export const webAddress = textKind(
  'an address that begins with http:// or https://, without a question mark',
  (text) => text === '' || /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/.test(text),
);

export const region = textKind('a region, such as eu-central-1', (text) => /^[a-z0-9-]*$/.test(text));

export const pattern = textKind('a regular expression', (text) => {
  try {
    return new RegExp(text, 'u').flags === 'u';
  } catch {
    return false;
  }
});

export const cloudLabel = textKind('the key of a label: small letters, digits, - and _', (text) =>
  /^[\p{Ll}\p{Lo}\d_-]*$/u.test(text),
);
