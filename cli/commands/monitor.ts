import { adminTask } from '../admin-task.ts';
import { eventLine } from '../event-line.ts';
import type { Given } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** What happens to members, as it happens. */
export function monitorCommand(options: Given, terminal: Terminal): Promise<number> {
  return adminTask(options, terminal, async (client) => {
    for await (const batch of client.batches('/cluster/events')) {
      const events = batch.filter((line) => line !== '');
      if (events.length === 0) terminal.quiet();
      for (const line of events) {
        terminal.out(`${options['json'] === true ? line : eventLine(line, terminal.paint)}\n`);
      }
    }
  });
}
