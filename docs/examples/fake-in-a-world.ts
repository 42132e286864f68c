import {
  ConsulState,
  createConsul,
  serviceProgram,
  simulatedHttpClient,
  World,
  type Program,
} from 'rollcall/simulator';

const SECOND = 1_000_000;

/** The program under test: once a second it asks Consul which services there are. */
const asker: Program = async (host) => {
  const http = simulatedHttpClient(host);
  const ask = async (): Promise<void> => {
    host.clock.after(SECOND, () => void ask());
    const at = `${host.clock.now() / SECOND} s`;
    try {
      const answer = await http.call({ url: 'http://consul:8500/v1/catalog/services', deadlineMs: 500 });
      console.log(`${at}: status ${answer.status}`);
    } catch (error) {
      console.log(`${at}: ${(error as { problem?: string }).problem}`);
    }
  };
  host.clock.after(SECOND, () => void ask());
};

// Two replicas of one service would share this state, each on a host of its own.
const state = new ConsulState();
const world = new World({
  seed: 'docs',
  hosts: [
    { name: 'consul', program: serviceProgram(8500, (ports) => createConsul(ports, state)), bystander: true },
    { name: 'app', program: asker },
  ],
  faults: [
    {
      id: 'ill',
      at: 1.5 * SECOND,
      kind: 'service',
      hosts: ['consul'],
      effect: 'http-status',
      argument: { status: 503 },
      for: SECOND,
    },
    { id: 'gone', at: 2.5 * SECOND, kind: 'crash', hosts: ['consul'] },
  ],
  duration: 4 * SECOND,
  latency: { kind: 'constant', delay: 500 },
});
await world.runAsync(() => new Promise((resolve) => void setImmediate(resolve)));
