import { SECOND, type Micros } from '../../core/ports/clock.ts';
import type { HostView, Invariant } from '../invariant.ts';
import type { NodeInspection } from '../node-program.ts';
import type { Counted } from '../services/counted.ts';

/** However ill a source is, a node asks it only so often: nobody who is down is kept down. */
export function sourcesAreSpared(perMinute: number): Invariant {
  return countedBy(
    'sources-are-spared',
    `No node tries one of its sources more than ${perMinute} times within a minute.`,
    perMinute,
    (host) => {
      if (host.bystander === true) return [];
      const stats = (host.running?.inspect as NodeInspection | undefined)?.cluster.discovery.stats ?? [];
      return [...stats].map(([method, { attempts }]) => [`${host.name} tries ${method}`, attempts]);
    },
  );
}

/** Of all nodes together. Services are those that count: name servers, and what `counted` made. */
export function servicesAreSpared(perMinute: number): Invariant {
  return countedBy(
    'services-are-spared',
    `No service is asked more than ${perMinute} times within a minute.`,
    perMinute,
    (host) => {
      const asked =
        host.bystander === true ? (host.running?.inspect as Partial<Counted> | undefined)?.asked : undefined;
      return asked === undefined ? [] : [[`${host.name} is asked`, asked]];
    },
  );
}

interface Count {
  readonly boot: number;
  readonly since: Micros;
  readonly value: number;
}

const MINUTE: Micros = 60 * SECOND;

/** Counts that only rise while their host is up, looked at minute by minute. */
function countedBy(
  id: string,
  words: string,
  perMinute: number,
  counts: (host: HostView) => readonly (readonly [string, number])[],
): Invariant {
  return {
    id,
    words,
    create(world) {
      const before = new Map<string, Count>();
      return {
        onTick() {
          const now = world.now();
          for (const host of world.hosts) {
            if (!host.up) continue;
            for (const [what, value] of counts(host)) {
              const last = before.get(what);
              if (last === undefined || last.boot !== host.boot || now - last.since >= MINUTE) {
                before.set(what, { boot: host.boot, since: now, value });
              }
              const times = last?.boot === host.boot ? value - last.value : value;
              if (times <= perMinute) continue;
              const detail = `${what} ${times} times in a minute, at ${now / 1_000_000} s; ${perMinute} would do`;
              world.violate({ invariant: id, subject: host.name, phase: 'always', detail });
            }
          }
        },
      };
    },
  };
}
