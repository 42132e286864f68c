import { type MembershipSettings, type PresetName, presets } from '../../core/membership/settings.ts';
import type { Random } from '../../core/ports/random.ts';

/** How often each preset is drawn, of the sum: `fast` runs are the cheapest, and all rules have their say in them. */
const PRESETS: readonly (readonly [PresetName, number])[] = [
  ['fast', 4],
  ['lan', 2],
  ['local', 2],
  ['wan', 1],
  ['lifeguard', 1],
  ['swim', 1],
];

type Draws = { readonly [K in keyof MembershipSettings]?: (random: Random) => MembershipSettings[K] };

const within = (min: number, max: number) => (random: Random) => min + random.int(max - min + 1);
const oneOf =
  <T>(...values: readonly T[]) =>
  (random: Random) =>
    random.pick(values);

/**
 * What may be changed, within the range in which the protocol promises what the rules say. Not drawn:
 * `membersMax`, because packets that were damaged on their way name members that there are not, and fill a small table.
 */
const DRAWS: Draws = {
  probeIntervalMs: within(200, 2_000),
  probeTimeoutMs: within(100, 1_000),
  indirectChecks: within(0, 5),
  streamProbes: oneOf(true, false),
  streamTimeoutMs: within(1_000, 10_000),
  suspicionMultiplier: within(2, 8),
  suspicionMaxMultiplier: within(1, 8),
  suspicionConfirmations: oneOf<MembershipSettings['suspicionConfirmations']>('multiplier-less-2', 0, 1, 2, 3),
  retransmitMultiplier: within(2, 6),
  scale: oneOf('log10', 'ln'),
  healthMax: within(0, 10),
  healthScalesTurn: oneOf(true, false),
  healthScalesTimeout: oneOf(true, false),
  nacks: oneOf('off', 'each-missing', 'both'),
  nackPercent: within(50, 100),
  buddy: oneOf(true, false),
  gossipIntervalMs: oneOf(0, 50, 100, 200, 500),
  gossipNodes: within(1, 5),
  gossipToTheDeadMs: within(0, 60_000),
  updatesPerPacket: within(0, 8),
  pushPullIntervalMs: within(5_000, 30_000),
  healingIntervalMs: within(5_000, 30_000),
  // Longer than any cut of a schedule: whoever is forgotten on both sides of a cut is not looked for when it heals.
  departedMemoryMs: within(3_600_000, 86_400_000),
  packetBytes: within(576, 1_400),
  // No shorter than the metadata that the story sets.
  metaMaxBytes: within(200, 512),
  // No shorter than the broadcasts of the story: what is dropped for want of room is lost by agreement.
  userQueueMax: within(16, 1_024),
};

/** The changes of `fast` that a seed draws: another preset, and some of its settings changed again. */
export function drawSettings(random: Random): Partial<MembershipSettings> {
  const [preset] = random.fork('preset').pick(PRESETS.flatMap((one) => Array.from({ length: one[1] }, () => one)));
  const changeable = random.fork('whether').chance([2, 3]);
  const drawn = Object.entries(DRAWS).flatMap(([name, draw]) => {
    const own = random.fork(name);
    return changeable && own.chance([1, 5]) ? [[name, draw(own)] as const] : [];
  });
  const settings = { ...presets[preset], ...Object.fromEntries(drawn) };
  const changes = Object.entries(settings).filter(
    ([name, value]) => value !== presets.fast[name as keyof MembershipSettings],
  );
  return Object.fromEntries(changes);
}

/** `fast` with these changes, whichever of them are left: those that do not fit together give way. */
export function settingsWith(changes: Partial<MembershipSettings>): MembershipSettings {
  const settings = { ...presets.fast, ...changes };
  return {
    ...settings,
    probeTimeoutMs: Math.min(settings.probeTimeoutMs, settings.probeIntervalMs),
    metaMaxBytes: Math.min(settings.metaMaxBytes, Math.floor(settings.packetBytes / 2)),
  };
}
