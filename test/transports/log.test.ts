import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { FileFailed } from '../../core/ports/files.ts';
import type { Log, LogFields } from '../../core/ports/log.ts';
import { prettyLine } from '../../transports/log-pretty.ts';
import { lineWriter } from '../../transports/log-writer.ts';
import { pinoLog } from '../../transports/log.ts';

const CHATTY = fileURLToPath(new URL('./fixtures/chatty.ts', import.meta.url));

async function said(speak: (log: Log) => void, format: 'json' | 'pretty' = 'json'): Promise<string> {
  let text = '';
  const destination = { write: (line: string) => void (text += line) };
  speak(await pinoLog({ level: 'debug', format, destination, base: { node: 'a' } }));
  return text;
}

const saidFields = async (fields: LogFields) => JSON.parse(await said((log) => log.info(fields, 'words')));

describe('a JSON line', () => {
  test('holds level, RFC 3339 time, base fields, fields and sentence, in this order', async () => {
    const text = await said((log) => log.warn({ peer: 'b' }, 'no answer'));
    expect(text.replace(/"time":"[^"]*"/, '"time":"T"')).toBe(
      '{"level":"warn","time":"T","node":"a","peer":"b","msg":"no answer"}\n',
    );
    expect(JSON.parse(text).time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test.each([
    'key',
    'keys',
    'primaryKey',
    'token',
    'join_token',
    'X-Consul-Token',
    'clientSecret',
    'password',
    'API_KEY',
  ])('hides %s, at any depth, on children, and in errors', async (name) => {
    const deep = Object.assign(new Error('refused'), { request: [{ [name]: 's3cret' }] });
    const text = await said((log) => log.child({ [name]: 's3cret' }).info({ [name]: 's3cret', deep }, 'words'));
    expect(text).not.toContain('s3cret');
    expect(text.match(/\[hidden\]/g)).toHaveLength(3);
  });

  test.each(['keyFile', 'token_count', 'monkey', 'tokenised'])('shows %s, which is no secret', async (name) => {
    expect(await saidFields({ [name]: 'plain' })).toMatchObject({ [name]: 'plain' });
  });

  test('tells of bytes only how many they are', async () => {
    expect(await saidFields({ packet: new Uint8Array(32) })).toMatchObject({ packet: '[32 bytes]' });
  });

  test('keeps its own names when a field has the same one', async () => {
    expect(await saidFields({ level: 'fake', time: 0, msg: 'fake' })).toMatchObject({
      level: 'info',
      msg: 'words',
      level_: 'fake',
      time_: 0,
      msg_: 'fake',
    });
  });

  test('tells an error with code, fields and cause; a stack only where we did not throw it on purpose', async () => {
    const cause = new TypeError('inner');
    const { error } = await saidFields({ error: new FileFailed('/x', 'full', 'No space.', { cause }) });
    expect(error).toMatchObject({ type: 'FileFailed', code: 'FILE_FAILED', path: '/x', message: 'No space.' });
    expect(error).not.toHaveProperty('stack');
    expect(error.cause).toMatchObject({ type: 'TypeError', message: 'inner' });
    expect(error.cause.stack).toContain('log.test.ts');
  });

  test('maps, sets and dates are readable', async () => {
    const at = new Date(0);
    expect(await saidFields({ map: new Map([['a', 1]]), set: new Set([1]), at })).toMatchObject({
      map: { a: 1 },
      set: [1],
      at: '1970-01-01T00:00:00.000Z',
    });
  });
});

describe('a pretty line', () => {
  const json = (fields: object) => JSON.stringify({ level: 'info', time: 'T', msg: 'joined', ...fields });

  test('is time, level, sentence and fields', () => {
    expect(prettyLine(json({ peer: 'b', tries: 3, why: 'two words', on: true, list: [1] }), false)).toBe(
      'T INFO  joined peer=b tries=3 why="two words" on=true list=[1]\n',
    );
  });

  test('shows an error in one phrase and its stack below', () => {
    const error = { type: 'TypeError', message: 'no such thing', stack: 'TypeError: no such thing\n    at f (a.ts:1)' };
    expect(prettyLine(json({ error }), false)).toBe(
      'T INFO  joined error="TypeError: no such thing"\n    at f (a.ts:1)\n',
    );
  });

  test('lets no name move the cursor or begin a line', () => {
    const evil = 'a\u001B[2J\nT ERROR fake\u009B\u007F';
    const line = prettyLine(json({ msg: evil, peer: evil, nested: { [evil]: evil }, [evil]: 1 }), false);
    expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/);
    expect(line).toContain('\\u001b');
  });

  test('has colours only when asked for', () => {
    expect(prettyLine(json({ a: 1 }), true)).toContain('\u001B[32mINFO \u001B[0m');
    expect(prettyLine(json({ a: 1 }), false)).not.toContain('\u001B');
  });

  test('is what the log writes in that format', async () => {
    expect(await said((log) => log.error({ peer: 'b' }, 'no answer'), 'pretty')).toMatch(
      /^\d{4}-[^ ]+Z ERROR no answer node=a peer=b\n$/,
    );
  });
});

describe('a line for a file descriptor', () => {
  afterEach(() => vi.restoreAllMocks());

  /** A reader that takes so many bytes per write; 0 for none now, -1 for never again. */
  function reader(appetites: number[]) {
    const taken: number[] = [];
    const write = (_: number, bytes: Uint8Array): number => {
      const appetite = appetites.shift() ?? Infinity;
      if (appetite <= 0) throw Object.assign(new Error('cannot write'), { code: appetite < 0 ? 'EPIPE' : 'EAGAIN' });
      const count = Math.min(appetite, bytes.length);
      taken.push(...bytes.subarray(0, count));
      return count;
    };
    return { write, text: () => Buffer.from(taken).toString() };
  }
  const notice = (lost: number): string => `lost ${lost}\n`;

  test('arrives whole when it is taken in pieces, with pauses', () => {
    const slow = reader([3, 0, 0, 1]);
    lineWriter(1, notice, slow.write).write('first line\n');
    expect(slow.text()).toBe('first line\n');
  });

  test('that was begun is finished first, and those lost meanwhile are counted', () => {
    vi.spyOn(Atomics, 'wait').mockReturnValue('timed-out');
    const stuck = reader([3, ...Array.from({ length: 101 + 2 }, () => 0)]);
    const writer = lineWriter(1, notice, stuck.write);
    for (const line of ['one\n', 'two\n', 'three\n', 'four\n']) writer.write(line);
    expect(stuck.text()).toBe('one\nlost 2\nfour\n');
  });

  test('waits for a stuck reader once, not again for each line', () => {
    const wait = vi.spyOn(Atomics, 'wait').mockReturnValue('timed-out');
    const writer = lineWriter(1, notice, reader(Array.from({ length: 200 }, () => 0)).write);
    for (let index = 0; index < 50; index++) writer.write('line\n');
    expect(wait).toHaveBeenCalledTimes(100);
  });

  test('is dropped when the disk is full', () => {
    const full = openSync('/dev/full', 'w');
    const writer = lineWriter(full, notice);
    expect(() => writer.write('line\n')).not.toThrow();
    closeSync(full);
    expect(() => writer.write('line\n')).not.toThrow();
  });
});

describe('the log on standard output', () => {
  function chatty(
    lines: number,
    length: number,
    hangUp: boolean,
  ): Promise<{ status: number | null; out: string; err: string }> {
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), CHATTY, `${lines}`, `${length}`]);
    return new Promise((resolve) => {
      const ended = { out: '', err: '' };
      if (hangUp) child.stdout.destroy();
      else child.stdout.on('data', (data: Buffer) => (ended.out += data.toString()));
      child.stderr.on('data', (data: Buffer) => (ended.err += data.toString()));
      child.on('close', (status) => resolve({ status, ...ended }));
    });
  }

  test('has its last line when the process exits at once', async () => {
    const { status, out } = await chatty(300, 2000, false);
    expect(status).toBe(3);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).index),
    ).toEqual(Array.from({ length: 300 }, (_, i) => i));
  });

  test('does not stop the process when its reader has gone', async () => {
    expect(await chatty(300, 2000, true)).toEqual({ status: 3, out: '', err: 'still here\n' });
  });
});
