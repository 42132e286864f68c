import type { SourcePorts } from '../../core/discovery/source-type.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { silentLog } from '../../core/ports/log.ts';
import { ResolveFailed, type Resolver } from '../../core/ports/resolver.ts';
import { seededRandom } from '../../core/random.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { nodeFiles } from '../../transports/files.ts';
import { systemClock } from '../../transports/clock.ts';

/** Knows the names of a table; others do not exist, and `broken` cannot be asked for. */
function namesOf(table: Readonly<Record<string, readonly string[]>>): Resolver {
  const none = { records: [], lifetimeMs: 30_000, complete: true, absent: 'no-such-name' as const };
  return {
    async addresses(name) {
      if (name === 'broken') throw new ResolveFailed(name, 'timeout', 'broken: nobody answered.');
      const records = /^[\d.]+$|:/.test(name) ? [name] : table[name];
      return records === undefined ? none : { records, lifetimeMs: 60_000, complete: true };
    },
    services: async () => none,
    texts: async () => none,
  };
}

/** What sources are made of, for tests; files and time are those of the machine unless given. */
export function testPorts(
  more: Partial<SourcePorts> & { names?: Readonly<Record<string, readonly string[]>> } = {},
): SourcePorts {
  const { names = {}, ...ports } = more;
  return {
    clock: systemClock(),
    random: seededRandom('source'),
    crypto: nodeCrypto(),
    files: nodeFiles(),
    log: silentLog,
    resolver: () => namesOf(names),
    http: () => ({ call: () => Promise.reject(new Error('nobody is to be called')) }),
    environment: {},
    parseYaml: () => Promise.reject(new Error('no YAML')),
    ...ports,
  };
}

/** A clock whose wall time is what the test says; nothing waits on it. */
export class WallClock implements Clock {
  wall = 1_767_225_600_000;
  wallTime(): number {
    return this.wall;
  }
  now(): number {
    return 0;
  }
  after(): number {
    return 0;
  }
  cancel(): void {}
}
