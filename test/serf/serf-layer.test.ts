import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidSetting } from '../../core/errors.ts';
import { NotRunning } from '../../core/membership/membership.ts';
import { SerfLayer } from '../../core/serf/serf-layer.ts';
import { decodeState, type UserEvent } from '../../core/serf/messages.ts';
import { Kind, type StreamMessage } from '../../core/wire/messages.ts';
import { alive, dead, described, LoneNode } from '../membership/lone-node.ts';
import { bytes, str } from '../wire/support.ts';

const PEER = '10.0.0.2:7946';
const text = (value: Uint8Array): string => Buffer.from(value).toString('latin1');

/** `{ LTime, Node }` and, for who leaves, `{ …, Prune }`. */
const joined = (node: string, time: string): Uint8Array => bytes('01 82 a5 "LTime"', time, 'a4 "Node"', str(node));
const leaves = (node: string, time: string): Uint8Array =>
  bytes('00 83 a5 "LTime"', time, 'a4 "Node"', str(node), 'a5 "Prune" c2');
const event = (name: string, payload: string, time: string): Uint8Array =>
  bytes('03 84 a2 "CC" c2 a5 "LTime"', time, 'a4 "Name"', str(name), 'a7 "Payload"', str(payload));
const query = (id: string, flags: string, time = '09'): Uint8Array =>
  bytes('04 84 a5 "Flags"', flags, 'a2 "ID"', id, 'a5 "LTime"', time, 'a4 "Name" a1 "q"');

/** One node with Serf on top, and a peer that hears all of its gossip. */
class Citizen {
  readonly events: UserEvent[] = [];
  readonly layer = new SerfLayer({ onEvent: (one) => this.events.push(one) });
  readonly lone = new LoneNode({ layers: [this.layer] });

  constructor() {
    this.lone.hear(alive(described('peer', PEER), 1), PEER);
  }

  hear(...payloads: Uint8Array[]): void {
    for (const payload of payloads) this.lone.hear({ kind: Kind.user, payload }, PEER);
  }

  /** The user messages that were gossiped since the last call, each once. */
  said(): Uint8Array[] {
    this.lone.sent.length = 0;
    this.lone.clock.advance(1_000);
    return this.userMessages();
  }

  userMessages(): Uint8Array[] {
    const payloads = this.lone.parts().flatMap((part) => (part.kind === Kind.user ? [part.payload] : []));
    return [...new Map(payloads.map((one) => [text(one), one])).values()];
  }

  state(join = false): Uint8Array {
    const answer = this.lone.exchange([], undefined, join) as StreamMessage & { userState: Uint8Array };
    return answer.userState;
  }
}

/** As an agent writes it, with most slots for events empty. */
interface StateChanges {
  readonly time?: string;
  readonly eventTime?: string;
  readonly queryTime?: string;
  readonly left?: Uint8Array;
  readonly statuses?: Uint8Array;
  readonly events?: Uint8Array;
}

const agentState = (changes: StateChanges = {}): Uint8Array =>
  bytes(
    '02 86 aa "EventLTime"',
    changes.eventTime ?? '05',
    'a6 "Events"',
    changes.events ?? bytes('93 c0 c0 c0'),
    'a5 "LTime"',
    changes.time ?? '14',
    'ab "LeftMembers"',
    changes.left ?? bytes('c0'),
    'aa "QueryLTime"',
    changes.queryTime ?? '01',
    'ac "StatusLTimes"',
    changes.statuses ?? bytes('80'),
  );

