import { shorten } from './shorten.ts';

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
const SHORTEST_NAME = 22;

export interface Table {
  readonly lines: readonly string[];
  /** Titles of the columns for which there was no room. */
  readonly leftOut: readonly string[];
}

/** Lays out a table in at most `width` columns. The first column is the name. */
export function layOut<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): Table {
  const kept = [...columns];
  const leftOut: string[] = [];
  while (kept.length > 1 && !areTold(kept, rows, width)) {
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

/** Whether the names have room, and none of them looks like another one when it is cut. */
function areTold<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): boolean {
  const [names] = columns as [Column<Row>];
  const full = widthOf(names, rows);
  const room = full - Math.max(0, lineWidth(columns, rows) - width);
  if (room < Math.min(full, SHORTEST_NAME)) return false;
  const distinct = new Set(rows.map(names.cell));
  return new Set([...distinct].map((name) => shorten(name, room))).size === distinct.size;
}

function widthOf<Row>(column: Column<Row>, rows: readonly Row[]): number {
  return Math.max(column.title.length, ...rows.map((row) => column.cell(row).length));
}

function lineWidth<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): number {
  return columns.reduce((total, column) => total + widthOf(column, rows) + 1, -1);
}

function fit(text: string, width: number, align: 'left' | 'right'): string {
  const short = shorten(text, width);
  return align === 'left' ? short.padEnd(width) : short.padStart(width);
}
