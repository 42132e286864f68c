import { InvalidSetting } from '../core/errors.ts';
import type { Meter, Reading, Sample } from '../core/ports/meter.ts';
import { PROCESS_METRICS } from './process-metrics.ts';

export interface PromMeterOptions {
  /** Also tells of this process: CPU, memory, open files, event loop. Costs nothing until somebody scrapes. */
  readonly process?: boolean;
}

export interface PromMeter extends Meter {
  /** Everything declared, read now, in the text format of Prometheus. */
  scrape(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Numbers through prom-client, in a registry of their own. */
export async function promMeter(options: PromMeterOptions = {}): Promise<PromMeter> {
  const { Counter, Gauge, Histogram, Registry } = await import('prom-client');
  const registry = new Registry();

  const declared = (name: string, help: string) => {
    if (registry.getSingleMetric(name) !== undefined) throw new InvalidSetting('metric name', name, 'declared once');
    return { name, help, registers: [registry] };
  };

  // Answering with what is read now, instead of copying it in, leaves no label sets from before and hashes none.
  const readOnDemand = (metric: InstanceType<typeof Counter> | InstanceType<typeof Gauge>, read: () => Reading) => {
    const described = metric.get.bind(metric);
    metric.get = async () => ({ ...(await described()), values: samples(read()) });
  };

  const meter: PromMeter = {
    counter(name, help, read) {
      readOnDemand(new Counter(declared(name, help)), read);
    },
    gauge(name, help, read) {
      readOnDemand(new Gauge(declared(name, help)), read);
    },
    histogram(name, help, labels, buckets) {
      const histogram = new Histogram({ ...declared(name, help), labelNames: [...labels], buckets: [...buckets] });
      return { observe: (value, labelled = {}) => histogram.observe(labelled, value) };
    },
    async scrape() {
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
  if (options.process) for (const { name, kind, help, read } of PROCESS_METRICS) meter[kind](name, help, read);
  return meter;
}

function samples(reading: Reading): Sample[] {
  return typeof reading === 'number' ? [{ value: reading, labels: {} }] : [...reading];
}
