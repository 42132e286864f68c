import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { decode, encode, type Answer, type DecodedPacket, type Packet } from 'dns-packet';
import { onTestFinished } from 'vitest';

export interface Asked {
  readonly kind: string;
  readonly name: string;
  readonly via: 'udp' | 'tcp';
  readonly query: DecodedPacket;
  /** The port that it was asked from. */
  readonly port: number;
}

/** Parts of an answer, bytes to send as they are (none at all end a stream), several of them, or nothing. */
export type Said = (Partial<Packet> & { rcode?: number; truncated?: boolean }) | Buffer | readonly Buffer[] | undefined;

export interface FakeServer {
  readonly address: string;
  readonly asked: Asked[];
}

/** A name server on this machine that says what the test tells it to. Without TCP its port refuses connections. */
export async function fakeServer(say: (asked: Asked) => Said, { tcp = true } = {}): Promise<FakeServer> {
  const asked: Asked[] = [];
  const answersTo = (bytes: Buffer, via: 'udp' | 'tcp', port: number): readonly Buffer[] => {
    const query = decode(bytes);
    const { name, type: kind } = query.questions![0]!;
    const one = { kind, name, via, query, port };
    asked.push(one);
    const said = say(one);
    if (said === undefined) return [];
    if (Buffer.isBuffer(said)) return [said];
    return 'length' in said ? said : [answerTo(query, said)];
  };

  const stream = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      for (const answer of answersTo(bytes.subarray(2), 'tcp', socket.remotePort ?? 0)) {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.length);
        socket.end(answer.length === 0 ? answer : Buffer.concat([length, answer]));
      }
    });
    onTestFinished(() => void socket.destroy());
  });
  const datagram = createSocket('udp4');
  datagram.on('message', (bytes, { address, port }) => {
    for (const answer of answersTo(bytes, 'udp', port)) datagram.send(answer, port, address);
  });
  onTestFinished(() => void datagram.close());

  await once(datagram.bind(0, '127.0.0.1'), 'listening');
  const { port } = datagram.address();
  if (tcp) {
    onTestFinished(() => void stream.close());
    // Another program may have the same port for TCP: then this one is of no use.
    const taken = await once(stream.listen(port, '127.0.0.1'), 'listening').then(
      () => false,
      () => true,
    );
    if (taken) return fakeServer(say, { tcp });
  }
  return { address: `127.0.0.1:${port}`, asked };
}

/** The bytes of an answer to `query`, with whatever is to be different. */
export function answerTo(
  query: DecodedPacket,
  said: Partial<Packet> & { rcode?: number; truncated?: boolean },
): Buffer {
  const { rcode = 0, truncated = false, ...parts } = said;
  return encode({
    type: 'response',
    id: query.id ?? 0,
    flags: (truncated ? 1 << 9 : 0) | rcode,
    questions: query.questions ?? [],
    ...parts,
  });
}

export const record = {
  a: (name: string, data: string, ttl = 60): Answer => ({ type: 'A', name, data, ttl }),
  aaaa: (name: string, data: string, ttl = 60): Answer => ({ type: 'AAAA', name, data, ttl }),
  cname: (name: string, data: string, ttl = 60): Answer => ({ type: 'CNAME', name, data, ttl }),
  srv: (name: string, target: string, port: number, [priority, weight] = [0, 0], ttl = 60): Answer => ({
    type: 'SRV',
    name,
    ttl,
    data: { target, port, priority, weight },
  }),
  txt: (name: string, data: string[], ttl = 60): Answer => ({ type: 'TXT', name, data, ttl }),
  soa: (minimum: number, ttl: number): Answer => ({
    type: 'SOA',
    name: 'disco.test',
    ttl,
    data: { mname: 'ns.disco.test', rname: 'admin.disco.test', minimum },
  }),
};
