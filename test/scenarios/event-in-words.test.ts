import { describe, expect, test } from 'vitest';
import { State } from '../../core/wire/messages.ts';
import { eventInWords } from '../../scenarios/event-in-words.ts';
import type { MemberEvent } from '../../simulator/member-events.ts';

const seen = (changes: Partial<Extract<MemberEvent, { type: 'transition' }>>): MemberEvent => ({
  type: 'transition',
  subject: 'n7',
  from: State.alive,
  to: State.suspect,
  fromIncarnation: 4,
  incarnation: 4,
  address: '10.0.0.7:7946',
  meta: new Uint8Array(),
  cause: 'gossip',
  by: 'n2',
  ...changes,
});

describe('what n3 emits is told', () => {
  test.each<[kind: string, words: string, event: MemberEvent]>([
    ['suspect', 'suspects n7 (incarnation 4; heard by gossip, by n2)', seen({})],
    ['suspect', 'suspects n7 (incarnation 4; its own probe)', seen({ cause: 'probe', by: 'n3' })],
    [
      'dead',
      'declares n7 dead (incarnation 4; its suspicion ran out)',
      seen({ to: State.dead, cause: 'suspicion', by: '' }),
    ],
    ['left', 'sees n7 leave (incarnation 4; heard by gossip)', seen({ to: State.left, by: '' })],
    [
      'alive',
      'holds n7 alive (incarnation 5; heard in a push/pull)',
      seen({ to: State.alive, incarnation: 5, cause: 'push-pull', by: '' }),
    ],
    ['joined', 'learns of n7 (incarnation 4; heard by gossip)', seen({ from: undefined, to: State.alive, by: '' })],
    ['forgotten', 'forgets n7 (incarnation 4; long gone)', seen({ to: undefined, cause: 'reap', by: '' })],
    ['self', 'is now incarnation 6', seen({ subject: 'n3', to: State.alive, incarnation: 6, cause: 'self', by: '' })],
    ['refuted', 'refutes n2: alive, incarnation 6', { type: 'refuted', incarnation: 6, accuser: 'n2' }],
    ['joined', 'has joined: 2 answered, 1 did not', { type: 'joined', contacted: 2, failed: 1 }],
    ['leaving', 'begins to leave', { type: 'leaving' }],
    ['stopped', 'has stopped', { type: 'stopped' }],
    [
      'conflict',
      'sees the name n7 claimed by 10.0.0.9:7946',
      { type: 'conflict', subject: 'n7', address: '10.0.0.9:7946' },
    ],
    ['probe', 'has nobody to probe', { type: 'probe', subject: '', listed: 0 }],
  ])('as %s: %s', (kind, words, event) => {
    expect(eventInWords(event, 'n3')).toMatchObject({ kind, words });
  });

  test('with all its fields when it is an event of another program', () => {
    expect(eventInWords({ type: 'wrote', key: 'x', bytes: 3 } as { type: string }, 'n3')).toMatchObject({
      kind: 'wrote',
      words: 'wrote, key x, bytes 3',
    });
  });
});