describe('a member of a Serf cluster', () => {
  test('says that it joined, later than all that it was told', () => {
    const citizen = new Citizen();
    citizen.lone.exchange([], agentState(), true);
    expect(citizen.said()).toEqual([joined('me', '14')]);
    citizen.lone.exchange([], agentState(), true);
    expect(citizen.said()).toEqual([]);
  });

  test('passes on what others say of their coming and going, once', () => {
    const citizen = new Citizen();
    citizen.hear(joined('peer', '05'), joined('peer', '05'));
    expect(citizen.said()).toEqual([joined('peer', '05')]);
    citizen.hear(joined('peer', '04'), joined('peer', '05'));
    expect(citizen.said()).toEqual([]);
    citizen.hear(leaves('peer', '06'));
    expect(citizen.said()).toEqual([leaves('peer', '06')]);
  });

  test('objects when somebody says that it leaves, unless that is older than its own word', () => {
    const citizen = new Citizen();
    citizen.hear(leaves('me', '09'));
    expect(citizen.said()).toEqual([joined('me', '0a')]);
    citizen.hear(leaves('me', '09'));
    expect(citizen.said()).toEqual([]);
    citizen.lone.exchange([], agentState({ left: bytes('91', str('me')), statuses: bytes('81', str('me'), '13') }));
    expect(citizen.said()).toEqual([joined('me', '15')]);
  });

  test('speaks up when somebody holds a later word of it than it said', () => {
    const citizen = new Citizen();
    citizen.lone.exchange([], agentState({ statuses: bytes('81', str('me'), '13') }));
    expect(citizen.said()).toEqual([joined('me', '14')]);
    citizen.lone.exchange([], agentState({ statuses: bytes('81', str('me'), '14') }));
    expect(citizen.said()).toEqual([]);
  });

  test('says that it means to leave before it says goodbye', () => {
    const citizen = new Citizen();
    citizen.said();
    citizen.lone.sent.length = 0;
    let gone = false;
    void citizen.lone.node.leave().then(() => (gone = true));
    citizen.lone.clock.advance(10_000);
    const parts = citizen.lone.parts(PEER).filter((part) => part.kind === Kind.user || part.kind === Kind.dead);
    const firstGoodbye = parts.findIndex((part) => part.kind === Kind.dead);
    expect(parts[0]).toEqual({ kind: Kind.user, payload: leaves('me', '02') });
    expect(firstGoodbye).toBeGreaterThan(0);
    expect(parts[firstGoodbye]).toMatchObject({ node: 'me', from: 'me' });
    expect(citizen.lone.closed).toBe(true);
    return Promise.resolve().then(() => expect(gone).toBe(true));
  });

  test('leaves at once when it is alone, and comes back as somebody who joined', async () => {
    const layer = new SerfLayer();
    const lone = new LoneNode({ layers: [layer] });
    await lone.node.leave();
    expect(lone.closed).toBe(true);
    void lone.node.join();
    const answer = lone.exchange([]) as StreamMessage & { userState: Uint8Array };
    expect(text(answer.userState)).toContain('LeftMembers\x90');
  });

  test('states the times of members, and so of those who leave that the reader comes to the time they said', () => {
    const citizen = new Citizen();
    citizen.hear(joined('stranger', '30'), leaves('peer', '07'));
    expect(citizen.state()).toEqual(
      bytes(
        '02 86 aa "EventLTime" 01 a6 "Events" 90 a5 "LTime" 31 ab "LeftMembers" 91 a4 "peer"',
        'aa "QueryLTime" 01 ac "StatusLTimes" 82 a2 "me" 01 a4 "peer" 06',
      ),
    );
    // A reader that knew already learns nothing new; one that did not is brought to the same.
    const [knows, doesNot] = [new Citizen(), new Citizen()];
    knows.hear(leaves('peer', '07'));
    knows.said();
    for (const reader of [knows, doesNot]) reader.lone.exchange([], citizen.state());
    knows.hear(leaves('peer', '07'));
    doesNot.hear(leaves('peer', '07'));
    expect([knows.said(), doesNot.said()]).toEqual([[], []]);
  });
});

describe('a dead member that an operator retires', () => {
  /** Somebody who died, beside the peer that hears us. */
  const bereaved = (): Citizen => {
    const citizen = new Citizen();
    citizen.lone.hear([alive(described('gone', '10.0.0.3:7946'), 1), dead('gone', 1, 'peer')], PEER);
    expect(citizen.lone.states()).toMatchObject({ gone: 'dead@1' });
    citizen.said();
    return citizen;
  };

  test('is said to have left in the words of Serf too, as often as the operator says it', () => {
    const citizen = bereaved();
    citizen.lone.node.forceLeave('gone');
    expect(citizen.said()).toEqual([leaves('gone', '02')]);
    expect(text(citizen.state())).toContain('LeftMembers\x91\xa4gone');
    citizen.lone.node.forceLeave('gone');
    expect(citizen.said()).toEqual([leaves('gone', '03')]);
  });

  test('has left for us when Serf says so, by gossip or in an exchange', () => {
    const [gossiping, exchanging] = [bereaved(), bereaved()];
    gossiping.hear(leaves('gone', '05'));
    exchanging.lone.exchange(
      [],
      agentState({ left: bytes('91', str('gone')), statuses: bytes('81', str('gone'), '04') }),
    );
    for (const { lone } of [gossiping, exchanging]) expect(lone.states()).toMatchObject({ gone: 'left@1' });
    // Passed on as it came, and not said again.
    expect(gossiping.said()).toEqual([leaves('gone', '05')]);
    expect(exchanging.said()).toEqual([]);
  });

  test('has not left for us by an old word, by the word that it joined, or while it lives', () => {
    const citizen = bereaved();
    citizen.hear(joined('gone', '09'), leaves('gone', '08'), leaves('peer', '0a'), leaves('nobody', '0b'));
    expect(citizen.lone.states()).toMatchObject({ gone: 'dead@1', peer: 'alive@1' });
  });
});

