import type { Clock, Micros, Timer } from '../../../core/ports/clock.ts';
import type { Endpoint, Transport } from '../../../core/ports/transport.ts';
import type { Program } from '../../../simulator/program.ts';
import { withPorts } from '../../with-ports.ts';

/** Until when whoever sends now is blocked; undefined while nobody is. */
export type BlockedUntil = (now: Micros) => Micros | undefined;

/** What one timer or message set off. It waits where it sends, and whatever it would have done next waits with it. */
interface Activity {
  waitsUntil: Micros;
}

/**
 * A program whose sends block, as they do where each activity has a thread of its own (memberlist's goroutines): a send
 * during a block returns when the block ends. Timers that an activity set in the same step as such a send are its
 * next steps, so they run at the end of the block; all others, a suspicion's for one, run on time.
 */
export function waitingWhereItSends(program: Program, blockedUntil: BlockedUntil): Program {
  return (host) => {
    let current: Activity | undefined;
    /** Timers that came due while their activity waited, by the number that their owner knows. */
    const postponed = new Map<Timer, Timer>();

    const send = (): void => {
      const until = blockedUntil(host.clock.now());
      if (until !== undefined && current !== undefined) current.waitsUntil = until;
    };
    const clock: Clock = {
      now: () => host.clock.now(),
      wallTime: () => host.clock.wallTime(),
      after(delay, task) {
        const setBy = current;
        const run = (): void => {
          postponed.delete(timer);
          current = { waitsUntil: 0 };
          task();
          current = undefined;
        };
        const timer = host.clock.after(delay, () => {
          const wait = (setBy?.waitsUntil ?? 0) - host.clock.now();
          if (wait > 0) postponed.set(timer, host.clock.after(wait, run));
          else run();
        });
        return timer;
      },
      cancel(timer) {
        host.clock.cancel(postponed.get(timer) ?? timer);
        postponed.delete(timer);
      },
    };
    const transport: Transport = {
      open: (address, protocol, handlers) => noticing(host.transport.open(address, protocol, handlers), send),
    };
    return program(withPorts(host, { clock, transport }));
  };
}

function noticing<D, S>(endpoint: Endpoint<D, S>, onSend: () => void): Endpoint<D, S> {
  return {
    address: endpoint.address,
    send(to, message) {
      onSend();
      endpoint.send(to, message);
    },
    connect(to, deadline, handlers) {
      onSend();
      return endpoint.connect(to, deadline, handlers);
    },
    close: () => endpoint.close(),
  };
}
