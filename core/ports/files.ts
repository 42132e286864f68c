import { RollcallError } from '../errors.ts';

/** `missing`: nothing is there. `denied`: it may not be touched. `full`: no space is left. `other`: see the message. */
export type FileProblem = 'missing' | 'denied' | 'full' | 'other';

export class FileFailed extends RollcallError {
  readonly path: string;
  readonly problem: FileProblem;

  constructor(path: string, problem: FileProblem, message: string, options?: { cause?: unknown }) {
    super('FILE_FAILED', message, options);
    this.path = path;
    this.problem = problem;
  }
}

/**
 * Small files that are read, replaced and removed whole.
 *
 * Contract: `write` is atomic and durable: a reader, or a machine that loses power at any moment, finds the old content
 * or the new one, never a mixture; a failed write leaves the old content and no litter. Writes to one path take effect
 * in the order in which they were asked for. Every failure is a `FileFailed`.
 */
export interface Files {
  read(path: string): Promise<Uint8Array>;
  /** The names of the files in a folder, sorted by their code units; other folders in it are left out. */
  list(folder: string): Promise<string[]>;
  /** Missing folders are made. The file can be read by its owner alone. */
  write(path: string, content: Uint8Array): Promise<void>;
  /** Takes the file away; a file that is not there is no failure. */
  remove(path: string): Promise<void>;
  /**
   * Looks every `intervalMs` whether the content is another one, by polling (network file systems and mounted secrets
   * send no events), and calls `onChange` with the new content, or with why it cannot be read now, once per change.
   * Starts from what is there at the first look. Returns how to stop.
   */
  watch(path: string, intervalMs: number, onChange: (content: Uint8Array | FileFailed) => void): () => void;
}
