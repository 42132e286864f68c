import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Key } from '../../core/ports/crypto.ts';
import type { Address } from '../../core/ports/transport.ts';
import { silentLog } from '../../core/ports/log.ts';
import { Compressor } from '../../core/wire/compress.ts';
import { Kind, type IndirectPing, type Message, type Ping } from '../../core/wire/messages.ts';
import { memberlistProtocol } from '../../core/wire/protocol.ts';
import { seal } from '../../core/wire/seal.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import type { Node } from '../../transports/node.ts';
import { placeOf } from '../../transports/sockets/place.ts';
import { startNode } from '../../transports/start-node.ts';
import { FakePeer } from '../interop/fake-peer.ts';
import { compoundOf } from './mixture.ts';

/** What one question cost its asker, and what it made others receive. */
export interface Echo {
  readonly question: string;
  /** Bytes of UDP payload. */
  readonly sent: number;
  readonly answered: number;
  /** Bytes that came to an address which the question only named. */
  readonly diverted: number;
  /** Bytes that a member was sent on behalf of the asker. */
  readonly relayed: number;
}

interface Question {
  readonly question: string;
  readonly bytes: Uint8Array;
}

/** How much had been heard at some time. */
interface Mark {
  readonly heard: number;
  readonly diverted: number;
  readonly datagrams: number;
  readonly messages: number;
}

const NAME = 'target';
const PEER = 'peer';

/** Somebody at an address that nobody vouches for, a node with much to tell, and a third party who never asked. */
export class Amplification {
  readonly node: Node;
  readonly peer: FakePeer;
  readonly #key: Key | undefined;
  readonly #codec;
  readonly #stranger: Socket;
  readonly #third: Socket;
  readonly #heard: Uint8Array[] = [];
  #diverted = 0;
  #sentinel = 0x3000_0000;

  /** With a key, the stranger sends what it has recorded of those who have it. */
  static async start(key?: Key): Promise<Amplification> {
    const base64 = key === undefined ? [] : [Buffer.from(key).toString('base64')];
    const membership = { preset: 'lan', probe_interval_ms: 200, probe_timeout_ms: 100 };
    const cluster = { node_id: NAME, listen_addr: '127.0.0.1:0', membership, encryption: { keys: base64 } };
    const node = await startNode({ cluster, admin: { enabled: false } }, { log: silentLog });
    const peer = await FakePeer.start({ name: PEER, ...(key === undefined ? {} : { key }) });
    await peer.join(node.address);
    const [stranger, third] = [createSocket('udp4'), createSocket('udp4')];
    stranger.bind(0, '127.0.0.2');
    third.bind(0, '127.0.0.3');
    await Promise.all([once(stranger, 'listening'), once(third, 'listening')]);
    const scene = new Amplification(node, peer, key, stranger, third);
    // What the peer answers makes it proven: from then on it is told the news with every ack.
    await until('the peer is proven', async () => (await scene.asMember()) > 1_000);
    return scene;
  }

  private constructor(node: Node, peer: FakePeer, key: Key | undefined, stranger: Socket, third: Socket) {
    this.node = node;
    this.peer = peer;
    this.#key = key;
    this.#codec = memberlistProtocol(peer.security).datagram;
    this.#stranger = stranger.on('message', (bytes) => this.#heard.push(new Uint8Array(bytes)));
    this.#third = third.on('message', ({ length }) => void (this.#diverted += length));
  }

