import { parse, TomlError } from 'smol-toml';
import { FIELDS } from './fields.ts';
import type { ConfigTable } from './layers.ts';
import { SECRET_NAMES } from './secrets.ts';
import { InvalidConfig } from './problems.ts';

/** Reads a file's text; what is not TOML is one problem, because nothing behind it can be read with certainty. */
export function parseToml(file: string, text: string): ConfigTable {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const { line, column, message } = error;
    const [what = ''] = message.replace('Invalid TOML document: ', '').split('\n');
    const says = `this is not TOML: ${isUnclosed(what, text, line, column) ? 'a text has no closing quote' : what}.${frame(text, line, column)}`;
    throw new InvalidConfig([{ path: '', says, source: { kind: 'file', file, key: '' }, line, column }]);
  }
}

/** The parser says of the end of a line that it is a control character. */
function isUnclosed(what: string, text: string, line: number, column: number): boolean {
  if (what === 'unfinished string') return true;
  const rest = text.split('\n')[line - 1]?.slice(column - 1);
  return what === 'control characters are not allowed in strings' && (rest === '' || rest === '\r');
}

const LINE_MAX = 160;

/** The line with a mark under the place; nothing where it might show a secret. */
function frame(text: string, line: number, column: number): string {
  const lines = text.split('\n').slice(0, line);
  const header = lines.findLastIndex((earlier) => earlier.startsWith('['));
  const shown = (lines.at(-1) ?? '').replace('\r', '');
  if (shown.length > LINE_MAX || SECRET.test(lines.slice(Math.max(header, 0)).join('\n'))) return '';
  const number = `  ${line} | `;
  return `\n\n${number}${shown}\n${' '.repeat(number.length + column - 1)}^`;
}

/** An assignment to a secret, whatever the notation: it may go on over several lines. */
const SECRET = new RegExp(
  `(${[...FIELDS.filter((field) => field.secret).map((field) => field.path.split('.').at(-1)), ...SECRET_NAMES].join('|')})["']?\\s*=`,
);
