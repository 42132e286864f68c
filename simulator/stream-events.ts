import type { Micros } from '../core/ports/clock.ts';
import type { EventKind } from './event-pool.ts';
import type { Kernel } from './kernel.ts';
import type { SimStream } from './sim-stream.ts';

/** Schedules a step of a stream; the number of its event record. */
export function streamEvent(
  kernel: Kernel,
  kind: EventKind,
  side: SimStream<unknown>,
  time: Micros,
  payload?: unknown,
): number {
  return kernel.events.schedule(kind, side.endpoint.host.index, time, payload, side);
}

/** The stream of an event record, which is given back. */
export function takeStream(kernel: Kernel, id: number): SimStream<unknown> {
  const side = kernel.events.target[id] as SimStream<unknown>;
  kernel.events.release(id);
  return side;
}
