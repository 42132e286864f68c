import { formation, steady } from './cluster.ts';
import { benchConfig } from './config.ts';
import { benchConsul } from './discovery-consul.ts';
import { benchDns } from './discovery-dns.ts';
import { benchRegistry } from './discovery-registry.ts';
import { benchStarts } from './discovery-starts.ts';
import { benchWheel } from './wheel.ts';

const [what, nodes] = process.argv.slice(2);
const MEASUREMENTS: Readonly<Record<string, (nodes: number) => unknown>> = {
  wheel: benchWheel,
  steady,
  formation,
  config: benchConfig,
  starts: benchStarts,
  registry: benchRegistry,
  consul: benchConsul,
  dns: benchDns,
};
console.log(JSON.stringify(await MEASUREMENTS[what ?? '']?.(Number(nodes))));
// Clients keep connections for the next call: nothing that is still open has anything to say.
process.exit(0);
