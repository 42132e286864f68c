import { presets, type PresetName } from '../../core/membership/settings.ts';
import { SECOND } from '../../core/ports/clock.ts';
import {
  fitLogarithm,
  type LogarithmicFit,
  serfSeconds,
  swimDetectionSeconds,
  swimInfectionSeconds,
  swimMessagesPerSecond,
} from '../../scenarios/sweep/curves.ts';
import type { LoadRun, Measured, SpreadingPlace, SpreadingRun, SweepResults } from '../../scenarios/sweep/result.ts';
import type { Figure, FigureLine, FigurePoint } from './figure.ts';
import { medianPoint } from './spread.ts';
import { inSeconds, short } from './words.ts';

const MEMBERS = { title: 'Members', logFrom: 8 } as const;

/** The share that theory can speak of: the last member is a matter of luck. */
const MOST = 0.99;

/** Until a change is known: one chart for each preset. */
export function spreadingFigures({ spreading }: SweepResults): Figure[] {
  return presetsOf(spreading).map((preset) => {
    const line = (name: string, of: keyof SpreadingRun) => measuredLine(name, ofPreset(spreading, preset), of);
    const most = line('to 99 % of the members', 'knownTo99');
    const sizes = most.points.map(({ x }) => x);
    const fit = fitLogarithm(most.points);
    const swim = computed('SWIM, infection by probes alone, to 99 % (DSN 2002, section 4.1)', 'theory', sizes, (size) =>
      swimInfectionSeconds(presets[preset], size, MOST),
    );
    const serf = computed("Serf's convergence simulator, to 99 % (formula)", 'theory', sizes, (size) =>
      serfSeconds(presets[preset], size, MOST),
    );
    return {
      id: `spreading-${preset}`,
      title: `Time until a change is known, against cluster size (${preset})`,
      shows:
        `${growth(most.points, 'The time until 99 % know')}; ${short(fit.a)} s + ${short(fit.b)} s · ln n explains ` +
        `${percent(fit.r2)} of what differs between the sizes. ${atTheEnd('By probes alone, as in SWIM, it would take', swim)}` +
        ` ${atTheEnd("By Serf's formula, which counts half of its contacts, it would take", serf)}`,
      x: MEMBERS,
      y: { title: 'Seconds', logFrom: 0.05 },
      lines: [
        line('to half of the members', 'knownToHalf'),
        most,
        line('to all members', 'knownToAll'),
        fitLine(fit, sizes),
        swim,
        serf,
      ],
    };
  });
}

/** From a crash until it is known. */
export function detectionFigure({ spreading }: SweepResults): Figure {
  const names = presetsOf(spreading);
  return {
    id: 'detection-size',
    title: 'Detection of a crash, against cluster size',
    shows: names
      .map((preset) => {
        const places = ofPreset(spreading, preset);
        const [all, suspected] = [pointsOf(places, 'detection'), pointsOf(places, 'suspected')];
        return `${preset}: ${growth(all, 'the time until all know')}, ${growth(suspected, 'that until somebody suspects')}.`;
      })
      .join(' '),
    x: MEMBERS,
    y: { title: 'Seconds from the crash' },
    lines: names.flatMap((preset) => {
      const places = ofPreset(spreading, preset);
      return [
        measuredLine(`${preset}: suspected`, places, 'suspected'),
        measuredLine(`${preset}: first detection`, places, 'firstDetection'),
        measuredLine(`${preset}: all know`, places, 'detection'),
        computed(
          `${preset}: e/(e - 1) periods (SWIM) and the shortest suspicion (Lifeguard)`,
          'theory',
          places.map(({ place }) => place.size),
          (size) => swimDetectionSeconds(presets[preset], size),
        ),
      ];
    }),
  };
}

