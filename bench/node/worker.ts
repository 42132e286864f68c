import { crewCommands } from './crew-worker.ts';
import { drillCommands } from './drill-worker.ts';
import { obey } from './obey.ts';
import { productionCommands } from './production-worker.ts';

obey({ ...crewCommands(), ...drillCommands(), ...productionCommands() });
