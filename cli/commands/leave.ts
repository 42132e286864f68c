import { adminTask } from '../admin-task.ts';
import { printable } from '../member-table.ts';
import type { Given } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** Lets the node say goodbye and end. */
export function leaveCommand(options: Given, terminal: Terminal): Promise<number> {
  return adminTask(options, terminal, async (client) => {
    tell(await client.change('/cluster/leave'), 'The node is leaving.', options, terminal);
  });
}

/** Lets a dead member count as having left, everywhere. */
export function forceLeaveCommand(name: string, options: Given, terminal: Terminal): Promise<number> {
  return adminTask(options, terminal, async (client) => {
    const answer = await client.change('/cluster/force-leave', { name });
    tell(answer, `${printable(name)} counts as having left.`, options, terminal);
  });
}

function tell(answer: unknown, words: string, options: Given, { out }: Terminal): void {
  out(`${options['json'] === true ? JSON.stringify(answer) : words}\n`);
}
