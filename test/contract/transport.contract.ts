import { describe, expect, test } from 'vitest';
import { AddressInUse } from '../../core/errors.ts';
import type {
  Address,
  CloseReason,
  Endpoint,
  EndpointHandlers,
  Stream,
  StreamHandlers,
  Transport,
} from '../../core/ports/transport.ts';
import { textProtocol } from './text-protocol.ts';

export interface TransportSetup {
  readonly left: Transport;
  readonly right: Transport;
  /** Free addresses, of which a machine has more than one. */
  readonly leftAddress: Address;
  readonly rightAddress: Address;
  readonly otherRightAddress: Address;
  /** An address that nobody ever opens. */
  readonly nobody: Address;
  /** Lets everything happen that takes less than this much time. */
  advance(micros: number): Promise<void> | void;
}

const SOON = 50_000;
const DEADLINE = 400_000;

/** What every implementation of the Transport port does on a healthy network. */
export function transportContract(name: string, create: () => TransportSetup | Promise<TransportSetup>): void {
  describe(`${name} keeps the contract of Transport`, () => {
    describe('datagrams', () => {
      test('carry messages to the bound address, and tell where they came from', async () => {
        const { left, right, advance } = between(await create());
        left.endpoint.send(right.endpoint.address, 'hello');
        expect(right.heard).toEqual([]);
        await advance(SOON);
        expect(right.heard).toEqual([['hello', left.endpoint.address]]);
        right.endpoint.send(left.endpoint.address, 'hello yourself');
        await advance(SOON);
        expect(left.heard).toEqual([['hello yourself', right.endpoint.address]]);
      });

      test('to itself arrive too, but never inside send', async () => {
        const { left, advance } = between(await create());
        left.endpoint.send(left.endpoint.address, 'echo');
        expect(left.heard).toEqual([]);
        await advance(SOON);
        expect(left.heard).toEqual([['echo', left.endpoint.address]]);
      });

      test('to an address where nobody is vanish', async () => {
        const { left, setup, advance } = between(await create());
        left.endpoint.send(setup.nobody, 'anybody?');
        await advance(SOON);
        expect(left.heard).toEqual([]);
      });

      test('neither leave nor reach an endpoint that is closed', async () => {
        const { left, right, advance } = between(await create());
        left.endpoint.send(right.endpoint.address, 'too late');
        right.endpoint.close();
        right.endpoint.send(left.endpoint.address, 'from the grave');
        await advance(SOON);
        expect([left.heard, right.heard]).toEqual([[], []]);
      });
    });

    describe('an address', () => {
      test('is bound once at a time', async () => {
        const { setup, right } = between(await create());
        expect(() => setup.right.open(right.endpoint.address, textProtocol, silent)).toThrow(AddressInUse);
        right.endpoint.close();
        setup.right.open(right.endpoint.address, textProtocol, silent).close();
      });

      test('carries its own protocol beside another on the same machine', async () => {
        const { setup, left, right, advance } = between(await create());
        const second = party(setup.right, setup.otherRightAddress);
        left.endpoint.send(setup.otherRightAddress, 'second');
        left.endpoint.send(right.endpoint.address, 'first');
        await advance(SOON);
        expect([right.heard.length, second.heard.length]).toEqual([1, 1]);
        second.endpoint.close();
      });
    });

    describe('streams', () => {
      test('carry messages both ways, whole and in order, from before they are open', async () => {
        const { left, right, advance } = between(await create());
        const dialed = dial(left, right.endpoint.address);
        for (const text of ['one', 'two', 'three']) dialed.stream.send(text);
        await advance(SOON);
        expect(dialed.events).toEqual(['open']);
        expect(right.accepted[0]?.events).toEqual(['open', 'one', 'two', 'three']);
        right.accepted[0]?.stream.send('back');
        await advance(SOON);
        expect(dialed.events).toEqual(['open', 'back']);
        expect(dialed.stream.peer).toBe(right.endpoint.address);
      });

      test('deliver a long conversation completely, and count what the network has not taken', async () => {
        const { left, right, advance } = between(await create());
        const dialed = dial(left, right.endpoint.address);
        const texts = Array.from({ length: 30 }, (_, index) => `${index} ${'x'.repeat(10_000)}`);
        for (const text of texts) dialed.stream.send(text);
        expect(dialed.stream.pending).toBeGreaterThan(200_000);
        for (let step = 0; step < 4; step++) await advance(SOON);
        expect(dialed.stream.pending).toBe(0);
        expect(right.accepted[0]?.events.slice(1).map((text) => text.split(' ')[0])).toEqual(
          texts.map((_, index) => `${index}`),
        );
        expect(right.accepted[0]?.events.at(-1)).toHaveLength(texts.at(-1)!.length);
      });

      test('end: what was sent arrives first, and what the peer still says is heard', async () => {
        const { left, right, advance } = between(await create(), {
          onMessage: (text, stream) => stream.send(`answer to ${text}`),
        });
        const dialed = dial(left, right.endpoint.address);
        dialed.stream.send('question');
        dialed.stream.end();
        dialed.stream.send('ignored');
        await advance(SOON);
        expect(right.accepted[0]?.events).toEqual(['open', 'question', 'closed: end']);
        expect(dialed.events).toEqual(['open', 'answer to question', 'closed: end']);
      });

      test('close: this side hears so, in an event of its own, and the peer learns of the end', async () => {
        const { left, right, advance } = between(await create());
        const dialed = dial(left, right.endpoint.address);
        dialed.stream.send('before');
        await advance(SOON);
        dialed.stream.close();
        expect(dialed.events).toEqual(['open']);
        dialed.stream.send('ignored');
        dialed.stream.close();
        await advance(SOON);
        expect(dialed.events).toEqual(['open', 'closed: closed']);
        expect(right.accepted[0]?.events).toEqual(['open', 'before', expect.stringMatching(/^closed: (end|reset)$/)]);
      });

      test('close before opening ends the attempt', async () => {
        const { left, right, advance } = between(await create());
        const dialed = dial(left, right.endpoint.address);
        dialed.stream.send('never');
        dialed.stream.close();
        await advance(2 * DEADLINE);
        expect(dialed.events).toEqual(['closed: closed']);
        expect(right.accepted.every(({ events }) => !events.includes('never'))).toBe(true);
      });

      test('to an address where nobody listens are refused', async () => {
        const { setup, left, advance } = between(await create());
        const dialed = dial(left, setup.nobody);
        await advance(SOON);
        expect(dialed.events).toEqual(['closed: refused']);
      });

      test('that outlive their deadline close with timeout', async () => {
        const { left, right, advance } = between(await create());
        const dialed = dial(left, right.endpoint.address);
        await advance(DEADLINE / 2);
        expect(dialed.events).toEqual(['open']);
        await advance(DEADLINE);
        expect(dialed.events).toEqual(['open', 'closed: timeout']);
        expect(right.accepted[0]?.events.at(-1)).toMatch(/^closed: (end|reset|timeout)$/);
      });

      test('close with their endpoint, after which nothing is heard', async () => {
        const { left, right, advance } = between(await create());
        const dialed = dial(left, right.endpoint.address);
        await advance(SOON);
        right.accepted[0]?.stream.send('on its way');
        left.endpoint.close();
        await advance(SOON);
        expect(dialed.events).toEqual(['open', 'closed: endpoint-closed']);
        expect(right.accepted[0]?.events.at(-1)).toMatch(/^closed: (end|reset)$/);
        const late = dial(left, right.endpoint.address);
        await advance(SOON);
        expect(late.events).toEqual(['closed: endpoint-closed']);
      });

      test('may end on both sides at once', async () => {
        const { left, right, advance } = between(await create());
        const dialed = dial(left, right.endpoint.address);
        await advance(SOON);
        dialed.stream.send('bye');
        dialed.stream.end();
        right.accepted[0]?.stream.send('bye bye');
        right.accepted[0]?.stream.end();
        await advance(SOON);
        expect(dialed.events).toEqual(['open', 'bye bye', 'closed: end']);
        expect(right.accepted[0]?.events).toEqual(['open', 'bye', 'closed: end']);
      });
    });
  });
}

