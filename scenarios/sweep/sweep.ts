import type { Experiment } from '../experiments/experiment.ts';
import { eachSeed, type Seeds } from '../experiments/seeds.ts';

/** What one thread is asked at a time. */
export interface Share<Place> {
  readonly place: Place;
  readonly seeds: Seeds;
}

/** How one place is measured with one seed, and what that costs. */
export interface Sweep<Place, Run> extends Experiment<Share<Place>, Run[]> {
  /** Nodes times seconds of virtual time: what the time of a run depends on. */
  nodeSeconds(this: void, place: Place): number;
}

export function sweepOf<Place, Run>(
  name: string,
  nodeSeconds: (place: Place) => number,
  run: (place: Place, seed: number) => Run,
): Sweep<Place, Run> {
  return { name, nodeSeconds, measure: ({ place, seeds }) => eachSeed(seeds, (seed) => run(place, seed)) };
}
