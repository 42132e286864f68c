import { InvalidSetting } from '../../core/errors.ts';
import type { NetworkMode } from '../../core/config/node-config.ts';
import { MILLISECOND, type Clock } from '../../core/ports/clock.ts';
import type { Address } from '../../core/ports/transport.ts';
import { Acceptor } from './acceptor.ts';
import { Arrivals } from './arrivals.ts';
import { bindBoth } from './both-ports.ts';
import { bindError } from './bind-errors.ts';
import { CarrierPool } from './carrier-pool.ts';
import { Connections } from './connection.ts';
import { TransportCounters } from './counters.ts';
import type { DatagramPath, Deliver } from './datagram-path.ts';
import { Dialer } from './dialer.ts';
import type { Wiring } from './endpoint.ts';
import type { CarrierLimits } from './inbound-carriers.ts';
import { addressOf, placeOf } from './place.ts';
import { preamble, type Purpose } from './preamble.ts';
import { SocketTransport, type BoundTransport } from './socket-transport.ts';
import { Switchboard } from './switchboard.ts';
import { securityFrom, type TlsMaterial } from './tls.ts';
import { bindUdp } from './udp.ts';
import { AwaitingWelcome } from './welcome.ts';

export type { BoundTransport };

export interface BindOptions {
  /** Its host may be a wildcard (`0.0.0.0:7946`, `[::]:7946`); port 0 takes one that is free for everything needed. */
  readonly bind: Address;
  readonly mode: NetworkMode;
  /** Deadlines come from here. */
  readonly clock: Clock;
  /** Streams that peers may have open at once; more are cut and counted. 512 unless given. */
  readonly streamsMax?: number;
  /** Asked of the kernel for datagrams that wait to be read; 2 MiB unless given. */
  readonly receiveBufferBytes?: number;
  /** Bounds an accepted connection up to its first message; 10 seconds unless given. */
  readonly acceptDeadlineMs?: number;
  /** For mode `tls`, which needs it. */
  readonly tls?: TlsMaterial;
}

const STREAMS_MAX = 512;
const RECEIVE_BUFFER_BYTES = 2 * 1024 * 1024;
const ACCEPT_DEADLINE_MS = 10_000;
/** Connections for datagrams to peers, kept open at once. */
const CARRIERS_OUT_MAX = 512;
/** And from peers: a large cluster has many, and none knows which of its peers it will hear from. */
const CARRIERS_IN: CarrierLimits = { total: 4_096, perHost: 64, heldBytes: 16 * 1024 * 1024 };

/** Binds the sockets of a node; rejects with an error that says which address and what to do. */
export async function bindTransport(options: BindOptions): Promise<BoundTransport> {
  const { clock } = options;
  const wanted = placeOf(options.bind);
  const streamsMax = atLeastOne('streamsMax', options.streamsMax ?? STREAMS_MAX);
  const receiveBufferBytes = atLeastOne('receiveBufferBytes', options.receiveBufferBytes ?? RECEIVE_BUFFER_BYTES);
  const deadlineMs = atLeastOne('acceptDeadlineMs', options.acceptDeadlineMs ?? ACCEPT_DEADLINE_MS);
  const security = options.mode === 'tls' ? securityFrom(options.tls) : undefined;

  const counters = new TransportCounters();
  const connections = new Connections(counters);
  const switchboard = new Switchboard(counters);
  const dialer = new Dialer(wanted, connections, counters, security);
  const acceptDeadline = deadlineMs * MILLISECOND;
  const deliver: Deliver = (bytes, from) => switchboard.deliver(bytes, from);
  const overUdp = options.mode === 'udp';
  const arrivals = new Arrivals({
    clock,
    counters,
    switchboard,
    limits: CARRIERS_IN,
    deadline: acceptDeadline,
    release: (connection) => acceptor.release(connection),
  });
  const acceptor = new Acceptor({
    clock,
    connections,
    counters,
    security,
    deadline: acceptDeadline,
    streamsMax,
    onConnection(connection, host, port) {
      if (overUdp) switchboard.accept(connection, addressOf(host, port));
      else arrivals.onConnection(connection, host, port);
    },
  });

  const dial = (purpose: Purpose, port: number) => (to: Address) => {
    const connection = dialer.dial(to);
    if (!overUdp) connection.write(preamble(purpose, port));
    return connection;
  };
  const bindDatagrams = async (port: number): Promise<DatagramPath> =>
    overUdp
      ? bindUdp({ ...wanted, port }, receiveBufferBytes, counters, deliver)
      : new CarrierPool(clock, counters, dial('datagrams', port), CARRIERS_OUT_MAX);

  const streams = { listen: () => acceptor.listen(wanted), close: () => acceptor.close() };
  const { port, datagrams } = await bindBoth(streams, wanted.port === 0, bindDatagrams).catch((error: Error) => {
    throw bindError(options.bind, error);
  });
  const wiring: Wiring = {
    clock,
    counters,
    switchboard,
    datagrams,
    acceptDeadline,
    dial: dial('stream', port),
    attach: (connection, stream) => connection.attach(overUdp ? stream : new AwaitingWelcome(connection, stream)),
  };
  return new SocketTransport(addressOf(wanted.host, port), wiring, async () => {
    const accepting = acceptor.close();
    await datagrams.close();
    await connections.closeAll();
    await accepting;
  });
}

function atLeastOne(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidSetting(name, value, 'a whole number of 1 or more');
}