/** Messages and bytes of a cluster at rest. */
export function loadFigures({ load }: SweepResults): Figure[] {
  const names = presetsOf(load);
  const line = (preset: PresetName, of: keyof LoadRun): FigureLine => ({
    name: preset,
    kind: 'measured',
    points: ofPreset(load, preset).flatMap(({ place, runs }) =>
      medianPoint(
        place.size,
        runs.map((run) => run[of]),
        1,
      ),
    ),
  });
  const messages = names.map((preset) => line(preset, 'messagesPerNodePerSecond'));
  const bytes = names.map((preset) => line(preset, 'bytesPerNodePerSecond'));
  return [
    {
      id: 'messages-size',
      title: 'Messages per node and second at rest, against cluster size',
      shows: `${eachGrowth(messages, 'messages')}. SWIM's ping and ack make two in each period; the rest are exchanges of the whole state.`,
      x: MEMBERS,
      y: { title: 'Messages per node and second' },
      lines: [
        ...messages,
        ...names.map((preset) =>
          computed(
            `${preset}: two per period (SWIM, section 3)`,
            'theory',
            messages[0]!.points.map(({ x }) => x),
            () => swimMessagesPerSecond(presets[preset]),
          ),
        ),
      ],
    },
    {
      id: 'bytes-size',
      title: 'Bytes per node and second at rest, against cluster size',
      shows: `${eachGrowth(bytes, 'bytes')}. What grows are the exchanges of the whole state: it is as long as the cluster is large, and is exchanged more rarely in larger ones.`,
      x: MEMBERS,
      y: { title: 'Bytes per node and second' },
      lines: bytes,
    },
  ];
}

type OfPreset = { readonly preset: PresetName; readonly size: number };

function presetsOf(measured: readonly Measured<OfPreset, unknown>[]): PresetName[] {
  return [...new Set(measured.map(({ place }) => place.preset))];
}

/** From small to large. */
function ofPreset<Run>(measured: readonly Measured<OfPreset, Run>[], preset: PresetName): Measured<OfPreset, Run>[] {
  return measured.filter(({ place }) => place.preset === preset).toSorted((a, b) => a.place.size - b.place.size);
}

function pointsOf(places: readonly Measured<SpreadingPlace, SpreadingRun>[], of: keyof SpreadingRun): FigurePoint[] {
  return places.flatMap(({ place, runs }) =>
    medianPoint(
      place.size,
      runs.map((run) => run[of]),
      SECOND,
    ),
  );
}

function measuredLine(
  name: string,
  places: readonly Measured<SpreadingPlace, SpreadingRun>[],
  of: keyof SpreadingRun,
): FigureLine {
  return { name, kind: 'measured', points: pointsOf(places, of) };
}

function fitLine({ a, b, r2 }: LogarithmicFit, sizes: readonly number[]): FigureLine {
  const name = `${short(a)} s + ${short(b)} s · ln n, fitted to 99 % (R² = ${short(r2)})`;
  return computed(name, 'fit', sizes, (size) => a + b * Math.log(size));
}

function computed(
  name: string,
  kind: 'fit' | 'theory',
  sizes: readonly number[],
  of: (size: number) => number,
): FigureLine {
  return { name, kind, points: sizes.map((x) => ({ x, y: of(x) })) };
}

/** `the time until 99 % know goes from 0.13 s at 8 members to 0.37 s at 1,000`. */
function growth(points: readonly FigurePoint[], what: string): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return `${what} was not measured`;
  return `${what} goes from ${inSeconds(first.y)} at ${short(first.x)} members to ${inSeconds(last.y)} at ${short(last.x)}`;
}

/** `It would take 2.9 s at 1,000 members.` */
function atTheEnd(words: string, { points }: FigureLine): string {
  const last = points.at(-1);
  return last === undefined ? '' : `${words} ${inSeconds(last.y)} at ${short(last.x)} members.`;
}

function eachGrowth(lines: readonly FigureLine[], unit: string): string {
  return lines
    .map(({ name, points }) => {
      const [first, last] = [points[0], points.at(-1)];
      if (first === undefined || last === undefined) return `${name}: nothing measured`;
      return `${name}: ${short(first.y)} ${unit} at ${short(first.x)} members, ${short(last.y)} at ${short(last.x)}`;
    })
    .join('; ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
