import { gunzipSync, gzipSync } from 'node:zlib';
import { type Landmarks, landmarksOf } from '../../simulator/trace-difference.ts';
import { TRACE_KINDS, type TraceRecord } from '../../simulator/trace.ts';
import { UnusableFile } from '../errors.ts';
import type { Played } from '../play.ts';
import { tell } from '../story.ts';
import { parseToken } from '../token.ts';
import { outlineOf, type StageOutline } from './outline.ts';
import type { RecordedRun, ToldRecord } from './recorded-run.ts';

const FORMAT = 'rollcall-trace';
const VERSION = 1;
/** Compressed piece by piece, so that the text of a long run is never in memory as a whole. */
const ROWS_PER_PIECE = 8192;

/** The first line of a trace file. */
interface Header {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  /** Of the run: it holds scenario, seed, mode, the version and digest of the code, and the hash. */
  readonly token: string;
  readonly events: number;
  readonly landmarks: Landmarks;
  readonly outline: StageOutline;
}

/** One event: microseconds since the one before, number of the kind, host, peer, bytes, detail, digest, words. */
type Row = readonly [number, number, string, string, number, string, number, string];

/**
 * Writes a run down as it is played. The file is lines of JSON under gzip: a header, then one row per event. It holds
 * what identifies each event and what it says, so that a run of another build can be compared without that build.
 */
export class TraceWriter {
  readonly #pieces: Buffer[] = [];
  #rows: string[] = [];
  #at = 0;

  readonly record = (record: TraceRecord): void => {
    const { at, kind, host, peer, size, detail, digest } = record;
    const row: Row = [at - this.#at, TRACE_KINDS.indexOf(kind), host, peer, size, detail, digest, tell(record).words];
    this.#at = at;
    this.#rows.push(JSON.stringify(row));
    if (this.#rows.length === ROWS_PER_PIECE) this.#compress();
  };

  /** The bytes of the file, once the run is over. */
  finish({ result, stage, world: { trace } }: Played): Buffer {
    this.#compress();
    const header: Header = {
      format: FORMAT,
      version: VERSION,
      token: result.token,
      events: trace.events,
      landmarks: landmarksOf(trace),
      outline: outlineOf(stage),
    };
    return Buffer.concat([gzipSync(`${JSON.stringify(header)}\n`), ...this.#pieces]);
  }

  #compress(): void {
    if (this.#rows.length > 0) this.#pieces.push(gzipSync(`${this.#rows.join('\n')}\n`));
    this.#rows = [];
  }
}

/** Reads what a `TraceWriter` wrote. `name` is for errors. */
export function readTrace(bytes: Uint8Array, name: string): RecordedRun {
  const [first = '', ...rows] = textOf(bytes, name).trimEnd().split('\n');
  const { token, events, landmarks, outline } = headerOf(first, name);
  if (rows.length !== events) {
    throw new UnusableFile(name, `it holds ${rows.length} of ${events} events. It was probably cut; save it again.`);
  }
  return {
    token: parseToken(token),
    events,
    landmarks,
    outline,
    window: ({ from, to }) => {
      let at = 0;
      const told: ToldRecord[] = [];
      for (let event = 0; event < Math.min(to, rows.length); event += 1) {
        const row = JSON.parse(rows[event]!) as Row;
        at += row[0];
        if (event >= from) told.push(toldRow(event, at, row));
      }
      return Promise.resolve(told);
    },
  };
}

function toldRow(event: number, at: number, [, kind, host, peer, size, detail, digest, words]: Row): ToldRecord {
  const whole = { event, at, kind: TRACE_KINDS[kind]!, host, peer, size, detail, digest };
  return { record: { ...whole, parts: [], data: undefined, cause: -1 }, words };
}

function textOf(bytes: Uint8Array, name: string): string {
  try {
    return gunzipSync(bytes).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR') {
      throw new UnusableFile(name, 'it ends too early. It was probably cut; save it again.');
    }
    throw new UnusableFile(name, 'it is no trace of a run. Save one with `rollcall replay TOKEN --save-trace FILE`.');
  }
}

function headerOf(line: string, name: string): Header {
  let header: Partial<Header> = {};
  try {
    header = JSON.parse(line) as Partial<Header>;
  } catch {
    // Told below, as for any other text.
  }
  if (header.format !== FORMAT) {
    throw new UnusableFile(name, 'it is no trace of a run. Save one with `rollcall replay TOKEN --save-trace FILE`.');
  }
  if (header.version !== VERSION) {
    throw new UnusableFile(name, `it is a trace of format ${header.version}, this is ${VERSION}. Save it again.`);
  }
  return header as Header;
}
