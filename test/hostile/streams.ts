import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../core/ports/random.ts';
import { Kind, State } from '../../core/wire/messages.ts';
import { memberlistProtocol } from '../../core/wire/protocol.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { placeOf } from '../../transports/sockets/place.ts';

interface HostileStream {
  readonly bytes: Uint8Array;
  /** Whether the bytes come one by one. */
  readonly drips: boolean;
}

const DRIP_MS = 100;
/** Before the next one, so that most find room: those that are refused cost a node next to nothing. */
const PAUSE_MS = 100;

const noise = (random: Random, length: number): Uint8Array => Uint8Array.from({ length }, () => random.int(256));

/** A whole exchange of state, as an honest node begins one. */
function exchange(): Uint8Array {
  const security = { label: '', crypto: nodeCrypto(), keys: () => [], compress: false, acceptPlain: true } as const;
  const about = {
    name: 'stranger',
    address: '127.0.0.1:1',
    meta: new Uint8Array(0),
    vsn: Uint8Array.of(1, 5, 2, 2, 5, 4),
  };
  const states = [{ about, incarnation: 1, state: State.left }];
  const message = { kind: Kind.pushPull, join: false, states, userState: new Uint8Array(100) } as const;
  return memberlistProtocol({ ...security, sealVersion: 1 }).stream.encode({ label: '', key: undefined, message });
}

const TLS_HELLO = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3];

const KINDS: readonly ((random: Random) => HostileStream)[] = [
  // Nothing at all; and every way to say something so slowly or so incompletely that it never comes to an end.
  () => ({ bytes: new Uint8Array(0), drips: false }),
  () => ({ bytes: exchange().subarray(0, -1), drips: true }),
  () => ({ bytes: Uint8Array.of(Kind.label, 255, ...new Uint8Array(255).fill(97)), drips: true }),
  (random) => ({ bytes: exchange().subarray(0, 1 + random.int(60)), drips: false }),
  (random) => ({ bytes: noise(random, 1 + random.int(4_000)), drips: false }),
  (random) => ({ bytes: Uint8Array.of(...TLS_HELLO, ...noise(random, 200)), drips: false }),
  // Lengths that promise gigabytes, and as many as are allowed: sealed, as a user message, as a list of states.
  () => ({ bytes: Uint8Array.of(Kind.encrypt, 255, 255, 255, 255), drips: false }),
  () => ({ bytes: Uint8Array.of(Kind.encrypt, 1, 0, 0, 0), drips: false }),
  () => ({ bytes: bytesOf(Kind.user, 0x81, 'UserMsgLen', 0xce, 255, 255, 255, 255), drips: false }),
  () => ({ bytes: bytesOf(Kind.pushPull, 0x81, 'Nodes', 0xce, 255, 255, 255, 255), drips: false }),
  () => ({ bytes: bytesOf(Kind.pushPull, 0x81, 'Nodes', 0xce, 0, 15, 255, 255), drips: false }),
];

export interface Storm {
  /** `ip:port`. */
  readonly address: string;
  readonly streams: number;
  /** Tried at the same time. */
  readonly atOnce: number;
  readonly random: Random;
}

export interface Stormed {
  /** Milliseconds from being connected to being cut: the longest. */
  readonly longest: number;
  /** Bytes that anybody was told. */
  readonly heard: number;
  readonly seconds: number;
}

/** Opens malformed and slow streams, never ends one by itself, and waits until all have been cut. */
export async function storm({ address, streams, atOnce, random }: Storm): Promise<Stormed> {
  const { host, port } = placeOf(address);
  const began = performance.now();
  let [begun, longest, heard] = [0, 0, 0];

  const one = (kind: HostileStream): Promise<void> =>
    new Promise((resolve) => {
      let connected: number | undefined;
      let drip: NodeJS.Timeout | undefined;
      const socket = connect({ host, port, allowHalfOpen: true }, () => {
        connected = performance.now();
        if (!kind.drips) return void socket.write(kind.bytes);
        let at = 0;
        drip = setInterval(() => void (at < kind.bytes.length && socket.write(kind.bytes.subarray(at, ++at))), DRIP_MS);
      });
      socket.on('data', ({ length }) => void (heard += length));
      // Whoever is told of the end must still answer with its own, or the kernel keeps half a connection.
      socket.on('end', () => socket.destroy());
      socket.on('error', () => {});
      socket.on('close', () => {
        clearInterval(drip);
        // A stream that is refused may be gone before it is known to be connected.
        if (connected !== undefined) longest = Math.max(longest, performance.now() - connected);
        resolve();
      });
    });
  const keepOpening = async (): Promise<void> => {
    while (begun < streams) {
      begun += 1;
      await one(KINDS[begun % KINDS.length]!(random));
      await sleep(PAUSE_MS);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, streams) }, keepOpening));
  return { longest, heard, seconds: (performance.now() - began) / 1_000 };
}

function bytesOf(...parts: readonly (number | string)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'number' ? [part] : [0xa0 | part.length, ...Buffer.from(part)])),
  );
}
