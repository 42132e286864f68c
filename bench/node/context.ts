/** What every part is given. */
export interface Context {
  /** The worker's program, as plain JavaScript. */
  readonly script: string;
  /** Fewer samples. */
  readonly quick: boolean;
}
