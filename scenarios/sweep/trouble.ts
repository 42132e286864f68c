import { lifeguardWith } from '../../core/membership/settings.ts';
import { type Micros, MILLISECOND, SECOND } from '../../core/ports/clock.ts';
import { State } from '../../core/wire/messages.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { HostView } from '../../simulator/invariant.ts';
import { formedWorld, memberName } from '../experiments/formed-world.ts';
import type { Parts, TroublePlace, TroubleRun } from './result.ts';
import { sweepOf } from './sweep.ts';

export const TROUBLE_SIZE = 32;
const CRASH_AT = 60 * SECOND;
const END = 150 * SECOND;

/**
 * Slow members neither send nor receive for `BLOCKED`, then run freely for `FREE`, again and again and all at once, as in
 * Lifeguard's experiments. That is longer than a suspicion of SWIM lasts: its refutation is read too late.
 */
export const BLOCKED: Micros = 16_384 * MILLISECOND;
export const FREE: Micros = 64 * MILLISECOND;
const SLOW_FROM = 10 * SECOND;

const VICTIM = memberName(0);

/** One member crashes where datagrams are lost or members are slow: who notices, and who else is held dead meanwhile. */
export function troubled({ parts, lossPercent, slow }: TroublePlace, seed: number): TroubleRun {
  const slowOnes = Array.from({ length: slow }, (_, index) => memberName(index + 1));
  const isSlow = new Set(slowOnes);
  const isHealthy = (host: HostView): boolean => !isSlow.has(host.name);
  /** Healthy members that hold the crashed one dead; some may have done so before. */
  const missing = new Set<string>();
  let firstDetection: Micros | null = null;
  let detection: Micros | null = null;
  let falsePositives = 0;
  let atHealthy = 0;

  const world = formedWorld({
    seed: `sweep/trouble ${parts} ${lossPercent} ${slow} ${seed}`,
    size: TROUBLE_SIZE,
    settings: lifeguardWith(LIFEGUARD_PARTS[parts]),
    duration: END,
    faults: [
      ...lossOf(lossPercent),
      ...slownessOf(slowOnes),
      { id: 'crash', at: CRASH_AT, kind: 'crash', hosts: [VICTIM] },
    ],
    onEvent(host, event, now) {
      if (event.type !== 'transition' || event.subject === host.name) return;
      const dead = event.to === State.dead;
      if (event.subject === VICTIM) {
        if (!isHealthy(host)) return;
        if (dead) missing.add(host.name);
        else missing.delete(host.name);
        if (now >= CRASH_AT) judge(now);
      }
      if (!dead || isSlow.has(event.subject) || (event.subject === VICTIM && now >= CRASH_AT)) return;
      falsePositives += 1;
      if (isHealthy(host)) atHealthy += 1;
    },
  });
  const judge = (now: Micros): void => {
    if (missing.size > 0) firstDetection ??= now - CRASH_AT;
    if (missing.size === TROUBLE_SIZE - 1 - slow) detection ??= now - CRASH_AT;
  };
  world.runUntil(CRASH_AT);
  judge(CRASH_AT);
  world.runUntil(END);
  const nodeHours = (TROUBLE_SIZE * END) / SECOND / 3_600;
  return {
    firstDetection,
    detection,
    falsePositivesPerNodeHour: falsePositives / nodeHours,
    falsePositivesAtHealthyPerNodeHour: atHealthy / nodeHours,
  };
}

export const troubleSweep = sweepOf('sweep/trouble', () => (TROUBLE_SIZE * END) / SECOND, troubled);

const LIFEGUARD_PARTS = {
  none: { probe: false, suspicion: false, buddy: false },
  probe: { probe: true, suspicion: false, buddy: false },
  suspicion: { probe: false, suspicion: true, buddy: false },
  buddy: { probe: false, suspicion: false, buddy: true },
  all: { probe: true, suspicion: true, buddy: true },
} as const satisfies Readonly<Record<Parts, unknown>>;

function lossOf(percent: number): Fault[] {
  return percent === 0 ? [] : [{ id: 'loss', at: 0, for: END, kind: 'link', loss: [percent, 100] }];
}

function slownessOf(hosts: string[]): Fault[] {
  if (hosts.length === 0) return [];
  const faults: Fault[] = [];
  for (let at = SLOW_FROM; at < END; at += BLOCKED + FREE) {
    faults.push({ id: `slow-${at}`, at, for: Math.min(BLOCKED, END - at), kind: 'pause', mode: 'ioBlock', hosts });
  }
  return faults;
}
