import type { FaultSpan } from '../../../scenarios/timeline/fault-spans.ts';
import type { View } from './view.ts';

/** Lanes next to each other that a fault touches for the same time. */
export interface LaneRun {
  readonly first: number;
  readonly last: number;
  readonly side: number;
  readonly to: number;
}

/** Room above the first lane, for the axis. */
export const AXIS = 24;
const LOWEST_LANE = 6;
const HIGHEST_LANE = 64;

/** Where times and lanes are on the canvas, in pixels. */
export class Geometry {
  readonly #view: View;
  readonly #lanes: number;
  readonly #runs = new Map<FaultSpan, readonly LaneRun[]>();
  left = 0;
  width = 1;
  height = 1;
  laneHeight = LOWEST_LANE;
  /** How far the lanes are scrolled up. */
  scrolled = 0;

  constructor(view: View, lanes: number) {
    this.#view = view;
    this.#lanes = lanes;
  }

  resize(left: number, width: number, height: number): void {
    this.left = left;
    this.width = Math.max(1, width - left);
    this.height = height;
    const fitting = Math.floor((height - AXIS) / Math.max(1, this.#lanes));
    this.laneHeight = Math.min(HIGHEST_LANE, Math.max(LOWEST_LANE, fitting));
  }

  /** Of all lanes, with the axis. */
  get wholeHeight(): number {
    return AXIS + this.#lanes * this.laneHeight;
  }

  x(time: number): number {
    const { from, to } = this.#view;
    return this.left + ((time - from) / (to - from)) * this.width;
  }

  time(x: number): number {
    const { from, to } = this.#view;
    return from + ((x - this.left) / this.width) * (to - from);
  }

  top(lane: number): number {
    return AXIS + lane * this.laneHeight - this.scrolled;
  }

  middle(lane: number): number {
    return this.top(lane) + this.laneHeight / 2;
  }

  /** -1 beside all lanes. */
  laneAt(y: number): number {
    const lane = Math.floor((y - AXIS + this.scrolled) / this.laneHeight);
    return y >= AXIS && lane >= 0 && lane < this.#lanes ? lane : -1;
  }

  visibleLanes(): { first: number; last: number } {
    const first = Math.max(0, Math.floor(this.scrolled / this.laneHeight));
    return { first, last: Math.min(this.#lanes, first + Math.ceil(this.height / this.laneHeight) + 1) };
  }

  runsOf(span: FaultSpan): readonly LaneRun[] {
    const known = this.#runs.get(span);
    if (known !== undefined) return known;
    const runs: { first: number; last: number; side: number; to: number }[] = [];
    for (const { lane, side, to } of span.lanes.toSorted((a, b) => a.lane - b.lane)) {
      const open = runs[runs.length - 1];
      if (open !== undefined && open.last === lane && open.side === side && open.to === to) open.last = lane + 1;
      else runs.push({ first: lane, last: lane + 1, side, to });
    }
    this.#runs.set(span, runs);
    return runs;
  }
}
