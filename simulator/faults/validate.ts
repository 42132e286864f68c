import type { Ratio } from '../../core/ports/random.ts';
import { InvalidFault } from '../errors.ts';
import type { Fault } from './fault.ts';

/** Throws `InvalidFault`, naming the fault, unless the whole schedule can be executed on these hosts. */
export function validateSchedule(faults: readonly Fault[], isHost: (name: string) => boolean): void {
  const ids = new Set<string>();
  for (const fault of faults) {
    const fail = (problem: string): never => {
      throw new InvalidFault(fault.id, problem);
    };
    if (ids.has(fault.id)) fail('its id is used twice. Give every fault an id of its own.');
    ids.add(fault.id);
    if (!isCount(fault.at)) fail(`it begins at ${fault.at}, but must begin at a whole number of microseconds from 0.`);
    if ('for' in fault && !isCount(fault.for)) {
      fail(`it lasts ${String(fault.for)}, but must last a whole number of microseconds.`);
    }
    for (const name of hostsOf(fault)) if (!isHost(name)) fail(`there is no host ${JSON.stringify(name)}.`);
    validateDetails(fault, fail);
  }
}

/** Every host that a fault names. */
export function hostsOf(fault: Fault): readonly string[] {
  switch (fault.kind) {
    case 'partition':
      return fault.groups.flat();
    case 'block':
      return [...fault.from, ...fault.to];
    case 'link':
      return [...(fault.from ?? []), ...(fault.to ?? [])];
    default:
      return fault.hosts;
  }
}

function validateDetails(fault: Fault, fail: (problem: string) => never): void {
  switch (fault.kind) {
    case 'partition': {
      const names = fault.groups.flat();
      if (new Set(names).size < names.length) fail('a host stands in two groups.');
      return;
    }
    case 'slow':
      if (!isCount(fault.perMessage)) fail('perMessage must be a whole number of microseconds.');
      return;
    case 'clock':
      if (!Number.isInteger(fault.jumpMs)) fail('jumpMs must be a whole number of milliseconds.');
      if (!Number.isInteger(fault.driftPpm) || Math.abs(fault.driftPpm) > 500_000) {
        fail('driftPpm must be a whole number from -500000 to 500000.');
      }
      return;
    case 'link': {
      const { loss, burst, duplicate, reorder, corrupt, truncate, delay, bytesPerSecond } = fault;
      const ratios = { loss, duplicate, corrupt, truncate, enter: burst?.enter, leave: burst?.leave };
      for (const [name, ratio] of Object.entries({ ...ratios, burst: burst?.loss, chance: reorder?.chance })) {
        if (ratio !== undefined && !isRatio(ratio)) fail(`${name} must be a ratio [part, whole] of whole numbers.`);
      }
      if (delay !== undefined && !isCount(delay)) fail('delay must be a whole number of microseconds.');
      if (reorder !== undefined && !isCount(reorder.by)) fail('reorder.by must be a whole number of microseconds.');
      if (burst !== undefined && !(isCount(burst.slot) && burst.slot > 0)) fail('burst.slot must be at least 1 us.');
      if (bytesPerSecond !== undefined && !(bytesPerSecond > 0)) fail('bytesPerSecond must be above 0.');
      return;
    }
    case 'crash':
    case 'restart':
    case 'pause':
    case 'block':
    case 'stream':
    case 'service':
    case 'command':
      return;
    default:
      fail(`its kind ${JSON.stringify((fault as Fault).kind)} is unknown.`);
  }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRatio([part, whole]: Ratio): boolean {
  return isCount(part) && isCount(whole) && whole > 0 && part <= whole;
}
