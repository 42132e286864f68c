import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { seededRandom } from '../../core/random.ts';
import { Mixture, type Victim } from '../../test/hostile/mixture.ts';
import { placeOf } from '../../transports/sockets/place.ts';

export interface FloodOrder {
  readonly victim: Victim;
  readonly datagrams: number;
  /** Per second; 0 for as many as can be sent. */
  readonly rate: number;
  readonly seed: string;
}

export interface Flooded {
  readonly sent: number;
  readonly failed: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** Different datagrams; they are sent again and again, so that making them does not slow the flood down. */
const POOL = 5_000;
const BATCH = 250;
const TICK_MS = 2;
/** What may wait to be sent: more would only take memory. */
const WAITING_MAX = 1_000;

/** Sends malformed datagrams at a rate that is held by batches. */
export async function flood({ victim, datagrams, rate, seed }: FloodOrder): Promise<Flooded> {
  const pool = new Mixture(seededRandom(seed), victim).pool(POOL);
  const { host, port } = placeOf(victim.address);
  const socket = createSocket({ type: 'udp4', sendBufferSize: 4 * 1024 * 1024 });
  socket.connect(port, host);
  await once(socket, 'connect');
  let [given, sent, failed, bytes] = [0, 0, 0, 0];
  const onSent = (error: Error | null, length: number): void => {
    if (error === null) [sent, bytes] = [sent + 1, bytes + length];
    else failed += 1;
  };
  const began = performance.now();
  const elapsed = (): number => (performance.now() - began) / 1_000;
  while (given < datagrams) {
    const due = Math.min(datagrams, rate === 0 ? given + BATCH : Math.floor(elapsed() * rate));
    if (given - sent - failed < WAITING_MAX) {
      for (; given < due; given++) socket.send(pool[given % POOL]!, onSent);
    }
    await new Promise((resolve) => void (rate === 0 ? setImmediate(resolve) : setTimeout(resolve, TICK_MS)));
  }
  while (sent + failed < given) await new Promise((resolve) => void setImmediate(resolve));
  const seconds = elapsed();
  socket.close();
  return { sent, failed, bytes, seconds };
}
