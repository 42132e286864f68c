import { InvalidSetting } from '../core/errors.ts';
import type { Micros } from '../core/ports/clock.ts';
import { exponential, logarithm } from './exponent.ts';
import type { LatencyModel } from './latency.ts';

/** A latency model made ready: 1,025 quantiles in whole microseconds, between which a draw is interpolated. */
export type DelayTable = Float64Array;

const CELLS = 1024;
/** The farthest that a lognormal delay goes, in medians. */
const LOGNORMAL_CUT = 8;

/** `drawn` is 32 random bits. */
export function delayFrom(table: DelayTable, drawn: number): Micros {
  const cell = drawn >>> 22;
  const low = table[cell] as number;
  return low + Math.floor((((table[cell + 1] as number) - low) * (drawn & 0x3fffff)) / 4_194_304);
}

/** One table per ordered pair of zones; worlds without a zone matrix have a single table. */
export class Delays {
  readonly #tables: DelayTable[] = [];
  readonly #zones: readonly string[];

  constructor(model: LatencyModel, zones: readonly string[]) {
    this.#zones = model.kind === 'zones' ? zones : [''];
    if (model.kind !== 'zones') {
      this.#tables.push(tableOf(model));
      return;
    }
    const otherwise = tableOf(model.otherwise);
    for (const from of zones) {
      for (const to of zones) {
        const pair = Object.hasOwn(model.pairs, `${from}>${to}`) ? model.pairs[`${from}>${to}`] : undefined;
        this.#tables.push(pair === undefined ? otherwise : tableOf(pair));
      }
    }
  }

  /** The number by which `table` knows a zone. */
  zone(name: string): number {
    return Math.max(0, this.#zones.indexOf(name));
  }

  table(from: number, to: number): DelayTable {
    return this.#tables[from * this.#zones.length + to] as DelayTable;
  }
}

function tableOf(model: LatencyModel): DelayTable {
  switch (model.kind) {
    case 'constant':
      return quantiles(() => micros('delay', model.delay));
    case 'uniform': {
      const spread = micros('max', model.max) - micros('min', model.min);
      if (spread < 0) throw new InvalidSetting('latency.max', model.max, `at least min (${model.min})`);
      return quantiles((cell) => model.min + (spread * cell) / CELLS);
    }
    case 'exponential': {
      micros('min', model.min);
      micros('mean', model.mean);
      // The last cell ends where interpolation gives it the mean that the whole tail has.
      return quantiles(
        (cell) => model.min + model.mean * (cell < CELLS ? -logarithm(1 - cell / CELLS) : logarithm(CELLS) + 2),
      );
    }
    case 'lognormal': {
      micros('median', model.median);
      const sigma = micros('sigmaPerMille', model.sigmaPerMille) / 1000;
      const normal = normalQuantiles();
      return quantiles((cell) => model.median * Math.min(LOGNORMAL_CUT, exponential(sigma * (normal[cell] as number))));
    }
    case 'zones':
      throw new InvalidSetting('latency.pairs', model.kind, 'models other than zones: matrices do not nest');
  }
}

function quantiles(of: (cell: number) => number): DelayTable {
  const table = new Float64Array(CELLS + 1);
  for (let cell = 0; cell <= CELLS; cell++) table[cell] = Math.round(of(cell));
  return table;
}

/** Quantiles of the standard normal distribution from -4 to 4, by adding up its density. */
function normalQuantiles(): Float64Array {
  const table = new Float64Array(CELLS + 1);
  const step = 1 / 256;
  const rootTwoPi = 2.5066282746310002;
  let mass = 0;
  let cell = 1;
  table[0] = -4;
  for (let z = -4; z < 4 && cell < CELLS; z += step) {
    const middle = z + step / 2;
    const slice = (exponential((-middle * middle) / 2) * step) / rootTwoPi;
    for (; cell < CELLS && mass + slice >= cell / CELLS; cell++) {
      table[cell] = z + (step * (cell / CELLS - mass)) / slice;
    }
    mass += slice;
  }
  table[CELLS] = 4;
  return table;
}

function micros(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 0)
    throw new InvalidSetting(`latency.${name}`, value, 'a whole number from 0');
  return value;
}