describe('user events', () => {
  test('are heard once each and passed on as they came', () => {
    const citizen = new Citizen();
    citizen.hear(event('deploy', 'v1', '03'), event('deploy', 'v1', '03'), event('deploy', 'v2', '03'));
    expect(citizen.events.map(({ name, payload, time }) => `${name} ${text(payload)} ${time}`)).toEqual([
      'deploy v1 3',
      'deploy v2 3',
    ]);
    expect(citizen.said()).toEqual(expect.arrayContaining([event('deploy', 'v1', '03'), event('deploy', 'v2', '03')]));
  });

  test('are sent at a time later than all that were heard, and are not heard from oneself', () => {
    const citizen = new Citizen();
    citizen.hear(event('deploy', 'v1', '07'));
    citizen.said();
    expect(citizen.layer.event('mine', new TextEncoder().encode('x'))).toBe(8);
    expect(citizen.said()).toEqual([event('mine', 'x', '08')]);
    citizen.hear(event('mine', 'x', '08'));
    expect(citizen.events).toHaveLength(1);
  });

  test('are forgotten, and so refused, when five hundred others have passed', () => {
    const citizen = new Citizen();
    citizen.hear(event('new', '', 'cd 07 d0'), event('old', '', 'cd 05 d0'), event('just', '', 'cd 05 d1'));
    expect(citizen.events.map(({ name }) => name)).toEqual(['new', 'just']);
  });

  test('that were missed come with the next exchange, but not those from before clusters met', () => {
    const events = bytes('92 c0 82 a6 "Events" 91 82 a4 "Name" a1 "e" a7 "Payload" c0 a5 "LTime" 04');
    const [exchanging, joining] = [new Citizen(), new Citizen()];
    exchanging.lone.exchange([], agentState({ events }));
    joining.lone.exchange([], agentState({ events }), true);
    expect(exchanging.events).toEqual([{ name: 'e', payload: new Uint8Array(0), time: 4 }]);
    expect(joining.events).toEqual([]);
    joining.hear(event('e', '', '04'));
    expect(joining.events).toEqual([]);
  });

  test('are refused when nobody could send them', () => {
    const { layer } = new Citizen();
    expect(() => layer.event('', new Uint8Array(0))).toThrow(InvalidSetting);
    expect(() => layer.event('big', new Uint8Array(510))).toThrow('at most 512 bytes');
    expect(() => new SerfLayer().event('early', new Uint8Array(0))).toThrow(NotRunning);
  });

  test('are refused once the node has stopped or left, until it comes back', async () => {
    const citizen = new Citizen();
    const send = (): number => citizen.layer.event('late', new Uint8Array(0));
    citizen.lone.node.stop();
    expect(send).toThrow(NotRunning);
    void citizen.lone.node.join();
    expect(send()).toBe(1);
    await citizen.lone.node.leave();
    expect(send).toThrow(NotRunning);
  });
});

describe('a node that stops when it hears an event', () => {
  const stopping = (): LoneNode => {
    const lone: LoneNode = new LoneNode({ layers: [new SerfLayer({ onEvent: () => lone.node.stop() })] });
    return lone;
  };

  test('survives the rest of the packet', () => {
    const lone = stopping();
    const payloads = [event('stop', '', '03'), leaves('me', '04'), joined('peer', '05'), event('more', '', '06')];
    lone.hear(payloads.map((payload) => ({ kind: Kind.user, payload })));
    expect(lone.closed).toBe(true);
    expect(lone.clock.pending).toBe(0);
  });

  test('survives the rest of the exchange', () => {
    const lone = stopping();
    const events = bytes('91 82 a6 "Events" 91 82 a4 "Name" a1 "e" a7 "Payload" c0 a5 "LTime" 04');
    expect(lone.exchange([], agentState({ events }))).toBeDefined();
    expect(lone.closed).toBe(true);
    expect(lone.clock.pending).toBe(0);
  });
});

