import { messageOf, RollcallError } from '../errors.ts';
import { MILLISECOND, type Clock, type Timer } from '../ports/clock.ts';
import { FileFailed, type Files } from '../ports/files.ts';
import type { Log } from '../ports/log.ts';
import { compareBytes } from '../membership/lattice.ts';
import { DamagedSnapshot, decodeSnapshot, encodeSnapshot, type Snapshot } from './snapshot.ts';

export interface SnapshotKeeperDeps {
  readonly files: Files;
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly intervalMs: number;
}

/** How long a write is waited for when something depends on it. */
const PATIENCE_MS = 5_000;

/** Keeps the snapshot file of one node: read once, then written whenever there is something new to remember. */
export class SnapshotKeeper {
  readonly #deps: SnapshotKeeperDeps;
  #written: Uint8Array = new Uint8Array(0);
  #take: (() => Snapshot) | undefined;
  #timer: Timer = 0;
  /** Since the node started. */
  failures = 0;
  /** Whether the last attempt to write failed. */
  failing = false;

  constructor(deps: SnapshotKeeperDeps) {
    this.#deps = deps;
  }

  /**
   * What the last life left; undefined when there was none. A file that cannot be read stops the start: going on would
   * overwrite it. A damaged one, and one of a cluster with another label, are put aside.
   */
  async load(label: string): Promise<Snapshot | undefined> {
    const { files, path, log } = this.#deps;
    let content: Uint8Array;
    try {
      content = await files.read(path);
    } catch (error) {
      if (error instanceof FileFailed && error.problem === 'missing') return undefined;
      throw new RollcallError(
        'SNAPSHOT_UNREADABLE',
        `The snapshot cannot be read, and starting without it would overwrite it. ${messageOf(error)} ` +
          `Make ${path} readable, or move it away to start afresh.`,
        { cause: error },
      );
    }
    const putAside = async (aside: string, problem: string): Promise<undefined> => {
      await files.write(aside, content);
      log.warn({ operation: 'snapshot', path }, `${problem} It was put aside as ${aside}; starting without it.`);
    };
    try {
      const snapshot = decodeSnapshot(content);
      if (snapshot.label !== label) {
        const labels = `${JSON.stringify(snapshot.label)}, not ${JSON.stringify(label)}`;
        return await putAside(`${path}.other-label`, `The snapshot is of a cluster with the label ${labels}.`);
      }
      this.#written = content;
      return snapshot;
    } catch (error) {
      if (!(error instanceof DamagedSnapshot)) throw error;
      return putAside(`${path}.damaged`, error.message);
    }
  }

  /**
   * Writes once, before anything depends on it: a folder that cannot be used should be noticed now and not at the next
   * start. A disk that is full is no reason not to run.
   */
  async prove(snapshot: Snapshot): Promise<void> {
    const { files, path, clock } = this.#deps;
    const content = encodeSnapshot(snapshot);
    try {
      await within(clock, PATIENCE_MS, files.write(path, content));
      this.#written = content;
    } catch (error) {
      if (error instanceof FileFailed && error.problem === 'full') return this.#failed(error);
      const advice = `Correct cluster.data_dir or its permissions, or leave it empty to keep nothing.`;
      throw new RollcallError('SNAPSHOT_UNWRITABLE', `The snapshot cannot be written. ${messageOf(error)} ${advice}`, {
        cause: error,
      });
    }
  }

  /** From now on writes what `take` returns, at most once per interval and only when it is another. */
  start(take: () => Snapshot): void {
    this.#take = take;
    this.#schedule();
  }

  /** Ends the writing, with one last snapshot if there is one. */
  async stop(last: Snapshot | undefined): Promise<void> {
    this.#deps.clock.cancel(this.#timer);
    this.#take = undefined;
    // A disk that does not answer must not keep a node that is to end.
    if (last !== undefined)
      await within(this.#deps.clock, PATIENCE_MS, this.save(last)).catch((error) => this.#failed(error));
  }

  async save(snapshot: Snapshot): Promise<void> {
    const { files, path, log } = this.#deps;
    const content = encodeSnapshot(snapshot);
    if (compareBytes(content, this.#written) === 0) return;
    try {
      await files.write(path, content);
      this.#written = content;
      if (this.failing) log.info({ operation: 'snapshot', path }, 'the snapshot is written again');
      this.failing = false;
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const { log, path } = this.#deps;
    this.failures += 1;
    // Once per outage: the disk will stay full for a while.
    if (!this.failing) {
      const advice = 'The node tries again for as long as it runs; until then a restart would remember an older state.';
      log.error({ operation: 'snapshot', path }, `the snapshot was not written. ${messageOf(error)} ${advice}`);
    }
    this.failing = true;
  }

  #schedule(): void {
    const { clock, intervalMs } = this.#deps;
    this.#timer = clock.after(intervalMs * MILLISECOND, () => {
      const take = this.#take;
      if (take === undefined) return;
      void this.save(take()).then(() => this.#take === take && this.#schedule());
    });
  }
}

/** Rejects when `work` takes longer. */
function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new RollcallError('TIMEOUT', `The disk did not answer within ${ms / 1_000} s.`));
    const timer = clock.after(ms * MILLISECOND, late);
    work.then(resolve, reject).finally(() => clock.cancel(timer));
  });
}
