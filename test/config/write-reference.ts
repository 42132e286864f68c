import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HEAD, keyRows, sourceTables } from './reference.ts';

/** Writes the tables of docs/configuration.md on sources anew: after a change of keys, followed by the formatter. */
const file = join(import.meta.dirname, '..', '..', 'docs', 'configuration.md');
const page = readFileSync(file, 'utf8');

const chain = keyRows().filter(([key]) => key!.startsWith('`cluster.discovery.'));
const sources = sourceTables().map((table) => `#### ${table[0]![0]!.slice('Key of '.length)}\n\n${markdown(table)}`);

writeFileSync(
  file,
  page
    .replace(/^\|.*\n\|.*\n\| `cluster\.discovery\.type`.*\n(?:\|.*\n)*/m, () => markdown([HEAD, ...chain]))
    .replace(/^#### `static`\n[^]*?(?=^### )/m, () => `${sources.join('\n')}\n`),
);

function markdown([head, ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return line(head!) + line(head!.map(() => '---')) + rows.map(line).join('');
}
