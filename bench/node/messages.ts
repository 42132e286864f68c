/** What a parent asks of a worker. */
export interface Command {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

/** The answer, or what went wrong. */
export type Reply = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: string };
