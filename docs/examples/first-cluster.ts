import { Membership, presets } from 'rollcall';
import { SECOND } from 'rollcall/core';
import { World, type Program } from 'rollcall/simulator';

/** What one host of the cluster runs: the same lines in production, where the ports are real ones. */
const program: Program = (host) => {
  const node = new Membership({
    name: host.name,
    address: host.address,
    ports: host,
    settings: presets.fast,
    meta: new TextEncoder().encode(`role=${host.name === 'ann' ? 'db' : 'web'}`),
  });
  const say = (words: string): void => console.log(`${host.clock.now() / SECOND} ${host.name}: ${words}`);
  node.on('join', ({ member }) => say(`${member.name} is here, ${new TextDecoder().decode(member.meta)}`));
  node.on('fail', ({ member }) => say(`${member.name} is dead`));
  node.on('broadcast', ({ from, payload }) => {
    say(`hears ${from} say ${new TextDecoder().decode(payload)}`);
    if (node.member(from) !== undefined) node.send(from, new TextEncoder().encode('thanks'));
  });
  node.on('message', ({ from }) => say(`thanked by ${from}`));
  void node.join(() => host.seeds());
  host.clock.after(2 * SECOND, () => {
    if (host.name === 'ann') node.broadcast(new TextEncoder().encode('good morning'));
  });
  return { inspect: node };
};

const world = new World({
  seed: 'first cluster',
  duration: 20 * SECOND,
  latency: { kind: 'constant', delay: 500 },
  hosts: ['ann', 'bob', 'cyd'].map((name) => ({ name, program, seed: name === 'ann' })),
  faults: [{ id: 'crash', at: 5 * SECOND, kind: 'crash', hosts: ['bob'] }],
});
world.run();