describe('what is not for us', () => {
  test('queries are passed on once, unless their sender wants them to stay', () => {
    const citizen = new Citizen();
    citizen.hear(query('01', '01'), query('01', '01'), query('02', '02'), query('03', '00'));
    expect(citizen.said()).toHaveLength(2);
  });

  test('bytes of any kind are survived and say nothing', () => {
    const citizen = new Citizen();
    const kinds = fc.integer({ min: 0, max: 9 });
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.nat(39).map((n) => leaves('x'.repeat(20), '05').subarray(1, n)),
    );
    fc.assert(
      fc.property(kinds, bodies, (kind, body) => {
        citizen.hear(Uint8Array.of(kind, ...body));
        citizen.lone.exchange([], Uint8Array.of(kind, ...body));
      }),
    );
    expect(citizen.events).toEqual([]);
    expect(citizen.said()).toEqual([]);
  });

  test('a time that nobody can have counted to is not believed, nor passed on', () => {
    const citizen = new Citizen();
    citizen.hear(joined('peer', 'cf ff ff ff ff ff ff ff ff'));
    expect(citizen.said()).toEqual([]);
    expect(text(citizen.state())).toContain('LTime\x02');
  });

  // Our clocks stand at 2, 1 and 1.
  const MILLION_LATER = 'ce 00 10 00 02';
  const times = (state: Uint8Array): number[] => {
    const { time, eventTime, queryTime } = decodeState(state)!;
    return [time, eventTime, queryTime];
  };

  test('gossip of times that are a million ahead is dropped and counted', () => {
    const citizen = new Citizen();
    citizen.hear(joined('peer', 'ce 00 10 00 03'), event('far', '', MILLION_LATER), query('01', '00', MILLION_LATER));
    citizen.hear(leaves('me', 'cf 00 10 00 00 00 00 00 00'));
    expect(citizen.said()).toEqual([]);
    expect(citizen.events).toEqual([]);
    expect(times(citizen.state())).toEqual([2, 1, 1]);
    expect(citizen.lone.node.counters.dropped).toEqual({ implausible: 4 });
    citizen.hear(joined('peer', MILLION_LATER));
    expect(citizen.said()).toEqual([joined('peer', MILLION_LATER)]);
  });

  test('an exchange brings the times of a cluster that has counted far', () => {
    const citizen = new Citizen();
    const far = 'cf 00 00 00 05 00 00 00 00';
    citizen.lone.exchange([], agentState({ time: far, eventTime: far, queryTime: far }), true);
    expect(citizen.said()).toEqual([joined('me', far)]);
    citizen.hear(event('deploy', '', far), query('01', '00', far), leaves('peer', 'cf 00 00 00 05 00 00 00 01'));
    expect(citizen.said()).toHaveLength(3);
    expect(citizen.lone.node.counters.dropped).toEqual({});
  });

  // Half of what a message can tell, and one more.
  const MOST = 'cf 00 08 00 00 00 00 00 00';
  const TOO_MUCH = 'cf 00 08 00 00 00 00 00 01';

  test('an exchange brings no time after which there would be none of our own', () => {
    const citizen = new Citizen();
    const statuses = bytes('82', str('me'), MOST, str('peer'), MOST);
    const events = bytes('91 82 a6 "Events" 91 82 a4 "Name" a1 "e" a7 "Payload" c0 a5 "LTime"', MOST);
    citizen.lone.exchange([], agentState({ statuses, events, left: bytes('91', str('other')) }));
    expect(citizen.lone.node.counters.dropped).toEqual({ implausible: 3 });
    expect(times(citizen.state())).toEqual([20, 5, 1]);
    expect([citizen.said(), citizen.events]).toEqual([[], []]);
    const last = 'cf 00 0f ff ff ff ff ff ff';
    citizen.lone.exchange([], agentState({ time: last, eventTime: last, queryTime: last }));
    expect(times(citizen.state())).toEqual([2 ** 51, 2 ** 51, 2 ** 51]);
  });

  test('a cluster that was brought as far as lies can bring it goes on', () => {
    const [citizen, other] = [new Citizen(), new Citizen()];
    for (const one of [citizen, other]) {
      one.lone.exchange([], agentState({ time: MOST, eventTime: MOST, queryTime: MOST }));
    }
    for (let n = 0; n < 5; n += 1) expect(citizen.layer.event('news', Uint8Array.of(n))).toBe(2 ** 51 + n);
    other.hear(...citizen.said());
    expect(other.events).toHaveLength(5);
    citizen.hear(leaves('peer', TOO_MUCH));
    const third = new Citizen();
    third.lone.exchange([], other.state());
    third.lone.exchange([], citizen.state());
    expect(times(third.state())).toEqual([2 ** 51 + 2, 2 ** 51 + 5, 2 ** 51]);
    citizen.lone.sent.length = 0;
    void citizen.lone.node.leave();
    const word = leaves('me', 'cf 00 08 00 00 00 00 00 02');
    expect(citizen.userMessages()).toContainEqual(word);
    other.hear(word);
    // It has the same name, and so objects.
    expect(other.said()).toContainEqual(joined('me', 'cf 00 08 00 00 00 00 00 03'));
  });
});
