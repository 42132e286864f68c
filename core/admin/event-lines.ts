import { nodeInfo } from '../health/cluster-health.ts';
import type { MembershipEvent } from '../membership/events.ts';
import type { Membership } from '../membership/membership.ts';
import { SECOND, type Clock, type Micros } from '../ports/clock.ts';
import { rfc3339 } from '../wall-time.ts';
import { bytesFromText } from '../wire/text.ts';

/** An empty line comes after this long without events: whoever listens can tell a quiet cluster from a dead line. */
const HEARTBEAT: Micros = 15 * SECOND;
/** Whoever reads too slowly loses the oldest beyond these. */
const BUFFERED = 1_024;

/**
 * What happens to members from now on, one JSON object per line, until the asker goes or the node stops. The first line
 * is empty: from then on nothing is missed, so who asks for the members after it has the whole picture.
 */
export async function* eventLines(
  membership: Membership,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const events = membership.events(BUFFERED);
  const close = (): void => void events.return?.();
  signal.addEventListener('abort', close, { once: true });
  try {
    if (signal.aborted || !membership.running) return;
    yield bytesFromText('\n');
    let next = events.next();
    for (;;) {
      const heard = await orSilence(next, clock);
      if (heard === 'silence') {
        yield bytesFromText('\n');
        continue;
      }
      if (heard.done === true) return;
      yield bytesFromText(`${JSON.stringify({ time: rfc3339(clock.wallTime()), ...told(heard.value) })}\n`);
      next = events.next();
    }
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
}

/** Payloads stay inside: reading is free here, and applications may send secrets. */
function told(event: MembershipEvent): Readonly<Record<string, unknown>> {
  const { type } = event;
  if (type === 'keys') return { type, count: event.count };
  if (type === 'message' || type === 'broadcast') return { type, from: event.from, bytes: event.payload.length };
  const node = nodeInfo(event.member, undefined);
  if (type === 'suspect') return { type, node, by: event.by };
  return type === 'conflict' ? { type, node, claimed_by: event.address } : { type, node };
}

function orSilence<T>(coming: Promise<T>, clock: Clock): Promise<T | 'silence'> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(HEARTBEAT, () => resolve('silence'));
    coming.then((value) => {
      clock.cancel(timer);
      resolve(value);
    }, reject);
  });
}
