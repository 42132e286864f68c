import type { NodeInfo } from '../../core/health/cluster-health.ts';
import type { AdminClient } from '../admin-client.ts';
import { adminTask } from '../admin-task.ts';
import { eventLine } from '../event-line.ts';
import { memberTable } from '../member-table.ts';
import { textOf, type Given } from '../options.ts';
import type { Terminal } from '../terminal.ts';

const CLEAR_SCREEN = '\u001B[H\u001B[2J\u001B[3J';

/** Members as one node sees them: once, or with `--watch` again whenever something happens. */
export function membersCommand(options: Given, terminal: Terminal): Promise<number> {
  const state = textOf(options, 'state');
  const path = `/cluster/nodes${state === undefined ? '' : `?state=${encodeURIComponent(state)}`}`;
  const asJson = options['json'] === true;
  const show = async (client: AdminClient): Promise<void> => {
    const members = (await client.get(path)) as NodeInfo[];
    if (asJson) terminal.out(`${JSON.stringify(members)}\n`);
    else terminal.out(memberTable(members, terminal));
  };
  return adminTask(options, terminal, async (client) => {
    if (options['watch'] !== true) return show(client);
    const redraws = asJson || terminal.live;
    let first = true;
    for await (const batch of client.batches('/cluster/events')) {
      const events = batch.filter((line) => line !== '');
      if (first || (redraws && events.length > 0)) {
        if (terminal.live && !asJson) terminal.out(CLEAR_SCREEN);
        await show(client);
      } else if (!redraws) {
        for (const event of events) terminal.out(`${eventLine(event, terminal.paint)}\n`);
      }
      first = false;
    }
  });
}
