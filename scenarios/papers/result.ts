/** What `rollcall papers` finds: plain data, from which tables and charts are drawn without knowing the papers. */
export interface PapersResult {
  /** Of this package. */
  readonly version: string;
  readonly mode: PapersMode;
  readonly tables: readonly PaperTable[];
  /** `differs` when any row does. */
  readonly verdict: 'agrees' | 'differs';
}

/** `sampled` measures enough for every verdict; `full` takes more samples, and whole grids. */
export type PapersMode = 'sampled' | 'full';

export const PAPERS = ['swim', 'lifeguard', 'serf', 'demers', 'rapid'] as const;
export type PaperName = (typeof PAPERS)[number];

/** One table or figure of a paper. */
export interface PaperTable {
  /** Unique and stable, such as `swim-detection`. */
  readonly id: string;
  readonly paper: PaperName;
  readonly title: string;
  /** What was run and how rows are judged, in a few sentences. */
  readonly note: string;
  /** Rows of equal group stand together. */
  readonly rows: readonly PaperRow[];
}

/** One number of a paper beside ours. */
export interface PaperRow {
  /** One line of a chart, such as `k = 1`; '' where a table has one group alone. */
  readonly group: string;
  /** Unique within its group. */
  readonly label: string;
  /** Where the row stands on a numeric axis, such as a group size; null where there is no such axis. */
  readonly x: number | null;
  /** What is counted, such as `periods`; '' for plain numbers. */
  readonly unit: string;
  /** null where the paper gives no number. */
  readonly paper: number | null;
  readonly ours: number;
  /** Between these lies our figure: see `span`. Equal to `ours` where nothing is drawn by chance. */
  readonly low: number;
  readonly high: number;
  /** `interval`: a confidence interval of 99.9 %. `extremes`: all single samples. */
  readonly span: 'interval' | 'extremes';
  /** Independent samples behind `ours`: seeds, trials or probes, as the note says. */
  readonly samples: number;
  /**
   * `within`: some of what lies between low and high must come this close to the paper's number. `at-most`: all of it must
   * lie at or below the number. null: not judged.
   */
  readonly rule: 'within' | 'at-most' | null;
  /** In the unit of the row; 0 unless the rule is `within`. */
  readonly tolerance: number;
  readonly verdict: RowVerdict;
  /** Why so much is tolerated, or why there is no verdict. Rows that are judged alike give the same reason. */
  readonly why: string;
}

/** `shown` rows are not judged. */
export type RowVerdict = 'agrees' | 'differs' | 'shown';

export function verdictOf(tables: readonly PaperTable[]): PapersResult['verdict'] {
  return tables.some(({ rows }) => rows.some(({ verdict }) => verdict === 'differs')) ? 'differs' : 'agrees';
}

/** With what was found earlier about other papers, when that was measured in the same way. */
export function withEarlier(result: PapersResult, earlier: PapersResult | undefined): PapersResult {
  if (earlier?.version !== result.version || earlier.mode !== result.mode) return result;
  const isNew = (paper: PaperName) => result.tables.some((table) => table.paper === paper);
  const all = [...result.tables, ...earlier.tables.filter(({ paper }) => !isNew(paper))];
  const tables = PAPERS.flatMap((name) => all.filter(({ paper }) => paper === name));
  return { ...result, tables, verdict: verdictOf(tables) };
}
