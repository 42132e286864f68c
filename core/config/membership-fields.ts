import type { MembershipSettings } from '../membership/settings.ts';
import { presets, settingBounds } from '../membership/settings.ts';
import { field, type Field } from './field.ts';
import { oneOf, whole, wholeOr, yesOrNo, type Kind } from './kinds.ts';

export const PRESET = 'cluster.membership.preset';

type Name = keyof MembershipSettings;

/** What each setting means. What a preset says about it is its default. */
const MEANINGS: Readonly<Record<Name, string>> = {
  probeIntervalMs: 'one member is probed per interval',
  probeTimeoutMs: 'how long a direct answer may take before others are asked',
  indirectChecks: 'how many others are asked to probe for us',
  streamProbes: 'ask over a stream as well when the datagram stays unanswered',
  streamTimeoutMs: 'bounds every conversation over a stream',
  suspicionMultiplier: 'how long a suspicion lasts at least, in probe intervals that grow with the cluster',
  suspicionMaxMultiplier: 'how many times as long it lasts while nobody confirms it; 1 fixes it',
  suspicionConfirmations: 'confirmations that bring a suspicion down to its minimum',
  retransmitMultiplier: 'how often an update is passed on, grown with the cluster',
  scale: 'how both grow with the cluster',
  healthMax: 'the highest local health score; 0 switches local health off',
  healthScalesTurn: 'the score stretches the time to the next probe even when an answer came',
  healthScalesTimeout: 'the score stretches the probe timeout as well',
  nacks: 'how nacks count in the score',
  nackPercent: 'when a relay says "no answer yet", in percent of the probe timeout',
  buddy: 'a suspect learns of its suspicion with the ping that probes it',
  gossipIntervalMs: 'gossip beside what rides on probes; 0 switches it off',
  gossipNodes: 'how many members are gossiped to at a time',
  gossipToTheDeadMs: 'how long the dead are still gossiped to and listed',
  updatesPerPacket: 'at most so many updates ride on one packet; 0 leaves it to the bytes',
  pushPullIntervalMs: 'full exchange of state with one member; 0 switches it off',
  healingIntervalMs: 'how often a departed member or seed is tried again; 0 switches it off',
  departedMemoryMs: 'how long the departed are remembered',
  packetBytes: 'datagrams are filled up to so many bytes',
  metaMaxBytes: 'how long the tags may be, encoded',
  userQueueMax: 'user broadcasts waiting to be sent; the oldest are dropped beyond that',
  membersMax: 'members known, departed ones included',
};

export const MEMBERSHIP_FIELDS: readonly Field[] = [
  field(PRESET, oneOf(Object.keys(presets)), 'lan', 'the starting point; the keys below change it'),
  ...(Object.keys(MEANINGS) as Name[]).map((name) => {
    return field(settingPath(name), kindOf(name), undefined, MEANINGS[name]);
  }),
];

/** `probeIntervalMs` is `cluster.membership.probe_interval_ms`. */
export function settingPath(name: string): string {
  return `cluster.membership.${snakeCase(name)}`;
}

export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function kindOf(name: Name): Kind {
  switch (name) {
    case 'scale':
      return oneOf(['log10', 'ln']);
    case 'nacks':
      return oneOf(['off', 'each-missing', 'both']);
    case 'suspicionConfirmations':
      return wholeOr(0, 1_000, 'multiplier-less-2');
    case 'streamProbes':
    case 'healthScalesTurn':
    case 'healthScalesTimeout':
    case 'buddy':
      return yesOrNo;
    default:
      return whole(...settingBounds[name]);
  }
}
