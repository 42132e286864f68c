import { adminTask } from '../admin-task.ts';
import { printable } from '../member-table.ts';
import type { Given } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** Lets the node say goodbye and end. */
export function leaveCommand(options: Given, terminal: Terminal): Promise<number> {
  return adminTask(options, terminal, async (client) => {
    await client.change('/cluster/leave');
    terminal.out('The node is leaving.\n');
  });
}

/** Lets a dead member count as having left, everywhere. */
export function forceLeaveCommand(name: string, options: Given, terminal: Terminal): Promise<number> {
  return adminTask(options, terminal, async (client) => {
    await client.change('/cluster/force-leave', { name });
    terminal.out(`${printable(name)} counts as having left.\n`);
  });
}
