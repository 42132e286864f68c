/**
 * A measurement that is no run of a scenario: a pure function from plain data to plain data, so that any thread can
 * make it and the same call always gives the same answer.
 */
export interface Experiment<Argument = unknown, Measured = unknown> {
  /** Unique among all experiments: how a thread finds it. */
  readonly name: string;
  measure(this: void, argument: Argument): Measured;
}

/** One call of an experiment. */
export interface Call<Argument = unknown, Measured = unknown> {
  readonly experiment: Experiment<Argument, Measured>;
  readonly argument: Argument;
}
