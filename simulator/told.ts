import { InvalidFault } from './errors.ts';
import type { Fault } from './faults/fault.ts';
import type { Suffering } from './program.ts';
import type { SimHost } from './sim-host.ts';
import type { Strikes } from './strikes.ts';
import { TraceCode } from './trace-code.ts';
import type { Trace } from './trace.ts';

export type ServiceFault = Fault & { readonly kind: 'service' };

/** Faults that the program of a host hears of: commands, and what its service suffers. */
export function tellProgram(host: SimHost, fault: ServiceFault | (Fault & { kind: 'command' }), trace: Trace): void {
  const { running } = host;
  const what = fault.kind === 'service' ? fault.effect : fault.command;
  trace.event(TraceCode.command, host.index, -1, 0, what, 0, fault);
  if (fault.kind === 'command') running?.command?.(fault.command, fault.argument);
  else if (running !== undefined) running.struck?.(checkedEffect(host, fault), fault.argument);
}

/** A schedule that asks for what its service cannot do would prove nothing. */
function checkedEffect(host: SimHost, { id, effect }: ServiceFault): string {
  const known = host.running?.effects ?? [];
  if (known.includes(effect)) return effect;
  throw new InvalidFault(
    id,
    `the program of ${host.name} knows no effect ${JSON.stringify(effect)}. It knows: ${known.join(', ') || 'none'}.`,
  );
}

/** The latest fault of this effect that a host suffers right now. */
export function sufferedBy(host: SimHost, effect: string, strikes: Strikes): Suffering | undefined {
  const fault = host.suffered.findLast((one) => one.effect === effect);
  return fault && { argument: fault.argument, strike: () => strikes.strike(fault, effect) };
}
