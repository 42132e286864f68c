import { expect, test } from 'vitest';
import { Keyring } from '../../../core/membership/keyring.ts';
import { Membership } from '../../../core/membership/membership.ts';
import { presets } from '../../../core/membership/settings.ts';
import { seededRandom } from '../../../core/random.ts';
import { systemClock } from '../../../transports/clock.ts';
import { nodeCrypto } from '../../../transports/crypto.ts';
import type { BoundTransport } from '../../../transports/sockets/bind.ts';
import { authority, bound, until } from './support.ts';

const clock = systemClock();
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (of: string): Uint8Array => new TextEncoder().encode(of);

function member(name: string, transport: BoundTransport): Membership {
  return new Membership({
    name,
    address: transport.address,
    settings: presets.fast,
    label: 'test',
    keyring: new Keyring([new Uint8Array(16).fill(7)]),
    ports: { clock, transport, random: seededRandom(name), crypto: nodeCrypto() },
  });
}

const alive = (node: Membership): string =>
  node
    .members()
    .filter(({ state }) => state === 'alive')
    .map(({ name }) => name)
    .toSorted()
    .join();

test.each(['udp', 'tcp', 'tls'] as const)(
  'two nodes join, see each other, talk and part over sockets in mode %s, and meet again',
  async (mode) => {
    const tls = mode === 'tls' ? { tls: authority().issue('IP:127.0.0.1') } : {};
    const transports = [await bound({ clock, mode, ...tls }), await bound({ clock, mode, ...tls })] as const;
    const [ada, bob] = [member('ada', transports[0]), member('bob', transports[1])];
    const heard: string[] = [];
    for (const node of [ada, bob]) {
      node.on('message', ({ from, payload }) => heard.push(`${node.name} from ${from}: ${text(payload)}`));
      node.on('broadcast', ({ from, payload }) => heard.push(`${node.name} of all from ${from}: ${text(payload)}`));
    }
    await ada.join();
    await bob.join([transports[0].address]);
    await until('both see both', () => alive(ada) === 'ada,bob' && alive(bob) === 'ada,bob');

    ada.send('bob', bytes('by datagram'));
    await bob.sendReliable('ada', bytes('by stream'));
    ada.broadcast(bytes('to all'));
    await until('all is heard', () => heard.length >= 3);
    expect(heard.filter((line) => !line.startsWith('ada of all')).toSorted()).toEqual([
      'ada from bob: by stream',
      'bob from ada: by datagram',
      'bob of all from ada: to all',
    ]);

    await bob.leave();
    await until('ada knows', () => alive(ada) === 'ada');
    await bob.join([transports[0].address]);
    await until('both see both', () => alive(ada) === 'ada,bob' && alive(bob) === 'ada,bob');

    ada.stop();
    bob.stop();
    await Promise.all(transports.map((transport) => transport.close()));
    for (const { counters } of transports) {
      expect(counters).toMatchObject({ connectionsOpen: 0, streamsOpen: 0, carriersOpen: 0, streamTimeouts: 0 });
      expect(counters.tlsFailures.size).toBe(0);
    }
  },
);
