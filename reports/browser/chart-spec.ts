export interface Point {
  readonly x: number;
  readonly y: number;
  /** Between these lie most of the values that `y` stands for: drawn as a stroke. */
  readonly low?: number;
  readonly high?: number;
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  /**
   * A line with its points, unless said otherwise; `curve` has no points, `dots` has no line, `theory` is a thin line for
   * comparison, grey where it has no place.
   */
  readonly look?: 'line' | 'curve' | 'steps' | 'dots' | 'theory';
  /** Which colour and dash it has, where series come and go: its place otherwise. */
  readonly place?: number;
}

export interface Axis {
  readonly title: string;
  readonly log?: boolean;
  readonly min?: number;
  readonly max?: number;
  /** How a value is written, at the axis and in the tip. */
  format?(value: number): string;
}

/** A line across, such as p99. */
export interface Guide {
  readonly y: number;
  readonly label: string;
}

export interface LineChart {
  /** What it shows, in one sentence: read aloud, and the name of the picture. */
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly guides?: readonly Guide[];
}

export interface BarChart {
  readonly title: string;
  readonly bars: readonly { readonly name: string; readonly value: number }[];
  readonly x: Axis;
}
