/** One number, or one per set of labels. */
export type Reading = number | readonly Sample[];

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Distribution {
  /** In the base unit that the name ends in, such as seconds. */
  observe(value: number, labels?: Readonly<Record<string, string>>): void;
}

/**
 * Where numbers for monitoring are declared. Counters and gauges are read when somebody collects them: the code that
 * counts keeps plain fields and pays nothing for being watched.
 *
 * Contract: names follow Prometheus (`rollcall_` first, unit last, counters end in `_total`); a name is declared once;
 * `read` is synchronous and does not throw. A counter's readings never fall.
 */
export interface Meter {
  counter(name: string, help: string, read: () => Reading): void;
  gauge(name: string, help: string, read: () => Reading): void;
  histogram(name: string, help: string, labels: readonly string[], buckets: readonly number[]): Distribution;
}

/** Watches nothing. */
export const silentMeter: Meter = {
  counter() {},
  gauge() {},
  histogram: () => ({ observe() {} }),
};
