import type { Child } from './dom.ts';
import { el } from './dom.ts';

export interface Column<Row> {
  readonly title: string;
  /** Numbers stand in line on the right. The first column is the heading of its row. */
  readonly align?: 'left' | 'right';
  /** A class of the style sheet, for a column that is laid out otherwise. */
  readonly look?: 'summary';
  cell(row: Row): Child;
  /** By what the reader may sort; null is last either way. */
  sort?(row: Row): number | string | null;
}

export interface Table<Row> {
  /** What it lists, read aloud and printed above it. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Said in place of rows. */
  readonly empty?: string;
}

export interface LiveTable<Row> {
  readonly element: HTMLElement;
  update(rows: readonly Row[]): void;
}

export function dataTable<Row>(table: Table<Row>): HTMLElement {
  return liveTable(table).element;
}

/** A table whose rows change. It scrolls by itself where the screen is narrower, with the keyboard too. */
export function liveTable<Row>({ caption, columns, rows, empty = 'Nothing to list.' }: Table<Row>): LiveTable<Row> {
  let shown = rows;
  let sorting: { readonly column: Column<Row>; readonly down: boolean } | undefined;
  const body = el('tbody');
  const heads = columns.map((column) => el('th', { scope: 'col', class: classOf(column) }, head(column)));

  function head(column: Column<Row>): Child {
    if (column.sort === undefined) return column.title;
    const sort = (): void => {
      // Numbers are mostly looked at from the largest down.
      const first = column.align === 'right';
      sorting = { column, down: sorting?.column === column ? !sorting.down : first };
      draw();
    };
    return el('button', { type: 'button', class: 'sort', onclick: sort }, column.title);
  }

  function draw(): void {
    const ordered = sorting === undefined ? shown : sorted(shown, sorting.column, sorting.down);
    body.replaceChildren(
      ...ordered.map((row) => tableRow(row, columns)),
      ...(ordered.length === 0 ? [el('tr', {}, el('td', { class: 'empty', colspan: columns.length }, empty))] : []),
    );
    for (const [index, column] of columns.entries()) {
      const order = sorting?.column === column ? (sorting.down ? 'descending' : 'ascending') : undefined;
      if (order === undefined) heads[index]!.removeAttribute('aria-sort');
      else heads[index]!.setAttribute('aria-sort', order);
    }
  }

  draw();
  const element = el(
    'div',
    { class: 'scroll', role: 'region', 'aria-label': caption },
    el('table', {}, el('caption', {}, caption), el('thead', {}, el('tr', {}, ...heads)), body),
  );
  reachable(element);
  return {
    element,
    update(next) {
      shown = next;
      draw();
    },
  };
}

function tableRow<Row>(row: Row, columns: readonly Column<Row>[]): HTMLElement {
  const cells = columns.map((column, index) =>
    index === 0
      ? el('th', { scope: 'row', class: classOf(column) }, column.cell(row))
      : el('td', { class: classOf(column) }, column.cell(row)),
  );
  return el('tr', {}, ...cells);
}

function classOf<Row>({ align = 'left', look }: Column<Row>): string {
  return look === undefined ? align : `${align} ${look}`;
}

function sorted<Row>(rows: readonly Row[], { sort }: Column<Row>, down: boolean): Row[] {
  const keyed = rows.map((row) => ({ row, key: sort?.(row) ?? null }));
  const known = keyed.flatMap(({ row, key }) => (key === null ? [] : [{ row, key }]));
  known.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) * (down ? -1 : 1));
  return [...known, ...keyed.filter(({ key }) => key === null)].map(({ row }) => row);
}

/** What scrolls can be scrolled with the keyboard; what does not is no stop on the way. */
function reachable(element: HTMLElement): void {
  new ResizeObserver(() => {
    const scrolls = element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight;
    if (scrolls) element.tabIndex = 0;
    else element.removeAttribute('tabindex');
  }).observe(element);
}
