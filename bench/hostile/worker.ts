import { obey } from '../node/obey.ts';
import { fill } from './fill.ts';
import { flood } from './flood.ts';
import { nodeCommands } from './nodes.ts';
import { storm } from './storm.ts';

// Nodes, or those who attack them.
obey({ ...nodeCommands(), fill, flood, storm });
