import { SECOND } from '../../core/ports/clock.ts';
import type { Measured, Parts, SweepResults, TroublePlace, TroubleRun } from '../../scenarios/sweep/result.ts';
import type { Figure, FigureLine, FigurePoint } from './figure.ts';
import { meanPoint, medianPoint } from './spread.ts';
import { inSeconds, short } from './words.ts';

const PARTS: Readonly<Record<Parts, string>> = {
  none: 'no parts (SWIM)',
  probe: 'LHA-Probe',
  suspicion: 'LHA-Suspicion',
  buddy: 'Buddy System',
  all: 'all parts (Lifeguard)',
};

/** What is worse off, and which places of the sweep show it. */
interface Trouble {
  readonly id: string;
  readonly against: string;
  readonly axis: string;
  /** In a sentence: `at 50 % loss`. */
  at(x: number): string;
  /** Undefined for a place that is about something else. */
  xOf(place: TroublePlace): number | undefined;
}

const LOSS: Trouble = {
  id: 'loss',
  against: 'against loss',
  axis: 'Datagrams lost, percent',
  at: (x) => `at ${short(x)} % loss`,
  xOf: ({ lossPercent, slow }) => (slow === 0 ? lossPercent : undefined),
};

const SLOWNESS: Trouble = {
  id: 'slowness',
  against: 'against slow members',
  axis: 'Slow members of 32',
  at: (x) => `with ${short(x)} slow members of 32`,
  xOf: ({ lossPercent, slow }) => (lossPercent === 0 ? slow : undefined),
};

/** Fewer per node and hour than any sweep would see. */
const RARELY = 0.05;

export function troubleFigures({ trouble }: SweepResults): Figure[] {
  return [
    detection(trouble, LOSS),
    falsePositives(trouble, LOSS, 'falsePositivesPerNodeHour', 'False positives'),
    detection(trouble, SLOWNESS),
    falsePositives(trouble, SLOWNESS, 'falsePositivesPerNodeHour', 'False positives'),
    falsePositives(trouble, SLOWNESS, 'falsePositivesAtHealthyPerNodeHour', 'False positives at healthy members (FP-)'),
  ];
}

type Places = readonly Measured<TroublePlace, TroubleRun>[];

function detection(places: Places, cause: Trouble): Figure {
  const lines = linesOf(places, cause, (x, runs) =>
    medianPoint(
      x,
      runs.map((run) => run.detection),
      SECOND,
    ),
  );
  return {
    id: `detection-${cause.id}`,
    title: `Detection of a crash, ${cause.against}`,
    shows: `Until all healthy members know of the crash: ${ends(lines, cause, inSeconds)}.`,
    x: { title: cause.axis },
    y: { title: 'Seconds from the crash' },
    lines,
  };
}

function falsePositives(
  places: Places,
  cause: Trouble,
  metric: 'falsePositivesPerNodeHour' | 'falsePositivesAtHealthyPerNodeHour',
  title: string,
): Figure {
  const lines = linesOf(places, cause, (x, runs) => [
    meanPoint(
      x,
      runs.map((run) => run[metric]),
    ),
  ]);
  return {
    id: `${metric === 'falsePositivesPerNodeHour' ? 'false-positives' : 'false-positives-healthy'}-${cause.id}`,
    title: `${title}, ${cause.against}`,
    shows: `Live and healthy members held dead, per node and hour: ${ends(lines, cause, short)}.`,
    x: { title: cause.axis },
    y: { title: 'Per node and hour; none is drawn at the edge', logFrom: RARELY },
    lines,
  };
}

function linesOf(
  places: Places,
  { xOf }: Trouble,
  pointsAt: (x: number, runs: readonly TroubleRun[]) => readonly FigurePoint[],
): FigureLine[] {
  return (Object.keys(PARTS) as Parts[]).map((parts) => ({
    name: PARTS[parts],
    kind: 'measured',
    points: places
      .flatMap(({ place, runs }) => {
        const x = xOf(place);
        return x === undefined || place.parts !== parts ? [] : pointsAt(x, runs);
      })
      .toSorted((a, b) => a.x - b.x),
  }));
}

/** `at 50 % loss, 661 with no parts (SWIM) and 2 with all parts (Lifeguard)`: where both were measured. */
function ends(lines: readonly FigureLine[], { at }: Trouble, written: (value: number) => string): string {
  const [nones, alls] = [lines[0]?.points ?? [], lines.at(-1)?.points ?? []];
  const all = alls.findLast(({ x }) => nones.some((point) => point.x === x));
  const none = nones.find(({ x }) => x === all?.x);
  if (none === undefined || all === undefined) return 'too little was measured';
  return `${at(all.x)}, ${written(none.y)} with ${PARTS.none} and ${written(all.y)} with ${PARTS.all}`;
}
