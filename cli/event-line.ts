import type { NodeInfo } from '../core/health/cluster-health.ts';
import type { MembershipEventType } from '../core/membership/events.ts';
import type { Paint, Style } from '../reports/index.ts';
import { printable, tagsOf } from './member-table.ts';

/** A line of `/cluster/events`. */
interface Told {
  readonly time: string;
  readonly type: MembershipEventType;
  readonly node?: NodeInfo;
  readonly by?: string;
  readonly claimed_by?: string;
  readonly from?: string;
  readonly bytes?: number;
  readonly count?: number;
}

const STYLES: Readonly<Partial<Record<MembershipEventType, Style>>> = {
  join: 'green',
  alive: 'green',
  suspect: 'yellow',
  fail: 'red',
  conflict: 'red',
  leave: 'dim',
};

const WORDS: Readonly<Record<MembershipEventType, (told: Told) => string>> = {
  join: ({ node }) => `joined at ${node?.addr ?? '?'}`,
  leave: () => 'left',
  fail: () => 'is dead',
  suspect: ({ by }) => `is suspected by ${by ?? '?'}`,
  alive: () => 'refuted the suspicion',
  update: ({ node }) => `is now at ${node?.addr ?? '?'} with ${tagsOf(node?.tags ?? {}) || 'no tags'}`,
  conflict: ({ claimed_by }) => `is claimed at ${claimed_by ?? '?'} too: two nodes have this name`,
  message: ({ bytes }) => `sent a message of ${bytes ?? 0} bytes`,
  broadcast: ({ bytes }) => `sent a broadcast of ${bytes ?? 0} bytes`,
  keys: ({ count }) => `the keyring holds ${count ?? 0} now`,
};

/** An event in words. */
export function eventLine(line: string, paint: Paint): string {
  const told = JSON.parse(line) as Told;
  const { time, type, node, from } = told;
  const style = STYLES[type];
  // A newer node may know events that this command does not.
  const words = WORDS[type]?.(told) ?? type;
  const text = printable(`${node?.id ?? from ?? 'this node:'} ${words}`);
  return `${paint('dim', printable(time))} ${style === undefined ? text : paint(style, text)}`;
}
