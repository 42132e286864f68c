import { describe, expect, test } from 'vitest';
import type { Log, LogLevel } from '../../core/ports/log.ts';

interface LogUnderTest {
  readonly log: Log;
  /** What was said so far: fields, `level` and `msg`. */
  lines(): readonly Readonly<Record<string, unknown>>[];
}

/** What every implementation of the Log port does. */
export function logContract(name: string, create: (level: LogLevel) => Promise<LogUnderTest>): void {
  describe(`${name} keeps the contract of Log`, () => {
    test('a line holds its level, its fields and its sentence, when the call returns', async () => {
      const { log, lines } = await create('debug');
      const fields = { peer: 'b', tries: 3 };
      log.debug(fields, 'first');
      fields.tries = 4;
      log.info(fields, 'second');
      log.warn({}, 'third');
      log.error({}, 'fourth');
      expect(lines()).toMatchObject([
        { level: 'debug', msg: 'first', peer: 'b', tries: 3 },
        { level: 'info', msg: 'second', peer: 'b', tries: 4 },
        { level: 'warn', msg: 'third' },
        { level: 'error', msg: 'fourth' },
      ]);
    });

    test('what is below the level is not said', async () => {
      const { log, lines } = await create('warn');
      for (const say of [log.debug, log.info, log.warn, log.error]) say({}, 'words');
      log.child({ node: 'a' }).info({}, 'words');
      expect(lines().map(({ level }) => level)).toEqual(['warn', 'error']);
    });

    test('a child puts its fields, as they were, on each of its lines and on no other', async () => {
      const { log, lines } = await create('info');
      const fields = { node: 'a' };
      const child = log.child(fields);
      fields.node = 'changed';
      child.child({ part: 'join' }).info({ peer: 'b' }, 'inner');
      child.info({}, 'outer');
      log.info({}, 'parent');
      expect(lines()).toMatchObject([
        { node: 'a', part: 'join', peer: 'b' },
        { node: 'a', msg: 'outer' },
        { msg: 'parent' },
      ]);
      expect(lines()[1]).not.toHaveProperty('part');
      expect(lines()[2]).not.toHaveProperty('node');
    });

    test('a sentence is words, not a format', async () => {
      const { log, lines } = await create('info');
      log.info({}, '100% of %s and %d %j %%');
      expect(lines()[0]?.['msg']).toBe('100% of %s and %d %j %%');
    });

    const circle: Record<string, unknown> = { name: 'circle' };
    circle['self'] = circle;
    test.each<[string, unknown]>([
      ['a circle', circle],
      ['a bigint', 5n],
      ['a function', () => 1],
      ['a symbol', Symbol('s')],
      ['undefined', undefined],
      ['an invalid date', new Date(Number.NaN)],
      ['an error that caused itself', Object.assign(new Error('e'), { cause: circle })],
      ['a getter that throws', Object.defineProperty({}, 'x', { enumerable: true, get: () => fail() })],
      ['a toJSON that throws', { toJSON: fail }],
      ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
      ['a million letters', 'x'.repeat(1_000_000)],
    ])('%s in a field does no harm', async (_, odd) => {
      const { log, lines } = await create('info');
      log.info({ odd, before: 1 }, 'words');
      log.child({ odd }).info({ after: 2 }, 'more');
      expect(lines()).toMatchObject([
        { msg: 'words', before: 1 },
        { msg: 'more', after: 2 },
      ]);
    });
  });
}

function fail(): never {
  throw new Error('unreadable');
}
