import type { Sealing } from '../../core/admin/operated.ts';
import type { NodeInfo, Tally } from '../../core/health/cluster-health.ts';
import { adminTask } from '../admin-task.ts';
import { ago, printable, tagsOf } from '../member-table.ts';
import type { Given } from '../options.ts';
import type { Terminal } from '../terminal.ts';

interface Info extends NodeInfo {
  readonly version: string;
  readonly uptime_seconds: number;
  readonly ready: boolean;
  readonly reason?: string;
  readonly health_score: number;
  readonly queue_length: number;
  readonly keys: number;
  readonly sealing: Sealing;
  readonly members: Tally;
}

const SEALING: Readonly<Record<Sealing, string>> = {
  none: '',
  sealed: '',
  'accepts-plain': '; plain text is accepted',
  'speaks-plain': '; it still speaks plain text',
};

/** What a node says of itself. */
export function infoCommand(options: Given, terminal: Terminal): Promise<number> {
  return adminTask(options, terminal, async (client) => {
    const info = await client.get('/cluster/info');
    if (options['json'] === true) return terminal.out(`${JSON.stringify(info)}\n`);
    const rows = rowsOf(info as Info);
    const width = Math.max(...rows.map(([title]) => title.length));
    for (const [title, value] of rows) {
      terminal.out(`${terminal.paint('dim', title.padEnd(width))}  ${printable(value)}\n`);
    }
  });
}

function rowsOf(info: Info): [title: string, value: string][] {
  const { alive, suspect, dead, left } = info.members;
  return [
    ['name', info.id],
    ['address', info.addr],
    ['state', info.state],
    ['ready', info.ready ? 'yes' : `no: ${info.reason ?? ''}`],
    ['tags', tagsOf(info.tags) || '-'],
    ['members', `${alive} alive, ${suspect} suspect, ${dead} dead, ${left} left`],
    ['health score', `${info.health_score}${info.health_score === 0 ? ' (healthy)' : ''}`],
    ['incarnation', String(info.incarnation)],
    ['news waiting', String(info.queue_length)],
    [
      'encryption',
      info.keys === 0 ? 'none' : `${info.keys} ${info.keys === 1 ? 'key' : 'keys'}${SEALING[info.sealing]}`,
    ],
    ['uptime', ago(info.uptime_seconds)],
    ['version', info.version],
  ];
}
