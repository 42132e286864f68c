import { describe, expect, test } from 'vitest';
import type { Layer, LayerHost } from '../../core/membership/layers.ts';
import { Kind, type Message } from '../../core/wire/messages.ts';
import { alive, described, LoneNode } from './lone-node.ts';

/** A layer that remembers what it was asked. */
class Recorder implements Layer {
  readonly tag: number | undefined;
  readonly messages: number[][] = [];
  readonly merged: number[][] = [];
  host: LayerHost | undefined;

  constructor(tag: number | undefined) {
    this.tag = tag;
  }

  attach(host: LayerHost): void {
    this.host = host;
  }

  onMessage(payload: Uint8Array): void {
    this.messages.push([...payload]);
  }

  exportState(): Uint8Array {
    return Uint8Array.of(this.tag ?? 2, 42);
  }

  mergeState(state: Uint8Array): void {
    this.merged.push([...state]);
  }
}

const user = (...payload: number[]): Message => ({ kind: Kind.user, payload: Uint8Array.from(payload) });

describe('layers', () => {
  test('sit side by side: each hears its own messages, and one without a tag hears the rest', () => {
    const [first, second, rest] = [new Recorder(0x90), new Recorder(0x91), new Recorder(undefined)];
    const lone = new LoneNode({ layers: [first, second, rest] });
    lone.hear([user(0x90, 1), user(0x91, 2), user(3, 3)]);
    expect([first.messages, second.messages, rest.messages]).toEqual([[[0x90, 1]], [[0x91, 2]], [[3, 3]]]);
  });

  test('exchange state in sections of their own, behind the state of the one without a tag', () => {
    const build = (): Recorder[] => [new Recorder(0x90), new Recorder(undefined), new Recorder(0x91)];
    const [ours, theirs] = [build(), build()];
    const state = new LoneNode({ layers: ours }).exchange([]);
    if (state?.kind !== Kind.pushPull) throw new Error('no answer');
    expect([...state.userState.subarray(0, 2)]).toEqual([2, 42]);
    new LoneNode({ layers: theirs }).exchange([], state.userState);
    expect(theirs.map((layer) => layer.merged)).toEqual([[[0x90, 42]], [[2, 42]], [[0x91, 42]]]);
  });

  test('take foreign state as it is when nobody wrote sections', () => {
    const layer = new Recorder(undefined);
    new LoneNode({ layers: [layer] }).exchange([], Uint8Array.of(2, 0x80));
    expect(layer.merged).toEqual([[2, 0x80]]);
  });

  test('hear how long exchanges take that succeed, and how large our side of each is', () => {
    const heard: unknown[] = [];
    const layer: Layer = {
      tag: 0x90,
      attach() {},
      onExchange: (duration) => heard.push(duration),
      onStatement: (bytes) => heard.push(`${bytes} bytes`),
    };
    const lone = new LoneNode({ layers: [layer] });
    const reply = { kind: Kind.pushPull, join: true, states: [], userState: new Uint8Array(0) } as const;
    void lone.node.join(['10.0.0.2:7946', '10.0.0.3:7946']);
    const [good, bad] = lone.dialled;
    good!.handlers.onOpen!(good!.stream);
    lone.clock.advance(2.5);
    good!.handlers.onMessage({ label: '', key: undefined, message: reply }, good!.stream);
    bad!.handlers.onClose('reset');
    lone.exchange([]);
    const stated = lone.observed.flatMap((one) => (one.type === 'push-pull' ? [`${one.bytes} bytes`] : []));
    expect(stated).toHaveLength(2);
    expect(heard).toEqual([stated[0], 2_500, stated[1]]);
  });

  test('survive any state that a peer may send', () => {
    const lone = new LoneNode({ layers: [new Recorder(0x90)] });
    for (let length = 0; length < 40; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255);
      bytes.set([0x52, 0x43, 0x4c, 0x31].slice(0, length), Math.max(0, length - 4));
      lone.exchange([], bytes);
    }
    expect(lone.node.members()).toHaveLength(1);
  });

  test('may refuse a member, an exchange and the move of a name', () => {
    const veto: Layer = {
      tag: 0x90,
      attach: () => {},
      vetoAlive: (about) => (about.name === 'unwanted' ? 'unwanted' : undefined),
      vetoMerge: (others) => (others.length > 1 ? 'too many at once' : undefined),
      vetoMove: () => 'names stay',
    };
    const lone = new LoneNode({ layers: [veto] });
    lone.hear(alive(described('unwanted', '10.0.0.3:7946'), 1));
    lone.hear(alive(described('peer', '10.0.0.2:7946'), 1));
    lone.hear(alive(described('peer', '10.0.0.4:7946'), 2));
    lone.clock.advance(1_000);
    const both = ['x', 'y'].map((name) => ({
      about: described(name, '10.0.0.5:7946'),
      incarnation: 1,
      state: 0 as const,
    }));
    const answer = lone.exchange(both, undefined, true);
    expect(answer).toMatchObject({ kind: Kind.error, error: 'too many at once' });
    expect(lone.states()).toMatchObject({ peer: 'alive@1' });
    expect(Object.keys(lone.states())).toHaveLength(2);
    expect(lone.node.member('peer')?.address).toBe('10.0.0.2:7946');
    expect(lone.node.counters.dropped.vetoed).toBe(3);
  });

  test('add payloads to gossip within the budget and answer probes with a payload that the prober hears', () => {
    const heard: string[] = [];
    const budgets: number[] = [];
    const chatty: Layer = {
      tag: 0x90,
      attach: () => {},
      broadcasts: (overhead, bytes) => {
        budgets.push(bytes);
        return [Uint8Array.of(0x90, 1), new Uint8Array(bytes - overhead - 2).fill(0x90), new Uint8Array(100)];
      },
      ackPayload: () => Uint8Array.of(7),
      onAck: (peer, roundTrip, payload) => heard.push(`${peer.name} ${roundTrip > 0} ${payload.join()}`),
    };
    const lone = new LoneNode({ layers: [chatty] });
    lone.hear(alive(described('peer', '10.0.0.2:7946'), 1));
    for (let i = 0; i < 30 && heard.length === 0; i += 1) {
      lone.clock.advance(100);
      const ping = lone.parts('10.0.0.2:7946').find((part) => part.kind === Kind.ping);
      lone.clock.advance(1);
      if (ping?.kind === Kind.ping) {
        lone.hear({ kind: Kind.ack, sequence: ping.sequence, payload: Uint8Array.of(9) }, '10.0.0.2:7946');
      }
    }
    expect(heard).toEqual(['peer true 9']);
    const payloads = lone.parts('10.0.0.2:7946').filter((part) => part.kind === Kind.user);
    expect(payloads.length).toBeGreaterThan(0);
    expect(Math.max(...budgets)).toBeLessThan(1_400);
    lone.hear(
      { kind: Kind.ping, sequence: 5, node: 'me', source: { name: 'peer', address: '10.0.0.2:7946' } },
      '10.0.0.2:7946',
    );
    expect(lone.sent.at(-1)!.packet.parts[0]).toEqual({ kind: Kind.ack, sequence: 5, payload: Uint8Array.of(7) });
  });
});
