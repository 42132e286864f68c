import { InvalidSetting } from '../errors.ts';
import { textLength } from '../wire/text.ts';

/*
 * A name is its labels with dots between them, without the dot at the end; the root is ''. A dot or a backslash inside
 * a label, as in names of services on a link, stands behind a backslash (RFC 1035, section 5.1).
 */

const LABEL_BYTES = 63;
/** Of a name on the wire: each label with its length, and the root. */
const NAME_BYTES = 255;

export function labelsOf(name: string): string[] {
  const plain = withoutDot(name);
  if (plain === '') return [];
  if (!plain.includes('\\')) return plain.split('.');
  const labels: string[] = [];
  let label = '';
  for (let i = 0; i < plain.length; i++) {
    if (plain[i] === '.') {
      labels.push(label);
      label = '';
    } else label += plain[i] === '\\' ? (plain[++i] ?? '') : plain[i]!;
  }
  return [...labels, label];
}

export function nameOf(labels: readonly string[]): string {
  return labels.map((label) => label.replaceAll(/[.\\]/g, String.raw`\$&`)).join('.');
}

/** The labels of a name that can be written; throws `InvalidSetting` on any other. */
export function writableLabels(name: string): string[] {
  const labels = labelsOf(name);
  const lengths = labels.map(textLength);
  const fits = lengths.every((length) => length >= 1 && length <= LABEL_BYTES);
  if (fits && lengths.reduce((sum, length) => sum + 1 + length, 1) <= NAME_BYTES) return labels;
  throw new InvalidSetting('name', name, 'labels of 1 to 63 bytes, 253 in all, separated by dots');
}

/** Lower case, without the dot at the end; the root is ''. */
export function plainName(name: string): string {
  return withoutDot(name.toLowerCase());
}

export function sameName(a: string, b: string): boolean {
  return a === b || plainName(a) === plainName(b);
}

/** What name servers can be asked for: labels of 1 to 63 visible characters, 253 in all. */
export function isAskable(name: string): boolean {
  return name.length <= 253 && /^[!-~]+$/.test(name) && name.split('.').every((label) => /^.{1,63}$/.test(label));
}

function withoutDot(name: string): string {
  return name.replace(/(?<!\\)\.$/, '');
}
