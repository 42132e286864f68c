import { formation, steady } from './cluster.ts';
import { benchConfig } from './config.ts';
import { benchWheel } from './wheel.ts';

const [what, nodes] = process.argv.slice(2);
const MEASUREMENTS: Readonly<Record<string, (nodes: number) => unknown>> = {
  wheel: benchWheel,
  steady,
  formation,
  config: benchConfig,
};
console.log(JSON.stringify(MEASUREMENTS[what ?? '']?.(Number(nodes))));
