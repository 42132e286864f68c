import { expect, test } from 'vitest';
import { settingsOf } from '../../core/membership/settings.ts';
import { Kind, type Ping } from '../../core/wire/messages.ts';
import { alive, described, LoneNode } from './lone-node.ts';

const PEER = '10.0.0.2:7946';

/** Milliseconds between the pings of a node in bad health, from the first one that is answered. */
function paceWithAnswers(healthScalesTurn: boolean, answers: number): number[] {
  const lone = new LoneNode({
    settings: settingsOf('lan', { healthScalesTurn, gossipIntervalMs: 0, suspicionMultiplier: 100 }),
  });
  lone.hear(alive(described('peer', PEER), 1));
  while (lone.node.healthScore < 3) lone.clock.advance(10);
  const pings = () => lone.parts(PEER).filter((part): part is Ping => part.kind === Kind.ping);
  const sentAt: number[] = [];
  // The one that began when the last one failed is the first that is answered.
  for (let seen = pings().length - 1; sentAt.length <= answers; lone.clock.advance(10)) {
    if (pings().length === seen) continue;
    seen = pings().length;
    sentAt.push(lone.clock.now() / 1_000);
    lone.hear({ kind: Kind.ack, sequence: pings().at(-1)!.sequence, payload: undefined }, PEER);
  }
  return sentAt.slice(1).map((at, index) => at - sentAt[index]!);
}

test('a node in bad health probes less often, and sooner again with every answer, as the paper has it', () => {
  expect(paceWithAnswers(true, 4)).toEqual([4_000, 3_000, 2_000, 1_000]);
});

test('told that health stretches no turns, it keeps the interval while it is answered', () => {
  expect(paceWithAnswers(false, 4)).toEqual([1_000, 1_000, 1_000, 1_000]);
});

/** Milliseconds from the first ping at a health of 3 to the next, when the answer takes as long as said. */
function waitFor(answerMs: number | undefined): number {
  const lone = new LoneNode({
    settings: settingsOf('lan', { healthScalesTurn: false, gossipIntervalMs: 0, suspicionMultiplier: 100 }),
  });
  lone.hear(alive(described('peer', PEER), 1));
  while (lone.node.healthScore < 3) lone.clock.advance(10);
  const pings = () => lone.parts(PEER).filter((part): part is Ping => part.kind === Kind.ping);
  const [first, begun] = [pings().length, lone.clock.now()];
  if (answerMs !== undefined) {
    lone.clock.advance(answerMs);
    lone.hear({ kind: Kind.ack, sequence: pings()[first - 1]!.sequence, payload: undefined }, PEER);
  }
  while (pings().length === first) lone.clock.advance(10);
  return (lone.clock.now() - begun) / 1_000;
}

test('an answer that took longer than the interval is followed by the next ping at once', () => {
  expect(waitFor(1_500)).toBe(1_510);
});

test('without an answer it waits as long as its health says', () => {
  expect(waitFor(undefined)).toBe(4_000);
});
