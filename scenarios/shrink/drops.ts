import type { Fault } from '../../simulator/faults/fault.ts';
import type { TraceRecord } from '../../simulator/trace.ts';

type LinkFault = Extract<Fault, { kind: 'link' }>;

/** Whether all that a fault does is to lose datagrams, one here and one there. */
export function isLossy(fault: Fault): fault is LinkFault {
  if (fault.kind !== 'link' || isDrop(fault)) return false;
  const { duplicate, reorder, corrupt, truncate, delay, bytesPerSecond } = fault;
  return [duplicate, reorder, corrupt, truncate, delay, bytesPerSecond].every((harm) => harm === undefined);
}

/** A link fault of one microsecond loses the one message that is sent in it. */
function isDrop(fault: LinkFault): boolean {
  return fault.for === 1;
}

/** Hears a run, and what each fault took from it: as faults that take these messages alone. */
export class DroppedMessages {
  readonly #drops = new Map<string, LinkFault[]>();

  readonly record = ({ kind, at, host, peer, data }: TraceRecord): void => {
    if (kind !== 'lost' || data === undefined || peer === '') return;
    const { id } = data as Fault;
    const drops = this.#drops.get(id) ?? [];
    const same = drops.some((drop) => drop.at === at && drop.from![0] === host && drop.to![0] === peer);
    if (same) return;
    drops.push({ id: `${id}-${drops.length + 1}`, kind: 'link', at, for: 1, from: [host], to: [peer], loss: [1, 1] });
    this.#drops.set(id, drops);
  };

  by(fault: Fault): readonly Fault[] {
    return this.#drops.get(fault.id) ?? [];
  }
}