const silent: EndpointHandlers<string, string> = {
  onDatagram() {},
  onMalformed() {},
  onStream: () => ({ onMessage() {}, onClose() {} }),
};

interface Conversation {
  readonly stream: Stream<string>;
  readonly events: string[];
}

interface Party {
  readonly endpoint: Endpoint<string, string>;
  readonly heard: [text: string, from: Address][];
  readonly accepted: Conversation[];
}

type OnMessage = (text: string, stream: Stream<string>) => void;

function party(transport: Transport, address: Address, onMessage?: OnMessage): Party {
  const heard: [string, Address][] = [];
  const accepted: Conversation[] = [];
  const endpoint = transport.open<string, string>(address, textProtocol, {
    onDatagram: (text, from) => void heard.push([text, from]),
    onMalformed: (error) => void heard.push([`malformed: ${error.message}`, '']),
    onStream(stream) {
      const events: string[] = [];
      accepted.push({ stream, events });
      return recorder(events, onMessage);
    },
  });
  return { endpoint, heard, accepted };
}

function dial(from: Party, to: Address): Conversation {
  const events: string[] = [];
  return { events, stream: from.endpoint.connect(to, DEADLINE, recorder(events)) };
}

function recorder(events: string[], onMessage?: OnMessage): StreamHandlers<string> {
  return {
    onOpen: () => void events.push('open'),
    onMessage(text, stream) {
      events.push(text);
      onMessage?.(text, stream);
    },
    onClose: (reason: CloseReason) => void events.push(`closed: ${reason}`),
  };
}

function between(setup: TransportSetup, right: { onMessage?: OnMessage } = {}) {
  return {
    setup,
    left: party(setup.left, setup.leftAddress),
    right: party(setup.right, setup.rightAddress, right.onMessage),
    advance: (micros: number) => setup.advance(micros),
  };
}
