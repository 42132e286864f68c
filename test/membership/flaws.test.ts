import { describe, expect, test } from 'vitest';
import { u32 } from '../../core/membership/layers.ts';
import { presets } from '../../core/membership/settings.ts';
import { Kind, type Message, type Ping } from '../../core/wire/messages.ts';
import { messageSize } from '../../core/wire/sizes.ts';
import { alive, dead, described, LoneNode, suspect } from './lone-node.ts';

const HOME = '10.0.0.2:7946';
const ELSEWHERE = '10.6.6.6:7946';
const peer = described('peer', HOME);

function with_(incarnation = 10, options: ConstructorParameters<typeof LoneNode>[0] = {}): LoneNode {
  const lone = new LoneNode(options);
  lone.hear(alive(peer, incarnation));
  return lone;
}

/** Lets the next probe of `peer` succeed, so that its address is proven. */
function prove(lone: LoneNode): void {
  for (let i = 0; i < 30; i += 1) {
    lone.clock.advance(100);
    const ping = lone.parts(HOME).find((part): part is Ping => part.kind === Kind.ping);
    if (ping !== undefined) return lone.hear({ kind: Kind.ack, sequence: ping.sequence, payload: undefined }, HOME);
  }
  throw new Error('never probed');
}

const pingFrom = (name: string, address: string): Ping => ({
  kind: Kind.ping,
  sequence: 7,
  node: 'me',
  source: { name, address },
});

