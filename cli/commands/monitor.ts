import { adminTask } from '../admin-task.ts';
import { eventLine } from '../event-line.ts';
import type { Given } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** What happens to members, as it happens. */
export function monitorCommand(options: Given, terminal: Terminal): Promise<number> {
  return adminTask(options, terminal, async (client) => {
    for await (const batch of client.batches('/cluster/events')) {
      for (const line of batch.filter((line) => line !== '')) {
        terminal.out(`${options['json'] === true ? line : eventLine(line, terminal.paint)}\n`);
      }
    }
  });
}
