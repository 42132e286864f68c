import type { Micros } from '../../core/ports/clock.ts';
import type { HostView } from '../invariant.ts';
import { Belief } from './beliefs.ts';
import type { Rule } from './rule.ts';

const ID = 'nothing-left-running';

/**
 * A node that closed gives everything back at once: its timers, and its voice. At once is the same microsecond, in which
 * the ends of its streams are still told, each in an event of its own.
 */
export const nothingLeftRunning: Rule = {
  id: ID,
  words: 'A node that stopped holds no timer and sends nothing.',
  create({ world }) {
    /** Who stopped, and when. */
    const stopped = new Map<HostView, Micros>();
    const report = (host: HostView, detail: string) =>
      world.violate({ invariant: ID, subject: host.name, phase: 'always', detail });
    return {
      onOther(host, event) {
        if (event.type === 'stopped') stopped.set(host, world.now());
      },
      onHost(host, change) {
        if (change === 'boot' || change === 'crash') stopped.delete(host);
      },
      onTransition(change) {
        // It starts again: a return after a leave.
        if (change.own && change.after === Belief.alive) stopped.delete(change.observer);
      },
      onSend(from, to) {
        if (stopped.size > 0 && stopped.has(from)) report(from, `${from.name} stopped and still sent to ${to}`);
      },
      onTick() {
        for (const [host, at] of stopped) {
          if (host.timers > 0 && at < world.now())
            report(host, `${host.name} stopped and still holds ${host.timers} timers`);
        }
      },
    };
  },
};
