import type { NodeInfo } from '../../core/health/cluster-health.ts';
import { SECOND } from '../../core/ports/clock.ts';
import { UsageError } from '../../scenarios/errors.ts';
import type { AdminClient } from '../admin-client.ts';
import { adminTask } from '../admin-task.ts';
import { eventLine } from '../event-line.ts';
import { inOrder, memberTable, STATES } from '../member-table.ts';
import { listOf, type Given } from '../options.ts';
import { orAfter } from '../or-after.ts';
import type { Terminal } from '../terminal.ts';

const CLEAR_SCREEN = '\u001B[H\u001B[2J\u001B[3J';
/** How old what is on the screen may become: it tells how long ago members were seen. */
const STALE = 2 * SECOND;
const EVENTS = '/cluster/events';

/** Members as one node sees them: once, or with `--watch` again whenever something happens. */
export function membersCommand(options: Given, terminal: Terminal): Promise<number> {
  const states = statesOf(options);
  const path = `/cluster/nodes${states === undefined ? '' : `?state=${encodeURIComponent(states.join(','))}`}`;
  const asJson = options['json'] === true;
  return adminTask(options, terminal, async (client) => {
    const show = async (): Promise<void> => {
      const members = inOrder((await client.get(path)) as NodeInfo[]);
      if (asJson) return terminal.out(`${JSON.stringify(members)}\n`);
      terminal.out(`${watch && terminal.live ? CLEAR_SCREEN : ''}${memberTable(members, terminal, states)}`);
    };
    const watch = options['watch'] === true;
    if (!watch) return show();
    return terminal.live && !asJson ? onScreen(client, terminal, show) : intoPipe(client, terminal, asJson, show);
  });
}

function statesOf(options: Given): readonly string[] | undefined {
  const states = listOf(options, 'state');
  const wrong = states?.find((state) => !STATES.includes(state));
  if (states === undefined || (states.length > 0 && wrong === undefined)) return states;
  const given = JSON.stringify(wrong ?? '');
  throw new UsageError('INVALID_OPTION', `--state is ${given}. Give one or more of ${STATES.join(', ')}, with commas.`);
}

/** Draws over what was there, on every event and before it becomes stale. */
async function onScreen(client: AdminClient, { clock }: Terminal, show: () => Promise<void>): Promise<void> {
  const closing = new AbortController();
  try {
    for await (const _ of orAfter(client.batches(EVENTS, closing.signal), clock, STALE)) await show();
  } finally {
    closing.abort();
  }
}

/** JSON again on every event; or one table, and then a line per event. */
async function intoPipe(
  client: AdminClient,
  terminal: Terminal,
  asJson: boolean,
  show: () => Promise<void>,
): Promise<void> {
  let first = true;
  for await (const batch of client.batches(EVENTS)) {
    const events = batch.filter((line) => line !== '');
    if (first || (asJson && events.length > 0)) await show();
    else if (events.length === 0) terminal.quiet();
    else for (const event of events) terminal.out(`${eventLine(event, terminal.paint)}\n`);
    first = false;
  }
}
