import { agreement } from './agreement.ts';
import { besideSerf } from './beside-serf.ts';
import { large } from './large.ts';
import { monitor } from './monitor.ts';
import { playParts } from './parts.ts';

await playParts({
  heading: 'Rollcall nodes on real sockets',
  worker: 'node/worker.ts',
  parts: { large, serf: besideSerf, monitor, agreement },
  inWords: (text) => text,
});
process.exit();
