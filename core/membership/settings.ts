import { InvalidSetting } from '../errors.ts';

/**
 * How a node probes, suspects, gossips and heals. All durations in whole milliseconds; 0 switches a periodic activity
 * off. The presets below are the documented starting points; `settingsOf` checks what is changed in them.
 */
export interface MembershipSettings {
  /** One member is probed per interval (SWIM's protocol period). */
  readonly probeIntervalMs: number;
  /** How long a direct ack may take before others are asked. */
  readonly probeTimeoutMs: number;
  /** How many others are asked to probe for us (SWIM's k). */
  readonly indirectChecks: number;
  /** Ask over a stream as well when the datagram stays unanswered. */
  readonly streamProbes: boolean;
  /** Bounds every conversation over a stream. */
  readonly streamTimeoutMs: number;

  /** Suspicion lasts at least multiplier * scale(n) * probe interval … */
  readonly suspicionMultiplier: number;
  /** … and at most this many times as long, while nobody confirms it (Lifeguard's dynamic suspicion); 1 fixes it. */
  readonly suspicionMaxMultiplier: number;
  /** Confirmations that bring a suspicion down to its minimum (Lifeguard's K); memberlist takes the multiplier less 2. */
  readonly suspicionConfirmations: number | 'multiplier-less-2';
  /** Updates are sent multiplier * scale(n) times. */
  readonly retransmitMultiplier: number;
  /** How both grow with the cluster: memberlist's log10, or SWIM's ceil(ln(n + 1)). */
  readonly scale: 'log10' | 'ln';

  /** The highest local health score (Lifeguard's S; memberlist's is 7); 0 switches local health off. */
  readonly healthMax: number;
  /** The score stretches the time to the next probe as in the paper; off, as in memberlist, only while there is no answer. */
  readonly healthScalesTurn: boolean;
  /** It stretches the probe timeout too, as in the paper; in memberlist others are asked as early as ever. */
  readonly healthScalesTimeout: boolean;
  /** `each-missing`: a failed probe counts by its missing nacks (memberlist); `both`: it counts one, and so does each missing nack (paper). */
  readonly nacks: 'off' | 'each-missing' | 'both';
  /** When a relay says "no answer yet", in percent of the probe timeout: 80 in the paper, 100 in memberlist. */
  readonly nackPercent: number;
  /** A suspect learns of its suspicion with the very ping that probes it (Lifeguard's buddy system). */
  readonly buddy: boolean;

  /** Dedicated gossip beside what rides on probes. */
  readonly gossipIntervalMs: number;
  readonly gossipNodes: number;
  /** The dead are still gossiped to, listed and synchronised for this long. */
  readonly gossipToTheDeadMs: number;
  /** At most this many updates ride on one packet; 0 leaves it to the bytes. */
  readonly updatesPerPacket: number;
  /** Full exchange of state with one random member; stretched with the cluster's size. */
  readonly pushPullIntervalMs: number;

  /** How often a departed member or seed is tried again, with jitter. */
  readonly healingIntervalMs: number;
  /** How long the departed are remembered: against stale news, and for healing. */
  readonly departedMemoryMs: number;

  /** Datagrams are filled up to this many bytes, envelope included. */
  readonly packetBytes: number;
  readonly metaMaxBytes: number;
  /** User broadcasts waiting to be sent; the oldest are dropped and counted beyond that. */
  readonly userQueueMax: number;
  /** Members known, departed ones included: a bound against floods of invented names. */
  readonly membersMax: number;
}

/** memberlist's defaults for one local network, with turns that bad health stretches. */
export const lan: MembershipSettings = {
  probeIntervalMs: 1_000,
  probeTimeoutMs: 500,
  indirectChecks: 3,
  streamProbes: true,
  streamTimeoutMs: 10_000,
  suspicionMultiplier: 4,
  suspicionMaxMultiplier: 6,
  suspicionConfirmations: 'multiplier-less-2',
  retransmitMultiplier: 4,
  scale: 'log10',
  healthMax: 7,
  healthScalesTurn: true,
  healthScalesTimeout: false,
  nacks: 'each-missing',
  nackPercent: 100,
  buddy: true,
  gossipIntervalMs: 200,
  gossipNodes: 3,
  gossipToTheDeadMs: 30_000,
  updatesPerPacket: 0,
  pushPullIntervalMs: 30_000,
  healingIntervalMs: 30_000,
  departedMemoryMs: 24 * 3_600_000,
  packetBytes: 1_400,
  metaMaxBytes: 512,
  userQueueMax: 1_024,
  membersMax: 1_048_576,
};

/** memberlist's defaults between sites. */
export const wan: MembershipSettings = {
  ...lan,
  probeIntervalMs: 5_000,
  probeTimeoutMs: 3_000,
  streamTimeoutMs: 30_000,
  suspicionMultiplier: 6,
  gossipIntervalMs: 500,
  gossipNodes: 4,
  gossipToTheDeadMs: 60_000,
  pushPullIntervalMs: 60_000,
  healingIntervalMs: 60_000,
};

/** memberlist's defaults for one machine. */
export const local: MembershipSettings = {
  ...lan,
  probeTimeoutMs: 200,
  indirectChecks: 1,
  streamTimeoutMs: 1_000,
  suspicionMultiplier: 3,
  retransmitMultiplier: 2,
  gossipIntervalMs: 100,
  gossipToTheDeadMs: 15_000,
  pushPullIntervalMs: 15_000,
  healingIntervalMs: 15_000,
};

