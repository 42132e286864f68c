import { randomBytes } from 'node:crypto';
import type { KeyInfo } from '../../core/admin/operated.ts';
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
    show(await client.change(`/cluster/keys/${change}`, { key }), options, terminal);
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