  /** Bytes of the answer that a proven member gets to a ping: the ack, and as much news as fits. */
  async asMember(): Promise<number> {
    this.#tell();
    const sequence = (this.#sentinel += 1);
    const isAnswer = (bytes: Uint8Array): boolean => acks(this.#codec.decode(bytes).parts, sequence);
    this.peer.send(
      this.node.address,
      this.#ping({ sequence, source: { name: PEER, address: this.peer.about.address } }),
    );
    await until('the member is answered', () => this.peer.datagrams.some(isAnswer));
    return this.peer.datagrams.find(isAnswer)!.length;
  }

  /** Asks everything that a stranger could think of. */
  async askAll(): Promise<Echo[]> {
    const echoes: Echo[] = [];
    for (const one of this.#questions()) echoes.push(await this.#ask(one));
    echoes.push(await this.#askSlowly('a member, through us, which answers too late'));
    return echoes;
  }

  /** Sends bytes from the stranger's address. */
  send(bytes: Uint8Array): void {
    const { host, port } = placeOf(this.node.address);
    this.#stranger.send(bytes, port, host);
  }

  /** Bytes that the stranger was ever sent. */
  get heard(): number {
    return bytesIn(this.#heard);
  }

  async stop(): Promise<void> {
    this.#stranger.close();
    this.#third.close();
    this.peer.stop();
    await this.node.stop();
  }

  #questions(): Question[] {
    const third = addressOf(this.#third);
    const elsewhere = { name: 'somebody', address: third };
    const forged = { name: PEER, address: this.peer.about.address };
    const tiny = this.#ping({ node: '', sequence: 1 });
    const long = this.#ping({ source: { name: 'x'.repeat(250), address: third } });
    const through = (node: string, target: Address, changes: Partial<IndirectPing> = {}): IndirectPing => ({
      kind: Kind.indirectPing,
      sequence: 77,
      node,
      target,
      nack: true,
      source: undefined,
      ...changes,
    });
    const many = (part: Message): Message[] => Array.from({ length: 255 }, () => part);
    const raw = (...parts: Uint8Array[]): Uint8Array => this.#sealed(compoundOf(parts));
    const plain = (...parts: Message[]): Uint8Array => this.#plain(parts);
    const squeezed = new Compressor().wrap(plain(...many(long).slice(0, 200)));
    const parts: readonly (readonly [string, Uint8Array])[] = [
      ['a ping', this.#encoded(this.#ping({}))],
      ['a ping to nobody by name', this.#encoded(tiny)],
      ['a ping without a number', this.#sealed(Uint8Array.of(Kind.ping, 0x81, ...packed('Node', NAME)))],
      ['a ping of nothing', this.#sealed(Uint8Array.of(Kind.ping, 0x80))],
      ['a ping to another', this.#encoded(this.#ping({ node: 'x'.repeat(250) }))],
      ['a ping that names a third address', this.#encoded(this.#ping({ source: elsewhere }))],
      ["a ping in a member's name", this.#encoded(this.#ping({ source: forged }))],
      [
        "a ping in a member's name, from elsewhere",
        this.#encoded(this.#ping({ source: { ...forged, address: third } })),
      ],
      ['a ping with a long name', this.#encoded(long)],
      ['255 tiny pings', this.#encoded(...many(tiny))],
      ['255 pings', this.#encoded(...many(this.#ping({})))],
      ['255 pings that name a third address', this.#encoded(...many(this.#ping({ source: elsewhere })))],
      ['200 long pings, compressed', this.#sealed(squeezed)],
      ['compounds of pings in a compound', raw(plain(...many(tiny)), plain(...many(this.#ping({}))))],
      ['a third address, through us', this.#encoded(through('somebody', third))],
      ["a third address in a member's name, through us", this.#encoded(through(PEER, third))],
      ['a member, through us', this.#encoded(through(PEER, this.peer.about.address))],
      [
        'a member, through us, for a third address',
        this.#encoded(through(PEER, this.peer.about.address, { source: elsewhere })),
      ],
      ['a member, through us, 255 times', this.#encoded(...many(through(PEER, this.peer.about.address)))],
    ];
    return parts.map(([question, bytes]) => ({ question, bytes }));
  }

  async #ask({ question, bytes }: Question): Promise<Echo> {
    this.#tell();
    const before = this.#mark();
    this.send(bytes);
    await this.#settled();
    return this.#echo(question, bytes.length, before);
  }

  /** A relay says that there is no answer yet; the answer comes afterwards. */
  async #askSlowly(question: string): Promise<Echo> {
    const { address } = this.peer.about;
    const request = {
      kind: Kind.indirectPing,
      sequence: 78,
      node: PEER,
      target: address,
      nack: true,
      source: undefined,
    } as const;
    this.peer.silent = true;
    const before = this.#mark();
    const bytes = this.#encoded(request);
    this.send(bytes);
    const heard = (kind: number): boolean =>
      this.#heard.slice(before.heard).some((one) => this.#codec.decode(one).parts.some((part) => part.kind === kind));
    await until('there is a nack', () => heard(Kind.nack));
    // Every ping that it has been sent, by whomever: the node knows which one it relayed.
    for (const part of this.peer.messages().slice(before.messages)) {
      if (part.kind === Kind.ping)
        this.peer.send(this.node.address, { kind: Kind.ack, sequence: part.sequence, payload: undefined });
    }
    this.peer.silent = false;
    await this.#settled();
    return this.#echo(question, bytes.length, before);
  }

  /** Gives the node more to say than one packet holds. */
  #tell(): void {
    for (let i = 0; i < 20; i++) this.node.membership.broadcast(new Uint8Array(200));
  }

  /** Once an honest question that was sent later has been answered, and what was relayed has come back, all is said. */
  async #settled(): Promise<void> {
    const sequence = (this.#sentinel += 1);
    this.send(this.#encoded(this.#ping({ sequence })));
    const isAnswer = (bytes: Uint8Array): boolean => acks(this.#codec.decode(bytes).parts, sequence);
    await until('an honest question is answered', () => this.#heard.some(isAnswer));
    const moved = (): number => this.#heard.length + this.peer.datagrams.length + this.#diverted;
    for (let [idle, before] = [0, moved()]; idle < 10; idle++) {
      await sleep(1);
      if (moved() !== before) [idle, before] = [0, moved()];
    }
    this.#heard.splice(this.#heard.findIndex(isAnswer), 1);
  }

  #mark(): Mark {
    return {
      heard: this.#heard.length,
      diverted: this.#diverted,
      messages: this.peer.messages().length,
      datagrams: this.peer.datagrams.length,
    };
  }

  #echo(question: string, sent: number, before: Mark): Echo {
    // The relayed ping is the one that says nothing else and does not come from the node's own probes, which bring news.
    const relayed = this.peer.datagrams.slice(before.datagrams).filter((bytes) => {
      const { parts } = this.#codec.decode(bytes);
      return parts.length === 1 && parts[0]!.kind === Kind.ping;
    });
    return {
      question,
      sent,
      answered: bytesIn(this.#heard.slice(before.heard)),
      diverted: this.#diverted - before.diverted,
      relayed: bytesIn(relayed),
    };
  }

  #ping(changes: Partial<Ping>): Ping {
    return { kind: Kind.ping, sequence: 0x2000_0000, node: NAME, source: undefined, ...changes };
  }

  #encoded(...parts: Message[]): Uint8Array {
    return this.#codec.encode({ label: '', key: this.#key, checksum: false, parts });
  }

  #plain(parts: readonly Message[]): Uint8Array {
    return new Uint8Array(this.#codec.encode({ label: '', key: undefined, checksum: false, parts }));
  }

  #sealed(plain: Uint8Array): Uint8Array {
    return this.#key === undefined ? plain : seal(nodeCrypto(), 1, this.#key, plain, new Uint8Array(0));
  }
}

function addressOf(socket: Socket): Address {
  const { address, port } = socket.address();
  return `${address}:${port}`;
}

function bytesIn(datagrams: readonly Uint8Array[]): number {
  return datagrams.reduce((sum, { length }) => sum + length, 0);
}

function acks(parts: readonly Message[], sequence: number): boolean {
  return parts.some((part) => part.kind === Kind.ack && part.sequence === sequence);
}

/** Two short texts in msgpack. */
function packed(...texts: readonly string[]): number[] {
  return texts.flatMap((text) => [0xa0 | text.length, ...Buffer.from(text)]);
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 4_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Waited in vain until ${what}.`);
    await sleep(2);
  }
}
