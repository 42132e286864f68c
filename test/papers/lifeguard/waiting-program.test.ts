import { expect, test } from 'vitest';
import { waitingWhereItSends } from '../../../scenarios/papers/lifeguard/waiting-program.ts';
import type { Fault } from '../../../simulator/faults/fault.ts';
import type { Host, Program } from '../../../simulator/program.ts';
import { World } from '../../../simulator/world.ts';
import { pingProtocol } from '../../scenarios/ping.ts';

const MS = 1_000;
/** From 1,000 to 2,000 ms nobody sends or receives. */
const BLOCK: Fault = { id: 'block', at: 1_000 * MS, for: 1_000 * MS, kind: 'pause', mode: 'ioBlock', hosts: ['a'] };

/** When the program, played beside a silent one, says that something happened: in milliseconds. */
function saidBy(program: (host: Host, send: () => void, say: () => void) => void, wrapped = true): number[] {
  const said: number[] = [];
  const a: Program = (host) => {
    const endpoint = host.transport.open(host.address, pingProtocol, {
      onDatagram() {},
      onMalformed() {},
      onStream: () => ({ onMessage() {}, onClose() {} }),
    });
    const send = () => endpoint.send(host.addressOf('b')!, { number: 1 });
    program(host, send, () => said.push(host.clock.now() / MS));
  };
  const blockedUntil = (now: number) => (now >= BLOCK.at && now < 2_000 * MS ? 2_000 * MS : undefined);
  const world = new World({
    seed: 'waiting',
    duration: 3_000 * MS,
    faults: [BLOCK],
    hosts: [
      { name: 'a', program: wrapped ? waitingWhereItSends(a, blockedUntil) : a },
      { name: 'b', program: () => {} },
    ],
  });
  world.run();
  return said;
}

test('a loop that sends during a block goes on when the block ends', () => {
  const loop = (host: Host, send: () => void, say: () => void) => {
    const turn = () => {
      say();
      host.clock.after(400 * MS, turn);
      send();
    };
    host.clock.after(400 * MS, turn);
  };
  expect(saidBy(loop)).toEqual([400, 800, 1_200, 2_000, 2_400, 2_800]);
  expect(saidBy(loop, false)).toEqual([400, 800, 1_200, 1_600, 2_000, 2_400, 2_800]);
});

test('a timer that was set apart from a blocked send runs on time', () => {
  const said = saidBy((host, send, say) => {
    host.clock.after(1_500 * MS, say);
    host.clock.after(1_100 * MS, send);
  });
  expect(said).toEqual([1_500]);
});

test('steps that waited run in their order, and can be cancelled while they wait', () => {
  const said = saidBy((host, send, say) => {
    let unwanted = 0;
    host.clock.after(1_500 * MS, () => host.clock.cancel(unwanted));
    host.clock.after(1_100 * MS, () => {
      send();
      unwanted = host.clock.after(100 * MS, () => expect.unreachable());
      host.clock.after(1_200 * MS, say);
      host.clock.after(200 * MS, () => {
        say();
        send();
      });
      host.clock.after(300 * MS, say);
    });
  });
  expect(said).toEqual([2_000, 2_000, 2_300]);
});
