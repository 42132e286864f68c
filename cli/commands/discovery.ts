import type { DiscoveryHealth, RegistrationHealth, SourceHealth } from '../../core/health/discovery-health.ts';
import { fromRfc3339 } from '../../core/wall-time.ts';
import type { Style } from '../../reports/index.ts';
import { layOut, type Column } from '../../reports/table.ts';
import { adminTask } from '../admin-task.ts';
import { ago, printable } from '../member-table.ts';
import type { Given } from '../options.ts';
import type { Terminal } from '../terminal.ts';

type Contact = DiscoveryHealth['contacts'][number];
type View = Pick<Terminal, 'paint' | 'width' | 'clock'>;

/** Where one node looks for others, whom it found there, and where others find it. */
export function discoveryCommand(options: Given, terminal: Terminal): Promise<number> {
  return adminTask(options, terminal, async (client) => {
    const health = (await client.get('/cluster/discovery/health')) as DiscoveryHealth;
    if (options['json'] === true) return terminal.out(`${JSON.stringify(health)}\n`);
    const { ready, reason } = (await client.get('/cluster/info')) as { ready: boolean; reason?: string };
    const start = ready ? '' : `\n${printable(`not ready: ${reason ?? ''}`)}\n`;
    terminal.out(`${inWords(health, terminal)}${start}`);
  });
}

const STYLES: Readonly<Record<string, Style>> = {
  failing: 'yellow',
  resting: 'red',
  taken: 'red',
  member: 'green',
  active: 'green',
};

/** A table for each question that has an answer, then what is in the way, each in a line of its own. */
function inWords(health: DiscoveryHealth, view: View): string {
  const { sources, registrations, contacts } = health;
  if (sources.length === 0 && contacts.length === 0) {
    return 'No sources: this node waits to be found. Give it --join, or cluster.discovery in its configuration.\n';
  }
  const tables = [
    tableOf(sourceColumns(view), sources, view),
    tableOf(entryColumns(view), registrations, view),
    tableOf(contactColumns(view), contacts, view),
  ];
  const troubles = troublesOf(health).map((trouble) => `${printable(trouble)}\n`);
  return [...tables.filter((table) => table !== ''), ...(troubles.length === 0 ? [] : [troubles.join('')])].join('\n');
}

function tableOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[], { paint, width }: View): string {
  if (rows.length === 0) return '';
  const { lines, leftOut } = layOut(columns, rows, width);
  const hint = leftOut.length === 0 ? [] : [paint('dim', `No room for ${leftOut.join(', ')}: --json has all.`)];
  return `${[...lines, ...hint].join('\n')}\n`;
}

function sourceColumns({ paint, clock }: View): Column<SourceHealth>[] {
  return [
    { title: 'SOURCE', weight: 4, align: 'left', cell: ({ name }) => printable(name) },
    { title: 'STATE', weight: 3, align: 'left', cell: stateOf, paint: (text) => painted(paint, text) },
    { title: 'PEERS', weight: 2, align: 'right', cell: ({ candidates }) => String(candidates) },
    { title: 'ANSWERED', weight: 1, align: 'right', cell: ({ last_success }) => agoOf(last_success, clock.wallTime()) },
  ];
}

function entryColumns({ paint }: View): Column<RegistrationHealth>[] {
  return [
    { title: 'ENTERED IN', weight: 2, align: 'left', cell: ({ method }) => printable(method) },
    { title: 'STATE', weight: 1, align: 'left', cell: ({ state }) => state, paint: (text) => painted(paint, text) },
  ];
}

function contactColumns({ paint }: View): Column<Contact>[] {
  return [
    { title: 'CONTACT', weight: 4, align: 'left', cell: ({ address }) => address },
    { title: 'NAME', weight: 2, align: 'left', cell: ({ id }) => printable(id ?? '-') },
    { title: 'STATE', weight: 3, align: 'left', cell: ({ status }) => status, paint: (text) => painted(paint, text) },
    {
      title: 'NEXT TRY',
      weight: 1,
      align: 'right',
      cell: ({ status, retry_in_ms }) => (status === 'waiting' ? ago(Math.ceil(retry_in_ms / 1_000)) : '-'),
    },
  ];
}

function stateOf({ breaker, failures_in_a_row, following, last_success }: SourceHealth): string {
  if (failures_in_a_row > 0) return breaker === 'closed' ? 'failing' : 'resting';
  if (following) return 'followed';
  return last_success === null ? 'not asked' : 'asked';
}

/** Clocks of two machines may differ: nothing was answered in the future. */
function agoOf(time: string | null, now: number): string {
  const then = time === null ? undefined : fromRfc3339(time);
  return then === undefined ? '-' : ago(Math.max(0, now - then) / 1_000);
}

function painted(paint: View['paint'], text: string): string {
  const style = STYLES[text.trim()];
  return style === undefined ? text : paint(style, text);
}

function troublesOf({ sources, registrations, contacts }: DiscoveryHealth): string[] {
  return [
    ...sources.flatMap(({ name, error, warnings }) => [
      ...(error === null ? [] : [`nobody from ${name}: ${error}`]),
      ...warnings.map((warning) => `${name}: ${warning}`),
    ]),
    ...registrations.flatMap(({ method, error }) => (error === null ? [] : `not entered in ${method}: ${error}`)),
    ...contacts.flatMap(({ error }) => error ?? []),
  ];
}