describe('what memberlist gets wrong', () => {
  test('a forged source does not turn us into a reflector', () => {
    const lone = with_();
    lone.sent.length = 0;
    lone.hear(
      Array.from({ length: 3 }, () => pingFrom('peer', HOME)),
      ELSEWHERE,
    );
    expect(lone.parts(HOME)).toEqual([]);
    expect(lone.sent.every((one) => one.to === ELSEWHERE)).toBe(true);
  });

  test('a stranger never gets more bytes back than it sent, not even for a thousand tiny pings in compounds', () => {
    const lone = with_();
    lone.sent.length = 0;
    const tiny: Message = { kind: Kind.ping, sequence: 1, node: '', source: undefined };
    for (let i = 0; i < 4; i += 1)
      lone.hear(
        Array.from({ length: 255 }, () => tiny),
        ELSEWHERE,
      );
    expect(lone.parts(ELSEWHERE)).toEqual([]);
    expect(lone.node.counters.dropped).toMatchObject({ unproven: 4, 'too-many-questions': 4 * 254 });
    // Longer pings are worth an answer: one for each datagram, however many it holds.
    const honest = pingFrom('a stranger', ELSEWHERE);
    lone.hear(
      Array.from({ length: 255 }, () => honest),
      ELSEWHERE,
    );
    expect(lone.sent).toHaveLength(1);
    expect(messageSize(lone.parts(ELSEWHERE)[0]!)).toBeLessThanOrEqual(messageSize(honest));
  });

  test('an ack to an unproven address carries no news, one to a proven address does', () => {
    const lone = with_();
    lone.hear(pingFrom('peer', HOME), HOME);
    expect(lone.sent.at(-1)!.packet.parts).toHaveLength(1);
    prove(lone);
    lone.hear(alive(described('other', '10.0.0.3:7946'), 5));
    lone.hear(pingFrom('peer', HOME), HOME);
    expect(lone.sent.at(-1)!.packet.parts.map((part) => part.kind)).toContain(Kind.alive);
  });

  test('an incarnation that could not be refuted evicts nobody', () => {
    const lone = with_();
    for (const top of [0xffff_ffff, 0xffff_fffe]) {
      lone.hear(suspect('peer', top, 'other'));
      lone.hear(dead('peer', top, 'other'));
    }
    expect(lone.states()['peer']).toBe('alive@10');
    const before = lone.node.incarnation;
    lone.hear(dead('me', 0xffff_ffff, 'other'));
    expect(lone.node.incarnation).toBe(before);
    expect(lone.node.counters.dropped.implausible).toBe(5);
  });

  test('an accusation implausibly far ahead is dropped', () => {
    const lone = with_();
    lone.hear(suspect('peer', 10 + 0x0200_0000, 'other'));
    lone.exchange([{ about: peer, incarnation: 10 + 0x0200_0000, state: 2 }]);
    expect(lone.states()['peer']).toBe('alive@10');
    expect(lone.node.counters.dropped.implausible).toBe(2);
  });

  test('whatever is forged about us, what we answer is believed by all, and what they believe we can answer', () => {
    for (const forged of [2_999_999_999, 3_000_000_000, 3_000_000_000 + 0x0100_0000 - 1, 0xffff_fffd, 0xffff_ffff]) {
      for (const accusation of [true, false]) {
        const [us, witness] = [new LoneNode(), new LoneNode({ name: 'witness', address: '10.0.0.9:7946' })];
        const about = described('me', '10.0.0.1:7946');
        witness.hear(alive(about, us.node.incarnation));
        const lie = accusation ? suspect('me', forged, 'other') : alive(about, forged);
        us.hear(lie);
        witness.hear(lie);
        // And then an honest accusation at whatever the witness holds.
        const held = witness.node.member('me')!.incarnation;
        witness.hear(suspect('me', held, 'other'));
        us.hear(suspect('me', held, 'other'));
        us.clock.advance(1_000);
        witness.hear(alive(about, us.node.incarnation));
        expect(witness.node.member('me')).toMatchObject({ state: 'alive' });
      }
    }
  });

  test('an old agent that is replaced under its name by one that counts seconds is recognised', () => {
    const lone = with_(5);
    lone.hear(alive(described('peer', HOME, 'new'), 1_800_000_000));
    expect(lone.states()['peer']).toBe('alive@1800000000');
  });

  test('a relay pings members only, where they are known to be, and answers a stranger with no more than it got', () => {
    const lone = with_();
    prove(lone);
    lone.sent.length = 0;
    const source = { name: 'peer', address: HOME };
    const request = (node: string, target: string): Message => ({
      kind: Kind.indirectPing,
      sequence: 1,
      node,
      target,
      nack: true,
      source,
    });
    lone.hear(request('victim', '198.51.100.1:53'), HOME);
    lone.hear(request('peer', '198.51.100.1:53'), HOME);
    expect(lone.sent).toEqual([]);
    lone.hear(
      Array.from({ length: 9 }, () => request('peer', HOME)),
      ELSEWHERE,
    );
    expect(lone.sent).toHaveLength(1);
  });

  test('forged pings in a member’s name neither reach it nor use up our news', () => {
    const lone = with_();
    prove(lone);
    lone.hear(alive(described('other', '10.0.0.3:7946'), 5));
    lone.sent.length = 0;
    for (let i = 0; i < 50; i += 1) lone.hear(pingFrom('peer', HOME), ELSEWHERE);
    expect(lone.parts(HOME)).toEqual([]);
    lone.clock.advance(presets.lan.gossipIntervalMs);
    expect(lone.parts().some((part) => part.kind === Kind.alive && part.about.name === 'other')).toBe(true);
  });

  test('a departure heard of a stranger bans no name and sends healing nowhere', () => {
    const lone = new LoneNode({ allow: ['10.0.0.0/8'] });
    lone.exchange([
      { about: peer, incarnation: 0xffff_ffff, state: 2 },
      { about: described('far', '203.0.113.5:22'), incarnation: 1, state: 2 },
      { about: described('', HOME), incarnation: 1, state: 2 },
    ]);
    expect(lone.node.counters.dropped).toEqual({ implausible: 1, 'not-allowed': 1, unusable: 1 });
    lone.clock.advance(120_000);
    expect(lone.dialled).toEqual([]);
    lone.hear(alive(peer, 1));
    expect(lone.states()['peer']).toBe('alive@1');
  });

  test('a member that refutes while it is probed is not suspected again by the end of the turn', () => {
    const lone = with_();
    for (let i = 0; i < 30 && lone.parts(HOME).every((part) => part.kind !== Kind.ping); i += 1)
      lone.clock.advance(100);
    lone.hear(alive(peer, 11));
    lone.clock.advance(presets.lan.probeIntervalMs);
    expect(lone.states()['peer']).toBe('alive@11');
  });

  test('a nack comes before the turn of the asker ends, and an ack that comes later still is passed on', () => {
    const lone = with_();
    const asker = '10.0.0.3:7946';
    lone.hear(alive(described('asker', asker), 1));
    const source = { name: 'asker', address: asker };
    lone.hear({ kind: Kind.indirectPing, sequence: 9, node: 'peer', target: HOME, nack: true, source }, asker);
    const relayed = lone.parts(HOME).findLast((part): part is Ping => part.kind === Kind.ping)!;
    lone.clock.advance(presets.lan.probeIntervalMs - presets.lan.probeTimeoutMs - 1);
    expect(lone.parts(asker)).toContainEqual({ kind: Kind.nack, sequence: 9 });
    lone.hear({ kind: Kind.ack, sequence: relayed.sequence, payload: undefined }, HOME);
    expect(lone.parts(asker)).toContainEqual({ kind: Kind.ack, sequence: 9, payload: undefined });
  });

  test('one forged version does not keep everybody else from exchanging state', () => {
    const lone = with_();
    lone.hear(alive({ ...described('odd', '10.0.0.8:7946'), vsn: Uint8Array.of(9, 9, 9, 9, 9, 9) }, 1));
    expect(lone.exchange([{ about: peer, incarnation: 10, state: 0 }])).toMatchObject({ kind: Kind.pushPull });
  });

  test('two of one name and one age are settled the same way in every order, and told of', () => {
    const [one, two] = [described('twin', '10.0.0.5:7946'), described('twin', '10.0.0.6:7946')];
    const views = [
      [one, two],
      [two, one],
    ].map((order) => {
      const lone = new LoneNode();
      for (const about of order) lone.hear(alive(about, 7));
      lone.clock.advance(presets.lan.probeIntervalMs);
      return lone.node.member('twin')?.address;
    });
    expect(views).toEqual(['10.0.0.6:7946', '10.0.0.6:7946']);
  });

  test('forged numbers far ahead do not hide the broadcasts of their pretended origin', () => {
    const heard: string[] = [];
    const lone = with_();
    lone.node.on('broadcast', ({ id }) => heard.push(id));
    const broadcast = (counter: number): Message => {
      const head = [0xd0, 1, 4, ...new TextEncoder().encode('peer'), 0, 0, 0, 1];
      return { kind: Kind.user, payload: Uint8Array.of(...head, ...u32(counter), 42) };
    };
    lone.hear(broadcast(1));
    for (let i = 0; i < 1_100; i += 1) lone.hear(broadcast(0xffff_ffff - i));
    lone.hear(broadcast(2));
    expect(heard).toEqual(['peer/1/1', 'peer/1/2']);
  });

  test('refutation never wraps: the answer to an accusation is always higher', () => {
    const lone = with_();
    const accused = lone.node.incarnation + 1_000;
    lone.hear(suspect('me', accused, 'peer'));
    expect(lone.node.incarnation).toBe(accused + 1);
  });

  test('nobody is suspected by itself, by nobody, or in our own name', () => {
    const lone = with_();
    for (const by of ['peer', '', 'me']) lone.hear(suspect('peer', 10, by));
    expect(lone.states()['peer']).toBe('alive@10');
    expect(lone.node.counters.dropped['self-accusation']).toBe(3);
  });

  test('a name is not taken over by a forged goodbye and a claim from elsewhere', () => {
    const lone = with_();
    const conflicts: string[] = [];
    lone.node.on('conflict', ({ address }) => conflicts.push(address));
    lone.hear(dead('peer', 10, 'peer'));
    expect(lone.states()['peer']).toBe('left@10');
    lone.hear(alive(described('peer', ELSEWHERE), 11));
    const ping = lone.parts(HOME).findLast((part): part is Ping => part.kind === Kind.ping)!;
    lone.hear({ kind: Kind.ack, sequence: ping.sequence, payload: undefined }, HOME);
    lone.clock.advance(1_000);
    expect(lone.node.member('peer')?.address).toBe(HOME);
    expect(conflicts).toEqual([ELSEWHERE]);
    lone.hear(alive(described('peer', ELSEWHERE), 12));
    expect(lone.node.counters.dropped['name-taken']).toBe(2);
  });

  test('a node that restarted under a new address leaves no ghost behind', () => {
    const lone = with_();
    lone.hear(alive(described('peer', ELSEWHERE), 11));
    expect(lone.node.member('peer')?.address).toBe(HOME);
    lone.clock.advance(presets.lan.probeIntervalMs);
    expect(lone.node.members().filter((member) => member.name === 'peer')).toEqual([
      expect.objectContaining({ address: ELSEWHERE, state: 'alive', incarnation: 11 }),
    ]);
  });

  test('a stale alive resurrects nobody, neither while listed nor after', () => {
    const lone = with_();
    lone.hear(dead('peer', 10, 'other'));
    lone.hear(alive(peer, 10));
    lone.hear(alive(peer, 9));
    expect(lone.states()['peer']).toBe('dead@10');
    lone.hear(alive(described('other', '10.0.0.3:7946'), 1));
    lone.clock.advance(90_000);
    expect(lone.states()['peer']).toBeUndefined();
    lone.hear(alive(peer, 10));
    expect(lone.states()['peer']).toBeUndefined();
    expect(lone.node.counters.dropped.stale).toBe(1);
    lone.hear(alive(peer, 11));
    expect(lone.states()['peer']).toBe('alive@11');
  });

  test('old news of a dead member is answered, so that it can object if it lives', () => {
    const lone = with_();
    lone.hear(dead('peer', 10, 'other'));
    lone.sent.length = 0;
    lone.hear(alive(peer, 9), HOME);
    expect(lone.parts(HOME)).toEqual([dead('peer', 10, 'me')]);
  });

  test('a node whose clock fell back while it was away hears why nobody believes it', () => {
    const lone = with_();
    lone.hear(dead('peer', 10, 'peer'));
    lone.hear(alive(described('other', '10.0.0.3:7946'), 1));
    lone.clock.advance(90_000);
    lone.sent.length = 0;
    lone.hear(alive(peer, 3), '10.0.0.3:7946');
    expect(lone.parts(HOME)).toEqual([dead('peer', 10, 'peer')]);
  });

  test('user broadcasts are not starved by a flood of membership news', () => {
    const lone = with_();
    for (let i = 0; i < 300; i += 1) lone.hear(alive(described(`n${i}`, `10.1.${i >> 8}.${i & 255}:7946`), 1));
    lone.sent.length = 0;
    lone.node.broadcast(new Uint8Array(300));
    lone.clock.advance(presets.lan.gossipIntervalMs);
    const gossip = lone.sent.filter(({ packet }) => packet.parts[0]!.kind !== Kind.ping);
    expect(gossip.length).toBe(presets.lan.gossipNodes);
    for (const { packet } of gossip) {
      expect(packet.parts.filter((part) => part.kind === Kind.user)).toHaveLength(1);
      expect(packet.parts.filter((part) => part.kind === Kind.alive).length).toBeGreaterThan(5);
    }
  });

  test('a handler may call the node: it sees the change done, and its own effects come after', () => {
    const lone = with_();
    const seen: string[] = [];
    lone.node.on('suspect', ({ member }) => {
      seen.push(`suspect ${lone.node.member(member.name)?.state} of ${lone.node.members().length}`);
      lone.node.updateMeta(new Uint8Array(1));
      lone.hear(dead('peer', 10, 'other'));
      seen.push('handler ends');
    });
    lone.node.on('fail', () => {
      seen.push('fail');
      lone.node.stop();
    });
    lone.hear([suspect('peer', 10, 'other'), alive(described('late', '10.0.0.9:7946'), 1)]);
    expect(seen).toEqual(['suspect suspect of 3', 'handler ends', 'fail']);
    expect(lone.clock.pending).toBe(0);
  });

  test('a throwing handler neither hides events from others nor corrupts the node', () => {
    const lone = with_();
    const heard: string[] = [];
    lone.node.on('fail', () => {
      throw new Error('handler broke');
    });
    lone.node.on('fail', ({ member }) => heard.push(member.name));
    expect(() => lone.hear(dead('peer', 10, 'other'))).toThrow('handler broke');
    expect(heard).toEqual(['peer']);
    expect(lone.states()['peer']).toBe('dead@10');
  });
});

