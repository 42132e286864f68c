/** An element of a document, with its children and its own text. Prefixes of names and attributes are left out. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

interface Open {
  name: string;
  children: XmlElement[];
  text: string;
}

/** Deeper than any answer; a bomb of nested elements must not become our stack. */
const DEPTH_MAX = 64;

const TOKEN =
  /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[([^]*?)\]\]>|<\/([^\s<>/]+)\s*>|<([^\s<>/!?]+)(?:\s+[^\s=<>/]+\s*=\s*(?:"[^"<]*"|'[^'<]*')){0,64}\s*(\/?)>|([^<]+)/y;

/**
 * Reads a document without definitions of its own (no DOCTYPE: no answer has one, and entities may be attacks).
 * Undefined when it is not well-formed.
 */
export function readXml(document: string): XmlElement | undefined {
  const root: Open = { name: '', children: [], text: '' };
  const open: Open[] = [root];
  TOKEN.lastIndex = 0;
  const text = document.replace(/^\uFEFF/, '');
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    if (token === null) return undefined;
    const [, data, closing, opening, slash, characters] = token;
    const inner = open.at(-1)!;
    if (opening !== undefined) {
      const element: Open = { name: local(opening), children: [], text: '' };
      inner.children.push(element);
      if (slash === '') open.push(element);
      if (open.length > DEPTH_MAX) return undefined;
    } else if (closing !== undefined) {
      if (open.length === 1 || inner.name !== local(closing)) return undefined;
      open.pop();
    } else {
      const words = characters === undefined ? (data ?? '') : decoded(characters);
      if (words === undefined) return undefined;
      inner.text += words;
    }
  }
  const complete = open.length === 1 && root.children.length === 1 && root.text.trim() === '';
  return complete ? root.children[0] : undefined;
}

/** All elements at a path of names below one: `item` of `instancesSet` of every `item` ... */
export function elementsAt(from: XmlElement, ...path: readonly string[]): readonly XmlElement[] {
  return path.reduce<readonly XmlElement[]>(
    (found, name) => found.flatMap(({ children }) => children.filter((child) => child.name === name)),
    [from],
  );
}

/** The text of the first element at a path; '' when there is none. */
export function textOf(from: XmlElement, ...path: readonly string[]): string {
  return elementsAt(from, ...path)[0]?.text.trim() ?? '';
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Undefined when it names an entity that there is not. */
function decoded(text: string): string | undefined {
  if (!text.includes('&')) return text;
  let known = true;
  const plain = text.replaceAll(/&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|([a-z]+));|&/g, (_, decimal, hex, name) => {
    const point = decimal === undefined ? (hex === undefined ? -1 : Number.parseInt(hex, 16)) : Number(decimal);
    if (point > 0 && point <= 0x10_ffff) return String.fromCodePoint(point);
    const character = Object.hasOwn(ENTITIES, name ?? '') ? ENTITIES[name] : undefined;
    known &&= character !== undefined;
    return character ?? '';
  });
  return known ? plain : undefined;
}
