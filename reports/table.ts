/** One column: `weight` says how dear it is; the lightest go first when the line is too narrow. */
export interface Column<Row> {
  readonly title: string;
  readonly weight: number;
  readonly align: 'left' | 'right';
  cell(row: Row): string;
  /** Styles the padded cell. */
  paint?(text: string, row: Row): string;
}

/** A name may be cut down to this, with an ellipsis, before a column is given up. */
const SHORTEST_NAME = 16;

export interface Table {
  readonly lines: readonly string[];
  /** Titles of the columns for which there was no room. */
  readonly leftOut: readonly string[];
}

/** Lays out a table in at most `width` columns. The first column is the name. */
export function layOut<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): Table {
  const kept = [...columns];
  const leftOut: string[] = [];
  while (kept.length > 1 && width < lineWidth(kept, rows) - spare(kept, rows)) {
    const lightest = kept.reduce((least, column) => (column.weight < least.weight ? column : least));
    kept.splice(kept.indexOf(lightest), 1);
    leftOut.push(lightest.title);
  }
  const excess = Math.max(0, lineWidth(kept, rows) - width);
  const widths = kept.map((column, index) => widthOf(column, rows) - (index === 0 ? excess : 0));
  const header = kept
    .map((column, index) => fit(column.title, widths[index]!, column.align))
    .join(' ')
    .trimEnd();
  const body = rows.map((row) => {
    const cells = kept.map((column, index) => {
      const text = fit(column.cell(row), widths[index]!, column.align);
      return column.paint === undefined ? text : column.paint(text, row);
    });
    return cells.join(' ').trimEnd();
  });
  return { lines: [header, ...body], leftOut };
}

function widthOf<Row>(column: Column<Row>, rows: readonly Row[]): number {
  return Math.max(column.title.length, ...rows.map((row) => column.cell(row).length));
}

function lineWidth<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): number {
  return columns.reduce((total, column) => total + widthOf(column, rows) + 1, -1);
}

/** By how much the name may shrink. */
function spare<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): number {
  return Math.max(0, widthOf(columns[0]!, rows) - SHORTEST_NAME);
}

function fit(text: string, width: number, align: 'left' | 'right'): string {
  if (text.length > width) return `${text.slice(0, Math.max(0, width - 1))}…`;
  return align === 'left' ? text.padEnd(width) : text.padStart(width);
}