describe('what home-grown membership gets wrong', () => {
  test('a suspicion that was only heard of expires too', () => {
    const lone = with_();
    lone.hear(suspect('peer', 10, 'other'));
    lone.clock.advance(4_000 * 6 + 1);
    expect(lone.states()['peer']).toBe('dead@10');
  });

  test('an alive of equal incarnation does not cancel a suspicion, in either order', () => {
    for (const order of [0, 1]) {
      const lone = with_(9);
      const news = [alive(peer, 10), suspect('peer', 10, 'other')];
      lone.hear(order === 0 ? news : news.toReversed());
      expect(lone.states()['peer']).toBe('suspect@10');
    }
  });

  test('a ping or ack from a dead member does not resurrect it', () => {
    const lone = with_();
    lone.hear(dead('peer', 10, 'other'));
    lone.hear(pingFrom('peer', HOME), HOME);
    lone.hear({ kind: Kind.ack, sequence: 1, payload: undefined }, HOME);
    expect(lone.states()['peer']).toBe('dead@10');
  });

  test('praise of ourselves moves nothing; a refutation tops the accusation, not just our own number', () => {
    const lone = with_();
    const own = lone.node.incarnation;
    lone.hear(alive(described('me', '10.0.0.1:7946'), own));
    lone.hear(alive(described('me', '10.0.0.1:7946'), own - 5));
    expect(lone.node.incarnation).toBe(own);
    lone.hear(suspect('me', own + 40, 'peer'));
    expect(lone.node.incarnation).toBe(own + 41);
  });

  test('probes go round in shuffled order: nobody waits for more than two rounds less one', () => {
    const lone = new LoneNode();
    const names = Array.from({ length: 20 }, (_, i) => `n${i}`);
    names.forEach((name, i) => lone.hear(alive(described(name, `10.1.0.${i + 1}:7946`), 1)));
    const turns: string[] = [];
    for (let ms = 0; ms < 100_000; ms += 50) {
      lone.clock.advance(50);
      const probe = lone.observed.findLast((one) => one.type === 'probe');
      const count = lone.observed.filter((one) => one.type === 'probe').length;
      if (probe?.type === 'probe' && count > turns.length) turns.push(probe.subject);
      const ping = lone.sent.at(-1)?.packet.parts[0];
      if (ping?.kind === Kind.ping) {
        lone.hear({ kind: Kind.ack, sequence: ping.sequence, payload: undefined }, lone.sent.at(-1)!.to);
      }
    }
    expect(turns.length).toBeGreaterThan(80);
    for (const name of names) {
      const at = turns.flatMap((subject, i) => (subject === name ? [i] : []));
      const gaps = at.slice(1).map((turn, i) => turn - at[i]!);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * names.length - 1);
    }
  });

  test('dead members are not asked to relay', () => {
    const lone = with_();
    for (let i = 0; i < 4; i += 1) lone.hear(alive(described(`d${i}`, `10.2.0.${i}:7946`), 1));
    for (let i = 0; i < 4; i += 1) lone.hear(dead(`d${i}`, 1, 'other'));
    lone.sent.length = 0;
    lone.clock.advance(5_000);
    const asked = lone.sent.filter((one) => one.packet.parts.some((part) => part.kind === Kind.indirectPing));
    expect(asked).toEqual([]);
  });

  test('a relayed and a direct probe of one member do not disturb each other', () => {
    const lone = with_();
    prove(lone);
    lone.hear(alive(described('asker', '10.0.0.3:7946'), 1));
    const request: Message = {
      kind: Kind.indirectPing,
      sequence: 99,
      node: 'peer',
      target: HOME,
      nack: true,
      source: { name: 'asker', address: '10.0.0.3:7946' },
    };
    lone.sent.length = 0;
    lone.hear(request, '10.0.0.3:7946');
    lone.hear({ ...request, sequence: 100 }, '10.0.0.3:7946');
    const sequences = lone.parts(HOME).flatMap((part) => (part.kind === Kind.ping ? [part.sequence] : []));
    expect(new Set(sequences).size).toBe(2);
    lone.hear({ kind: Kind.ack, sequence: sequences[1]!, payload: undefined }, HOME);
    const answers = lone.parts('10.0.0.3:7946').filter((part) => part.kind === Kind.ack);
    expect(answers).toEqual([{ kind: Kind.ack, sequence: 100, payload: undefined }]);
    lone.clock.advance(presets.lan.probeTimeoutMs);
    expect(lone.parts('10.0.0.3:7946')).toContainEqual({ kind: Kind.nack, sequence: 99 });
  });

  test('news too big for a packet fails neither the ping nor the rest of the news', () => {
    const lone = with_();
    lone.hear(alive(described('huge', '10.0.0.3:7946', 'x'.repeat(1_390)), 1));
    lone.node.broadcast(new Uint8Array(1_360));
    expect(lone.node.counters.dropped.unusable).toBe(1);
    lone.hear(alive(described('small', '10.0.0.4:7946'), 1));
    lone.sent.length = 0;
    lone.clock.advance(2_000);
    const kinds = lone.parts().map((part) => part.kind);
    expect(kinds).toContain(Kind.ping);
    expect(lone.parts().some((part) => part.kind === Kind.alive && part.about.name === 'small')).toBe(true);
    expect(lone.parts().some((part) => part.kind === Kind.alive && part.about.name === 'huge')).toBe(false);
  });

  test('a member that left is remembered, so that stale news does not add it again', () => {
    const lone = with_();
    lone.hear(alive(described('other', '10.0.0.3:7946'), 1));
    lone.hear(dead('peer', 10, 'peer'));
    lone.clock.advance(90_000);
    lone.exchange([{ about: peer, incarnation: 10, state: 0 }]);
    expect(lone.states()['peer']).toBeUndefined();
  });
});
