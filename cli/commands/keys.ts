import { randomBytes } from 'node:crypto';
import type { KeyInfo } from '../../core/admin/operated.ts';
import { key as keyKind } from '../../core/config/kinds.ts';
import { UsageError } from '../../scenarios/errors.ts';
import { layOut } from '../../reports/table.ts';
import { adminTask } from '../admin-task.ts';
import type { Given } from '../options.ts';
import type { Terminal } from '../terminal.ts';

export type KeyChange = 'install' | 'use' | 'remove';

/** Keys are for AES-256 unless somebody makes their own. */
const KEY_BYTES = 32;

export function generateKey(): string {
  return randomBytes(KEY_BYTES).toString('base64');
}

export function listKeysCommand(options: Given, terminal: Terminal): Promise<number> {
  return adminTask(options, terminal, async (client) => {
    show(await client.get('/cluster/keys'), options, terminal);
  });
}

/** `-` stands for standard input: what stands on the command line is seen by everybody on the machine. */
export function changeKeysCommand(
  change: KeyChange,
  given: string,
  options: Given,
  terminal: Terminal,
): Promise<number> {
  return adminTask(options, terminal, async (client) => {
    const key = given === '-' ? (await terminal.readInput()).trim() : given;
    if (change === 'install') checkKey(key);
    show(await client.change(`/cluster/keys/${change}`, { key }), options, terminal);
    if (change === 'use' && options['json'] !== true) terminal.out(`\n${terminal.paint('dim', EVERYWHERE)}\n`);
  });
}

/** What is sealed with a key that somebody lacks is lost on them. */
const EVERYWHERE = 'Every node must have this key: compare `rollcall keys list` on each.';

/** The key is not shown: somebody may have mistyped a real one. */
function checkKey(key: string): void {
  keyKind.check(key, ({ allowed }) => {
    throw new UsageError('INVALID_KEY', `A key is ${allowed}. \`rollcall keys generate\` makes one.`);
  });
}

function show(answer: unknown, options: Given, { out, width }: Terminal): void {
  if (options['json'] === true) return out(`${JSON.stringify(answer)}\n`);
  const { keys } = answer as { readonly keys: readonly KeyInfo[] };
  if (keys.length === 0) return out('No keys: this node speaks plain text.\n');
  const table = layOut<KeyInfo>(
    [
      { title: 'FINGERPRINT', weight: 3, align: 'left', cell: ({ fingerprint }) => fingerprint },
      { title: 'BITS', weight: 1, align: 'right', cell: ({ bits }) => String(bits) },
      { title: 'USE', weight: 2, align: 'left', cell: ({ primary }) => (primary ? 'seals and opens' : 'opens') },
    ],
    keys,
    width,
  );
  out(`${table.lines.join('\n')}\n`);
}