/** Twice the traffic of `lan`, for decisions in seconds: a crash among 100 nodes is known to all within 7 s. */
export const fast: MembershipSettings = {
  ...lan,
  probeIntervalMs: 500,
  probeTimeoutMs: 200,
  streamTimeoutMs: 5_000,
  suspicionMultiplier: 3,
  // With 4, one formation of 100 nodes in fifty leaves a rumour unheard until the next exchange of state.
  retransmitMultiplier: 5,
  gossipIntervalMs: 100,
  pushPullIntervalMs: 15_000,
  healingIntervalMs: 10_000,
};

/** The paper of 2002: suspicion and piggybacking on a two-second period, and nothing else (its section 5). */
export const swim: MembershipSettings = {
  ...lan,
  probeIntervalMs: 2_000,
  indirectChecks: 1,
  streamProbes: false,
  suspicionMultiplier: 3,
  suspicionMaxMultiplier: 1,
  suspicionConfirmations: 0,
  retransmitMultiplier: 3,
  scale: 'ln',
  healthMax: 0,
  nacks: 'off',
  buddy: false,
  gossipIntervalMs: 0,
  updatesPerPacket: 6,
  pushPullIntervalMs: 0,
  healingIntervalMs: 0,
};

/** Which of Lifeguard's three components are on. */
export interface LifeguardParts {
  /** LHA-Probe: local health with nacks stretches probe interval and timeout. */
  readonly probe: boolean;
  /** LHA-Suspicion: the suspicion timeout shrinks as others confirm. */
  readonly suspicion: boolean;
  /** Buddy system: suspects hear of it first. */
  readonly buddy: boolean;
}

/** The paper of 2018 on its own baseline (alpha 5, beta 6, K 3, S 8, nack at 80 %), any subset of its components. */
export function lifeguardWith(parts: LifeguardParts): MembershipSettings {
  return {
    ...lan,
    suspicionMultiplier: 5,
    suspicionMaxMultiplier: parts.suspicion ? 6 : 1,
    suspicionConfirmations: parts.suspicion ? 3 : 0,
    healthMax: parts.probe ? 8 : 0,
    healthScalesTurn: parts.probe,
    healthScalesTimeout: parts.probe,
    nacks: parts.probe ? 'both' : 'off',
    nackPercent: 80,
    buddy: parts.buddy,
    healingIntervalMs: 0,
  };
}

export const lifeguard: MembershipSettings = lifeguardWith({ probe: true, suspicion: true, buddy: true });

export const presets = { lan, wan, local, fast, swim, lifeguard } as const;
export type PresetName = keyof typeof presets;

export type NumberSetting = {
  [K in keyof MembershipSettings]: MembershipSettings[K] extends number ? K : never;
}[keyof MembershipSettings];

/** Inclusive bounds. An hour bounds every period: longer ones are typing errors. */
export const settingBounds: Readonly<Record<NumberSetting, readonly [number, number]>> = {
  probeIntervalMs: [1, 3_600_000],
  probeTimeoutMs: [1, 3_600_000],
  indirectChecks: [0, 64],
  streamTimeoutMs: [1, 3_600_000],
  suspicionMultiplier: [1, 1_000],
  suspicionMaxMultiplier: [1, 1_000],
  retransmitMultiplier: [1, 1_000],
  healthMax: [0, 64],
  nackPercent: [1, 100],
  gossipIntervalMs: [0, 3_600_000],
  gossipNodes: [1, 64],
  gossipToTheDeadMs: [0, 24 * 3_600_000],
  updatesPerPacket: [0, 255],
  pushPullIntervalMs: [0, 24 * 3_600_000],
  healingIntervalMs: [0, 24 * 3_600_000],
  departedMemoryMs: [0, 30 * 24 * 3_600_000],
  packetBytes: [576, 65_507],
  metaMaxBytes: [0, 65_507],
  userQueueMax: [1, 1_048_576],
  membersMax: [2, 1_048_576],
};

/** A preset with changes, checked. */
export function settingsOf(preset: PresetName, changes: Partial<MembershipSettings> = {}): MembershipSettings {
  const settings: MembershipSettings = { ...presets[preset], ...changes };
  checkSettings(settings);
  return Object.freeze(settings);
}

/** Throws the first of `brokenSettings`. */
export function checkSettings(settings: MembershipSettings): void {
  for (const broken of brokenSettings(settings)) throw broken;
}

/** Every number whole and within its bounds, the timeout inside the interval, full metadata inside a packet. */
export function* brokenSettings(settings: MembershipSettings): Iterable<InvalidSetting> {
  for (const [name, [min, max]] of Object.entries(settingBounds) as [NumberSetting, readonly [number, number]][]) {
    const value = settings[name];
    if (!Number.isInteger(value) || value < min || value > max) {
      yield new InvalidSetting(name, value, `a whole number from ${min} to ${max}`);
    }
  }
  if (settings.probeTimeoutMs > settings.probeIntervalMs) {
    yield new InvalidSetting('probeTimeoutMs', settings.probeTimeoutMs, 'at most probeIntervalMs');
  }
  if (settings.metaMaxBytes > settings.packetBytes / 2) {
    yield new InvalidSetting(
      'metaMaxBytes',
      settings.metaMaxBytes,
      'at most half of packetBytes, or it could not be gossiped',
    );
  }
  const confirmations = settings.suspicionConfirmations;
  if (confirmations !== 'multiplier-less-2' && !(Number.isInteger(confirmations) && confirmations >= 0)) {
    yield new InvalidSetting('suspicionConfirmations', confirmations, `a whole number or 'multiplier-less-2'`);
  }
}
