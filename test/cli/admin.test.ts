import { beforeEach, describe, expect, test } from 'vitest';
import { adminUrl } from '../../cli/admin-client.ts';
import { infoCommand } from '../../cli/commands/info.ts';
import { changeKeysCommand, generateKey, listKeysCommand } from '../../cli/commands/keys.ts';
import { forceLeaveCommand, leaveCommand } from '../../cli/commands/leave.ts';
import { membersCommand } from '../../cli/commands/members.ts';
import { monitorCommand } from '../../cli/commands/monitor.ts';
import { InvalidKey } from '../../core/membership/keyring.ts';
import { encodeTags } from '../../core/membership/tags.ts';
import { AdminDesk } from '../admin/desk.ts';
import { alive, dead, described, suspect } from '../membership/lone-node.ts';
import { AdminTerminal, unreachable } from './admin-terminal.ts';

const KEY = 'AAECAwQFBgcICQoLDA0ODw==';

let desk: AdminDesk;
let terminal: AdminTerminal;
beforeEach(() => {
  desk = new AdminDesk();
  terminal = new AdminTerminal(desk);
});

const cat = { ...described('cat', '10.0.1.3:7946'), meta: encodeTags({ role: 'db', zone: 'x' }) };

function meet(): void {
  const bob = described('bob', '10.0.1.2:7946');
  desk.lone.hear([alive(cat, 3), alive(bob, 1), dead('bob', 1, 'cat')]);
}

