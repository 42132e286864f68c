import { setTimeout as sleep } from 'node:timers/promises';
import { WorkerProcess } from '../node/worker-process.ts';
import { trouble } from './admin.ts';
import { TARGET, type NodesSetup, type Seen, type StartedNode } from './nodes.ts';
import { Pinger } from './pinger.ts';

const PEERS = ['peer-1', 'peer-2', 'peer-3'];

/** A node under attack in a process of its own, three healthy peers in another, the attacker in a third. */
export interface Scene extends StartedNode {
  readonly pid: number;
  readonly attacker: WorkerProcess;
  readonly pinger: Pinger;
  /** What the peers see. */
  peers(): Promise<Seen>;
  /** What the node under attack sees. */
  target(): Promise<Seen>;
  /** Milliseconds that a peer needs to exchange state with the node under attack; undefined when it cannot. */
  exchange(): Promise<number | undefined>;
  /** Seconds until the node is ready, healthy, answers and is held alive by everybody; undefined when it does not come to that. */
  recovery(withinSeconds: number): Promise<number | undefined>;
  end(): Promise<void>;
}

export async function setUp(script: string, key?: Uint8Array): Promise<Scene> {
  const [node, crowd, attacker] = [script, script, script].map((one) => new WorkerProcess(one)) as [
    WorkerProcess,
    WorkerProcess,
    WorkerProcess,
  ];
  const base64 = key === undefined ? undefined : Buffer.from(key).toString('base64');
  const start = (where: WorkerProcess, setup: Omit<NodesSetup, 'key'>): Promise<StartedNode[]> =>
    where.ask('nodes', { ...setup, key: base64 });
  const [{ address, admin }] = (await start(node, { names: [TARGET], seeds: [] })) as [StartedNode];
  await start(crowd, { names: PEERS, seeds: [address] });
  const pinger = new Pinger(address, TARGET, key);
  pinger.start();
  const everybody = PEERS.length + 1;
  const scene: Scene = {
    address,
    admin,
    pid: node.pid,
    attacker,
    pinger,
    peers: () => crowd.ask('seen', undefined),
    target: () => node.ask('seen', undefined),
    exchange: () => crowd.ask<number>('exchange', address).catch(() => undefined),
    async recovery(withinSeconds) {
      const began = performance.now();
      const answersBefore = pinger.lastAnswer;
      for (;;) {
        const views = [...(await scene.peers()).alive, ...(await scene.target()).alive];
        const whole = views.every((alive) => alive === everybody);
        const healthy = (await trouble(admin)) === undefined;
        const seconds = (performance.now() - began) / 1_000;
        if (whole && healthy && pinger.lastAnswer > answersBefore) return seconds;
        if (seconds > withinSeconds) return undefined;
        await sleep(20);
      }
    },
    async end() {
      pinger.stop();
      await Promise.all([node.kill(), crowd.kill(), attacker.kill()]);
    },
  };
  if ((await scene.recovery(20)) === undefined) throw new Error('the cluster did not form in 20 s');
  return scene;
}
