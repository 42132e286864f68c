import * as kinds from '../../config/kinds.ts';
import { DEFAULT_PORT } from '../host-port.ts';
import type { SourceType } from '../source-type.ts';
import { staticSource } from './static-source.ts';

export interface StaticConfig {
  readonly type: 'static';
  readonly seedNodes: readonly string[];
}

export const staticType: SourceType<StaticConfig> = {
  type: 'static',
  keys: [
    {
      name: 'seed_nodes',
      field: 'seedNodes',
      kind: kinds.list(kinds.peer),
      initial: [],
      says: `where peers may be; without a port, ${DEFAULT_PORT} is meant`,
      defines: true,
      peers: true,
      aliases: ['cluster.seeds'],
    },
  ],
  urls: { static: ({ hosts, path }) => ({ seed_nodes: [...hosts, ...path.split(',').filter((peer) => peer !== '')] }) },
  inWords: ({ seedNodes }) => `the seed nodes ${seedNodes.join(', ')}`,
  create: ({ seedNodes }, { resolver }) => staticSource(seedNodes, resolver([])),
};