describe('members', () => {
  test('are a table, in the order of their names', async () => {
    meet();
    expect(await membersCommand({}, terminal)).toBe(0);
    expect(terminal.shown.split('\n')).toEqual([
      'NAME ADDRESS       STATE SEEN INCARNATION TAGS',
      'bob  10.0.1.2:7946 dead   2 s           1',
      'cat  10.0.1.3:7946 alive  2 s           3 role=db zone=x',
      'me   10.0.0.1:7946 alive  0 s  1800000000',
      '',
      '2 alive, 1 dead.',
      '',
    ]);
  });

  test('fit a narrow terminal, and what was left out is said', async () => {
    meet();
    terminal.width = 40;
    await membersCommand({}, terminal);
    for (const line of terminal.shown.split('\n').slice(0, 4)) expect(line.length).toBeLessThanOrEqual(40);
    expect(terminal.shown).toContain('No room for INCARNATION, TAGS: --json has all.');
  });

  test('can be asked for by state', async () => {
    meet();
    await membersCommand({ state: 'dead' }, terminal);
    expect(terminal.shown).toContain('bob');
    expect(terminal.shown).not.toContain('cat');
  });

  test('of a state that does not exist are a mistake', async () => {
    for (const state of ['gone', 'dead,gone', '', ',']) {
      expect(() => membersCommand({ state }, terminal)).toThrow(/--state is "(gone)?"\. Give one or more of alive, /);
    }
    expect(terminal.calls).toEqual([]);
  });

  test.each([
    ['dead', 'No members are dead.'],
    ['dead,left', 'No members are dead or have left.'],
  ])('of state %s may be none, which is said', async (state, words) => {
    await membersCommand({ state }, terminal);
    expect(terminal.shown).toContain(words);
  });

  test('are JSON for programs', async () => {
    meet();
    await membersCommand({ json: true, state: 'dead' }, terminal);
    expect(JSON.parse(terminal.shown)).toMatchObject([{ id: 'bob', state: 'dead' }]);
    terminal.shown = '';
    await membersCommand({ json: true }, terminal);
    expect(JSON.parse(terminal.shown)).toMatchObject([{ id: 'bob' }, { id: 'cat' }, { id: 'me' }]);
  });

  test('cannot steer the terminal with their names', async () => {
    desk.lone.hear(alive(described('\u001B[2Jx\u009B\n', '10.0.1.2:7946'), 1));
    await membersCommand({}, terminal);
    expect(terminal.shown).toContain('\uFFFD[2Jx\uFFFD\uFFFD ');
  });

  test('--watch on a terminal draws again when something happens, until Ctrl-C', async () => {
    terminal.live = true;
    const watching = membersCommand({ watch: true }, terminal);
    await terminal.until('1 alive.');
    expect(terminal.shown.startsWith('\u001B[H\u001B[2J')).toBe(true);
    desk.lone.hear(alive(cat, 3));
    await terminal.until('2 alive.');
    terminal.interrupt();
    expect(await watching).toBe(130);
    expect(terminal.complaints).toBe('');
  });

  test('--watch on a terminal draws again every two seconds: how long ago members were seen is news, too', async () => {
    terminal.live = true;
    const watching = membersCommand({ watch: true }, terminal);
    const drawn = (): number => terminal.shown.match(/NAME/g)?.length ?? 0;
    const turns = async (until: () => boolean): Promise<void> => {
      for (let turn = 0; turn < 100 && !until(); turn += 1) await new Promise(setImmediate);
    };
    for (const times of [1, 2, 3]) {
      await turns(() => drawn() === times);
      expect(drawn()).toBe(times);
      desk.lone.clock.advance(1_999);
      await turns(() => drawn() > times);
      expect(drawn()).toBe(times);
      desk.lone.clock.advance(1);
    }
    terminal.interrupt();
    expect(await watching).toBe(130);
  });

  test.each([{ watch: true }, { watch: true, json: true }] as const)(
    '%j into a pipe looks whether it is still read while nothing happens',
    async (options) => {
      const watching = membersCommand(options, terminal);
      await terminal.until('alive');
      expect(terminal.quietTimes).toBe(0);
      const { shown } = terminal;
      desk.lone.clock.advance(15_000);
      for (let turn = 0; turn < 100 && terminal.quietTimes === 0; turn += 1) await new Promise(setImmediate);
      expect(terminal.quietTimes).toBe(1);
      expect(terminal.shown).toBe(shown);
      terminal.interrupt();
      expect(await watching).toBe(130);
    },
  );

  test('--watch into a file is one table and then a line per event', async () => {
    const watching = membersCommand({ watch: true }, terminal);
    await terminal.until('1 alive.');
    desk.lone.hear(alive(cat, 3));
    await terminal.until('cat joined at 10.0.1.3:7946');
    desk.lone.node.stop();
    expect(await watching).toBe(0);
    expect(terminal.shown.match(/NAME/g)).toHaveLength(1);
    expect(terminal.shown).not.toContain('\u001B');
  });
});

describe('monitor', () => {
  test('tells events in words, until the node ends', async () => {
    const monitoring = monitorCommand({}, terminal);
    while (terminal.calls.length === 0) await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    desk.lone.hear([alive(cat, 3), suspect('cat', 3, 'eve'), alive(cat, 4), dead('cat', 4, 'eve')]);
    await terminal.until('is dead');
    desk.lone.node.stop();
    expect(await monitoring).toBe(0);
    expect(terminal.shown).toBe(
      ['joined at 10.0.1.3:7946', 'is suspected by eve', 'refuted the suspicion', 'is dead']
        .map((words) => `2027-01-15T08:00:00.000Z cat ${words}\n`)
        .join(''),
    );
  });

  test('--json passes the lines on', async () => {
    const monitoring = monitorCommand({ json: true }, terminal);
    while (terminal.calls.length === 0) await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    desk.lone.hear(alive(cat, 3));
    await terminal.until('cat');
    terminal.interrupt();
    expect(await monitoring).toBe(130);
    expect(JSON.parse(terminal.shown)).toMatchObject({ type: 'join', node: { id: 'cat' } });
  });
});

