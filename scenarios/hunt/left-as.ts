import type { Fault } from '../../simulator/faults/fault.ts';
import { endOf } from '../builtin/schedule.ts';

/** How a schedule leaves one host. */
interface Left {
  up: boolean;
  member: boolean;
  jumpMs: number;
  driftPpm: number;
}

const UNTOUCHED: Left = { up: true, member: true, jumpMs: 0, driftPpm: 0 };

/**
 * A schedule with an end like the original's: who is up there is started again, who is a member there joins again, and
 * clocks are put right. Without that, a fault that was moved behind its own repair would leave the world broken for
 * good, and what follows would be no surprise to anybody.
 */
export function leftAs(original: readonly Fault[], changed: readonly Fault[]): Fault[] {
  const [then, now] = [leaves(original), leaves(changed)];
  const at = endOf(changed) + 1;
  const canJoin = original.some((fault) => fault.kind === 'command' && fault.command === 'join');
  const ids = new Set(changed.map(({ id }) => id));
  const repairs = [...now].flatMap(([host, left]): Fault[] => {
    const wanted = then.get(host) ?? UNTOUCHED;
    const base = (what: string) => ({ id: unused(`${what}-${host}`, ids), at, hosts: [host] });
    const repair: Fault[] = [];
    if (wanted.up && !left.up)
      repair.push({ ...base('restarted'), kind: 'restart', keepStore: true, newAddress: false });
    else if (wanted.member && !left.member && left.up) {
      // A program that is never told to join may not know how; a start is known to all.
      if (canJoin) repair.push({ ...base('joined'), kind: 'command', command: 'join' });
      else repair.push({ ...base('restarted'), kind: 'restart', keepStore: true, newAddress: false });
    }
    if (wanted.jumpMs !== left.jumpMs || wanted.driftPpm !== left.driftPpm) {
      const { driftPpm } = wanted;
      repair.push({ ...base('clock-mended'), kind: 'clock', jumpMs: wanted.jumpMs - left.jumpMs, driftPpm });
    }
    return repair;
  });
  return [...changed, ...repairs];
}

function unused(id: string, ids: ReadonlySet<string>): string {
  for (let copy = 1; ; copy++) {
    const free = copy === 1 ? id : `${id}~${copy}`;
    if (!ids.has(free)) return free;
  }
}

function leaves(faults: readonly Fault[]): Map<string, Left> {
  const hosts = new Map<string, Left>();
  for (const fault of faults.toSorted((a, b) => a.at - b.at)) {
    if (!('hosts' in fault)) continue;
    for (const host of fault.hosts) {
      const left = hosts.get(host) ?? { ...UNTOUCHED };
      hosts.set(host, left);
      follow(left, fault);
    }
  }
  return hosts;
}

function follow(left: Left, fault: Fault): void {
  switch (fault.kind) {
    case 'crash':
      left.up = false;
      return;
    case 'restart':
      left.up = true;
      left.member = true;
      return;
    case 'clock':
      left.jumpMs += fault.jumpMs;
      left.driftPpm = fault.driftPpm;
      return;
    case 'command':
      if (!left.up) return;
      if (fault.command === 'leave' || fault.command === 'stop') left.member = false;
      if (fault.command === 'join') left.member = true;
      return;
    default:
  }
}
