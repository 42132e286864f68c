import { beforeEach, describe, expect, test } from 'vitest';
import { discoveryCommand } from '../../cli/commands/discovery.ts';
import type { DiscoveryHealth, SourceHealth } from '../../core/health/discovery-health.ts';
import { rfc3339 } from '../../core/wall-time.ts';
import { AdminDesk } from '../admin/desk.ts';
import { AdminTerminal, unreachable } from './admin-terminal.ts';

let desk: AdminDesk;
let terminal: AdminTerminal;
beforeEach(() => {
  desk = new AdminDesk();
  terminal = new AdminTerminal(desk);
});

const source = (name: string, more: Partial<SourceHealth> = {}): SourceHealth => ({
  name,
  method: name,
  breaker: 'closed',
  failures_in_a_row: 0,
  following: false,
  candidates: 0,
  last_success: null,
  warnings: [],
  error: null,
  ...more,
});

function says(more: Partial<DiscoveryHealth>): void {
  const health = desk.node.discoveryHealth();
  desk.node.discoveryHealth = () => ({ ...health, ...more }) as typeof health;
}

function busy(): void {
  const answered = rfc3339(terminal.clock.wallTime() - 4_000);
  const contact = { breaker: 'closed' as const, failures_in_a_row: 0, retry_in_ms: 0, error: null };
  says({
    sources: [
      source('consul', { candidates: 2, following: true, last_success: answered, warnings: ['entry x is odd'] }),
      source('dns', { failures_in_a_row: 2, error: 'dns: nobody answers' }),
      source('etcd', { failures_in_a_row: 5, breaker: 'open', error: 'etcd: down' }),
      source('file'),
    ],
    registrations: [
      { method: 'consul', state: 'active', error: null },
      { method: 'etcd', state: 'taken', error: 'the id "me" is held by 10.0.0.9:1' },
    ],
    contacts: [
      { ...contact, address: '10.0.0.2:7946', id: 'bob', status: 'member' },
      { ...contact, address: '10.0.0.3:7946', id: null, status: 'waiting', retry_in_ms: 2_946, error: 'refused' },
    ],
  });
}

describe('rollcall discovery', () => {
  test('shows sources, entries and contacts, and then what is in the way', async () => {
    busy();
    expect(await discoveryCommand({}, terminal)).toBe(0);
    expect(terminal.shown.split('\n')).toEqual([
      'SOURCE STATE     PEERS ANSWERED',
      'consul followed      2      4 s',
      'dns    failing       0        -',
      'etcd   resting       0        -',
      'file   not asked     0        -',
      '',
      'ENTERED IN STATE',
      'consul     active',
      'etcd       taken',
      '',
      'CONTACT       NAME STATE   NEXT TRY',
      '10.0.0.2:7946 bob  member         -',
      '10.0.0.3:7946 -    waiting      3 s',
      '',
      'consul: entry x is odd',
      'nobody from dns: dns: nobody answers',
      'nobody from etcd: etcd: down',
      'not entered in etcd: the id "me" is held by 10.0.0.9:1',
      'refused',
      '',
    ]);
  });

  test('of a node without sources says what to do', async () => {
    await discoveryCommand({}, terminal);
    expect(terminal.shown).toBe(
      'No sources: this node waits to be found. Give it --join, or cluster.discovery in its configuration.\n',
    );
  });

  test('says what a node that is starting waits for', async () => {
    desk.node.readyState = { ready: false, reason: 'nobody answered' };
    await discoveryCommand({}, terminal);
    expect(terminal.shown).toMatch(/\n\nnot ready: nobody answered\n$/);
  });

  test('is for programs as the node has it', async () => {
    busy();
    await discoveryCommand({ json: true }, terminal);
    expect(JSON.parse(terminal.shown)).toEqual(desk.node.discoveryHealth());
  });

  test('does not pass on what would steer the terminal', async () => {
    says({ sources: [source('dns', { error: 'bad \u001B[2J entry' })] });
    await discoveryCommand({}, terminal);
    expect(terminal.shown).toContain('bad \uFFFD[2J entry');
  });

  test('of a node that does not answer is a failure', async () => {
    expect(await discoveryCommand({}, unreachable(terminal, 'refused'))).toBe(1);
    expect(terminal.complaints).toContain('No node listens');
  });
});