describe('info', () => {
  test('tells what a node says of itself', async () => {
    meet();
    desk.node.readyState = { ready: false, reason: 'still joining' };
    expect(await infoCommand({}, terminal)).toBe(0);
    expect(terminal.shown).toMatch(/^name +me$/m);
    expect(terminal.shown).toMatch(/^ready +no: still joining$/m);
    expect(terminal.shown).toMatch(/^members +2 alive, 0 suspect, 1 dead, 0 left$/m);
    expect(terminal.shown).toMatch(/^encryption +1 key; plain text is accepted$/m);
  });

  test('is JSON for programs', async () => {
    await infoCommand({ json: true }, terminal);
    expect(JSON.parse(terminal.shown)).toMatchObject({ id: 'me', counters: { probes: 0 } });
  });
});

describe('changes', () => {
  test('leave asks the node to go', async () => {
    expect(await leaveCommand({}, terminal)).toBe(0);
    expect(terminal.shown).toBe('The node is leaving.\n');
    desk.lone.clock.advance(0);
    expect(desk.node.calls).toEqual(['leave']);
  });

  test('force-leave retires the dead, and only them', async () => {
    meet();
    expect(await forceLeaveCommand('bob', {}, terminal)).toBe(0);
    expect(desk.lone.node.member('bob')?.state).toBe('left');
    expect(await forceLeaveCommand('cat', {}, terminal)).toBe(1);
    expect(terminal.complaints).toContain('"cat" is alive');
  });

  test('--json passes on what the node said', async () => {
    meet();
    const json = { json: true } as const;
    await forceLeaveCommand('bob', json, terminal);
    await changeKeysCommand('install', KEY, json, terminal);
    await leaveCommand(json, terminal);
    const keys = [{ fingerprint: 'ab12', bits: 256, primary: true }];
    expect(
      terminal.shown
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([{ status: 'left', name: 'bob' }, { keys }, { status: 'leaving' }]);
  });

  test('keys are listed by fingerprint', async () => {
    expect(await listKeysCommand({}, terminal)).toBe(0);
    expect(terminal.shown).toBe('FINGERPRINT BITS USE\nab12         256 seals and opens\n');
    desk.node.listed = [];
    terminal.shown = '';
    await listKeysCommand({}, terminal);
    expect(terminal.shown).toBe('No keys: this node speaks plain text.\n');
  });

  test('keys are changed, from the command line or from standard input', async () => {
    terminal.input = 'ZnJvbSBpbnB1dA==\n';
    expect(await changeKeysCommand('install', KEY, {}, terminal)).toBe(0);
    expect(terminal.shown).not.toContain('compare');
    expect(await changeKeysCommand('use', '-', {}, terminal)).toBe(0);
    expect(terminal.shown).toMatch(/Every node must have this key: compare `rollcall keys list` on each\.\n$/);
    expect(desk.node.calls).toEqual([`install ${KEY}`, 'use ZnJvbSBpbnB1dA==']);
  });

  test('what is no key is not sent', async () => {
    await expect(changeKeysCommand('install', 'secret', {}, terminal)).rejects.toThrow(
      'A key is 16, 24 or 32 bytes in base64. `rollcall keys generate` makes one.',
    );
    expect(terminal.calls).toEqual([]);
  });

  test('a key that the node refuses is no mistake of usage', async () => {
    desk.node.keyProblem = new InvalidKey('No such key.');
    expect(await changeKeysCommand('use', 'x', {}, terminal)).toBe(1);
    expect(terminal.complaints).toBe('No such key.');
  });

  test('a fresh key is one for AES-256, another each time', () => {
    expect(Buffer.from(generateKey(), 'base64')).toHaveLength(32);
    expect(generateKey()).not.toBe(generateKey());
  });
});

describe('the token', () => {
  beforeEach(() => {
    desk = new AdminDesk({ token: 'right' });
    terminal = new AdminTerminal(desk);
    terminal.files.set('token.txt', 'right\n');
  });

  test.each([
    ['from the command line', { token: 'right' }, {}],
    ['from a file', { tokenFile: 'token.txt' }, {}],
    ['from the environment', {}, { ROLLCALL_ADMIN_TOKEN: 'right' }],
    ['from a file that the environment names', {}, { ROLLCALL_ADMIN_TOKEN_FILE: 'token.txt' }],
    ['from the command line before the environment', { token: 'right' }, { ROLLCALL_ADMIN_TOKEN: 'wrong' }],
  ])('comes %s', async (_, options, environment) => {
    terminal.environment = environment;
    expect(await listKeysCommand(options, terminal)).toBe(0);
  });

  test('that is missing is asked for', async () => {
    expect(await listKeysCommand({}, terminal)).toBe(1);
    expect(terminal.complaints).toContain('Give it with --token-file or ROLLCALL_ADMIN_TOKEN.');
  });

  test('can be given once', async () => {
    await expect(listKeysCommand({ token: 'a', tokenFile: 'b' }, terminal)).rejects.toThrow('cannot stand together');
  });
});

describe('where the node is', () => {
  test.each([
    ['127.0.0.1:50051', 'http://127.0.0.1:50051'],
    ['node1:50051', 'http://node1:50051'],
    ['[::1]:50051', 'http://[::1]:50051'],
    ['0.0.0.0:50051', 'http://127.0.0.1:50051'],
    ['[::]:50051', 'http://[::1]:50051'],
    ['https://node1', 'https://node1'],
    ['https://node1:50051/', 'https://node1:50051'],
    ['node1:80', 'http://node1'],
  ])('%s is %s', (given, url) => {
    expect(adminUrl(given)).toBe(url);
  });

  test.each(['', 'node1', ':50051', '127.0.0.1:99999', 'ftp://node1:1', 'http://node1:1/admin', 'a b:1'])(
    '%j is nowhere',
    (given) => {
      expect(() => adminUrl(given)).toThrow('Give host and port');
    },
  );

  test('comes from --admin, or from what configures the node, or is the usual place', async () => {
    await infoCommand({}, terminal);
    terminal.environment = { ROLLCALL_ADMIN_BIND: '0.0.0.0:7000' };
    await infoCommand({}, terminal);
    await infoCommand({ admin: '10.0.0.9:7000' }, terminal);
    expect(terminal.calls.map(({ url }) => new URL(url).host)).toEqual([
      '127.0.0.1:50051',
      '127.0.0.1:7000',
      '10.0.0.9:7000',
    ]);
  });

  test('certificates come from files', async () => {
    terminal.files.set('ca.pem', 'AUTHORITY');
    await infoCommand({ admin: 'https://node1:50051', ca: 'ca.pem' }, terminal);
    await infoCommand({}, terminal);
    expect(terminal.tls).toEqual([{ ca: 'AUTHORITY' }, {}]);
  });

  test('when nothing listens there, one line says so', async () => {
    expect(await infoCommand({}, unreachable(terminal, 'refused'))).toBe(1);
    expect(terminal.complaints).toBe(
      'No node listens at http://127.0.0.1:50051. Is it running, and is --admin its admin.bind?',
    );
  });

  test('when it does not answer, one line says why', async () => {
    expect(await infoCommand({}, unreachable(terminal, 'timeout'))).toBe(1);
    expect(terminal.complaints).toContain('did not answer: it failed (timeout)');
  });

  test('when somebody else listens there, one line says so', async () => {
    const call = () => Promise.resolve({ status: 200, headers: {}, body: page() });
    expect(await infoCommand({}, Object.assign(terminal, { http: () => ({ call }) }))).toBe(1);
    expect(terminal.complaints).toContain('is no Rollcall node: it answered without JSON');
  });

  test('Ctrl-C while it is asked is quiet', async () => {
    terminal.interrupt();
    expect(await infoCommand({}, unreachable(terminal, 'aborted'))).toBe(130);
    expect(terminal.complaints).toBe('');
  });
});

async function* page(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode('<html>');
}
