import { writeSync } from 'node:fs';

/** How long one line may wait for a slow reader, in milliseconds, before lines are dropped until it reads again. */
const PATIENCE_MS = 500;
const PAUSE_MS = 5;

export interface LineWriter {
  write(line: string): void;
}

/**
 * Writes each line to a file descriptor before it returns, so that the last words before an exit are not lost.
 * What cannot be written is dropped: a full disk or a reader that has gone must not stop a node. Once lines get through
 * again, `notice` says how many are missing.
 */
export function lineWriter(
  fd: number,
  notice: (lost: number) => string,
  writeBytes: (fd: number, bytes: Uint8Array) => number = writeSync,
): LineWriter {
  let cut: Uint8Array = new Uint8Array(0);
  let lost = 0;
  let patient = true;

  /** Returns what could not be written. */
  const push = (bytes: Uint8Array): Uint8Array => {
    const pauses = patient ? PATIENCE_MS / PAUSE_MS : 0;
    let rest = bytes;
    for (let paused = 0; rest.length > 0;) {
      try {
        rest = rest.subarray(writeBytes(fd, rest));
      } catch (error) {
        const slow = (error as NodeJS.ErrnoException).code === 'EAGAIN';
        if (!slow || paused++ >= pauses) return rest;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
      }
    }
    return rest;
  };

  return {
    write(line) {
      cut = push(cut);
      const bytes = Buffer.from(lost > 0 ? notice(lost) + line : line);
      const rest = cut.length > 0 ? bytes : push(bytes);
      patient = rest.length === 0;
      if (patient) lost = 0;
      // A line that was begun is finished before the next one.
      else if (rest.length < bytes.length) [cut, lost] = [rest, 0];
      else lost++;
    },
  };
}
