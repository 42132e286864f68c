/** One chart of a sweep with its table and one sentence: drawn by the page, printed by the terminal. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  /** What it shows, from its own numbers. */
  readonly shows: string;
  readonly x: FigureAxis;
  readonly y: FigureAxis;
  readonly lines: readonly FigureLine[];
}

export interface FigureAxis {
  readonly title: string;
  /** Logarithmic, from here on: what is less is drawn at the edge. */
  readonly logFrom?: number;
}

export interface FigureLine {
  /** A line of theory says where it is from. */
  readonly name: string;
  readonly kind: 'measured' | 'fit' | 'theory';
  readonly points: readonly FigurePoint[];
}

/** Middle and spread over seeds; of a line that is computed, the value alone. */
export interface FigurePoint {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
  readonly seeds?: number;
}
