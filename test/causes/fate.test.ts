import { expect, test } from 'vitest';
import { SECOND } from '../../core/ports/clock.ts';
import { Chronicle } from '../../scenarios/causes/chronicle.ts';
import { delayOf, failingOf } from '../../scenarios/causes/fate.ts';
import { silenceBehind } from '../../scenarios/causes/silence.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { TraceKind, TraceRecord } from '../../simulator/trace.ts';

type Written = readonly [second: number, kind: TraceKind, host: string, peer: string, cause: number, more?: unknown];

/** A chronicle written by hand: the place of a row is the number of its event. */
function chronicleOf(...rows: readonly Written[]): Chronicle {
  const chronicle = new Chronicle();
  rows.forEach(([second, kind, host, peer, cause, more], event) => {
    const [detail, data] = typeof more === 'string' ? [more, undefined] : [(more as Fault | undefined)?.id ?? '', more];
    const plain = { event, at: second * SECOND, kind, host, peer, size: 0, detail, digest: 0 };
    chronicle.record({ ...plain, parts: [], data, cause });
  });
  return chronicle;
}

const at = (chronicle: Chronicle, event: number): TraceRecord => chronicle.at(event)!;
const loss: Fault = { id: 'loss', kind: 'link', at: SECOND, for: 9 * SECOND, loss: [1, 2] };
const slow: Fault = { id: 'slow', kind: 'slow', at: SECOND, for: 9 * SECOND, hosts: ['b'], perMessage: 1 };

test('what was heard in time did not fail', () => {
  const chronicle = chronicleOf([1, 'send', 'a', 'b', -1], [1.01, 'deliver', 'b', 'a', 0], [2, 'timer', 'a', '', -1]);
  expect(failingOf(chronicle, at(chronicle, 0), at(chronicle, 2))).toBeUndefined();
  expect(delayOf(chronicle, at(chronicle, 0), at(chronicle, 1))).toBeUndefined();
});

test('what a fault took leads to that fault', () => {
  const chronicle = chronicleOf(
    [1, 'fault-begin', '', '', -1, loss],
    [2, 'send', 'a', 'b', -1],
    [2, 'lost', 'a', 'b', 1, loss],
    [3, 'timer', 'a', '', -1],
  );
  expect(failingOf(chronicle, at(chronicle, 1), at(chronicle, 3))).toMatchObject({
    words: 'is lost',
    because: { event: 0 },
  });
});

test('what was sent to a host that is down leads to its crash, or to the end of its program', () => {
  const crashed = chronicleOf(
    [1, 'crash', 'b', '', -1],
    [2, 'send', 'a', 'b', -1],
    [2, 'lost', 'a', 'b', 1, 'host down'],
    [3, 'timer', 'a', '', -1],
  );
  expect(failingOf(crashed, at(crashed, 1), at(crashed, 3))).toMatchObject({
    words: 'is lost: b is down',
    because: { event: 0 },
  });
  const stopped = chronicleOf(
    [1, 'emit', 'b', '', -1, 'stopped'],
    [2, 'send', 'a', 'b', -1],
    [2, 'lost', 'a', 'b', 1, 'nobody bound'],
    [3, 'timer', 'a', '', -1],
  );
  expect(failingOf(stopped, at(stopped, 1), at(stopped, 3))).toMatchObject({
    words: 'is lost: the program of b has closed its port',
    because: { event: 0 },
  });
});

test('what a full queue dropped leads to the slowness of the host', () => {
  const chronicle = chronicleOf(
    [1, 'fault-begin', '', '', -1, slow],
    [2, 'send', 'a', 'b', -1],
    [2, 'lost', 'a', 'b', 1, 'queue full'],
    [3, 'timer', 'a', '', -1],
  );
  expect(failingOf(chronicle, at(chronicle, 1), at(chronicle, 3))?.because).toMatchObject({ event: 0 });
});

test('what waits in a paused host leads to the pause, and was late when it is heard at last', () => {
  const chronicle = chronicleOf(
    [1, 'pause', 'b', '', -1, 'freeze'],
    [2, 'send', 'a', 'b', -1],
    [3, 'timer', 'a', '', -1],
    [4, 'resume', 'b', '', -1],
    [4, 'deliver', 'b', 'a', 1],
  );
  expect(failingOf(chronicle, at(chronicle, 1), at(chronicle, 2))).toMatchObject({
    words: 'is heard only at 4.000 s: b is paused',
    because: { event: 0 },
  });
  expect(delayOf(chronicle, at(chronicle, 1), at(chronicle, 4))).toMatchObject({
    words: 'was under way for 2 s: b is paused',
    because: { event: 0 },
  });
});

test('a pause that a crash ended held nothing back', () => {
  const chronicle = chronicleOf([1, 'pause', 'b', '', -1], [2, 'crash', 'b', '', -1], [3, 'boot', 'b', '', -1]);
  expect(chronicle.pauseWithin('b', 4 * SECOND, 5 * SECOND)).toBeUndefined();
  expect(chronicle.crashBefore('b', 2)?.event).toBe(1);
  expect(chronicle.crashBefore('b', 3)).toBeUndefined();
});

test('an answer that is lost explains a silence as well as a question that is', () => {
  const chronicle = chronicleOf(
    [1, 'fault-begin', '', '', -1, loss],
    [2, 'timer', 'a', '', -1],
    [2, 'send', 'a', 'b', 1],
    [2.01, 'deliver', 'b', 'a', 2],
    [2.01, 'send', 'b', 'a', 3],
    [2.01, 'lost', 'b', 'a', 4, loss],
    [3, 'timer', 'a', '', 1],
  );
  const failing = silenceBehind(chronicle, at(chronicle, 1), at(chronicle, 6), '');
  expect(failing).toHaveLength(1);
  expect(failing[0]).toMatchObject({ sending: { event: 4 }, because: { event: 0 } });
});

test('a service that misbehaves explains a silence though it heard the question', () => {
  const amiss: Fault = { id: 'mute', kind: 'service', at: SECOND, for: 9 * SECOND, hosts: ['ns'], effect: 'dns-mute' };
  const chronicle = chronicleOf(
    [1, 'fault-begin', '', '', -1, amiss],
    [2, 'timer', 'a', '', -1],
    [2, 'send', 'a', 'ns', 1],
    [2.01, 'deliver', 'ns', 'a', 2],
    [3, 'timer', 'a', '', 1],
  );
  expect(silenceBehind(chronicle, at(chronicle, 1), at(chronicle, 4), '')).toMatchObject([{ because: { event: 0 } }]);
});
