/** What of a view stands in the page's address. */
export interface Place {
  /** Microseconds: the middle of what is seen, how much is seen, and where the cursor is. */
  readonly time?: number;
  readonly width?: number;
  readonly cursor?: number;
  readonly nodes: readonly string[];
  /** None for the usual ones. */
  readonly kinds: readonly string[];
  readonly text: string;
  readonly row?: number;
}

const SECOND = 1_000_000;

/** `#t=12.5&w=4&at=12.1&node=n3,n7&kind=suspect,dead&q=refutes&e=1234`; what cannot be read is left out. */
export function readPlace(hash: string): Place {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const seconds = numberOf(fields.get('t'));
  const width = numberOf(fields.get('w'));
  const cursor = numberOf(fields.get('at'));
  const row = numberOf(fields.get('e'));
  return {
    ...(seconds === undefined ? {} : { time: seconds * SECOND }),
    ...(width === undefined || width <= 0 ? {} : { width: width * SECOND }),
    ...(cursor === undefined ? {} : { cursor: cursor * SECOND }),
    ...(row === undefined || !Number.isInteger(row) ? {} : { row }),
    nodes: listOf(fields.get('node')),
    kinds: listOf(fields.get('kind')),
    text: fields.get('q') ?? '',
  };
}

export function writePlace({ time, width, cursor, nodes, kinds, text, row }: Place): string {
  const fields = [
    time === undefined ? '' : `t=${round(time / SECOND)}`,
    width === undefined ? '' : `w=${round(width / SECOND)}`,
    cursor === undefined ? '' : `at=${round(cursor / SECOND)}`,
    nodes.length === 0 ? '' : `node=${nodes.map(encodeURIComponent).join(',')}`,
    kinds.length === 0 ? '' : `kind=${kinds.map(encodeURIComponent).join(',')}`,
    text === '' ? '' : `q=${encodeURIComponent(text)}`,
    row === undefined ? '' : `e=${row}`,
  ];
  return `#${fields.filter((field) => field !== '').join('&')}`;
}

function numberOf(text: string | null): number | undefined {
  const number = text === null || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

function listOf(text: string | null): string[] {
  return (text ?? '').split(',').filter((entry) => entry !== '');
}

function round(seconds: number): number {
  return Number(seconds.toFixed(6));
}
