import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SECOND } from '../../../core/ports/clock.ts';
import { systemClock } from '../../../transports/clock.ts';
import { bindTransport } from '../../../transports/sockets/bind.ts';
import { placeOf } from '../../../transports/sockets/place.ts';
import type { TlsMaterial } from '../../../transports/sockets/tls.ts';
import { ManualClock } from '../../membership/lone-node.ts';
import { authority, bound, party, talk, until, type Party } from './support.ts';

const clock = systemClock();
const ours = authority();
const theirs = authority();
const local = ours.issue('IP:127.0.0.1');
const named = ours.issue('DNS:node.cluster');
const elsewhere = ours.issue('IP:192.0.2.1');
const foreign = theirs.issue('IP:127.0.0.1');

const node = async (tls: TlsMaterial): Promise<Party> => party(await bound({ clock, mode: 'tls', tls }));
const failures = ({ transport }: Party) => Object.fromEntries(transport.counters.tlsFailures);

/** Dials, and returns what became of it. */
async function dial(from: Party, to: Party) {
  const { events, details, handlers } = talk();
  from.endpoint.connect(to.address, 4 * SECOND, handlers).send('hello');
  await until('something is heard', () =>
    events.some((event) => event.startsWith('closed') || event.startsWith('echo')),
  );
  return { events, details };
}

/** Somebody with a TLS stack and no Rollcall; returns whether the node let it speak. */
async function admitted(to: Party, options: ConnectionOptions): Promise<boolean> {
  const { host, port } = placeOf(to.address);
  const socket = connectTls({ host, port, ca: ours.ca, ...options });
  let gone = false;
  socket.on('error', () => {});
  socket.on('close', () => (gone = true));
  onTestFinished(() => void socket.destroy());
  await until('it is secure or cut', () => gone || to.transport.counters.connectionsOpen === 1);
  await until('it is accepted or cut', () => gone || socket.readyState === 'open');
  socket.write(Uint8Array.of(0, 2, 104, 105));
  await until('it is heard or cut', () => gone || to.accepted.length > 0);
  return to.accepted.length > 0;
}

describe('mutual TLS', () => {
  test('admits a peer whose certificate carries the expected name, wherever it is', async () => {
    const [left, right] = [
      await node({ ...named, serverName: 'node.cluster' }),
      await node({ ...named, serverName: 'node.cluster' }),
    ];
    expect((await dial(left, right)).events).toEqual(['open', 'echo hello']);
    left.endpoint.send(right.address, 'datagram');
    await until('it is heard', () => right.heard.length === 1);
    expect([failures(left), failures(right)]).toEqual([{}, {}]);
  });

  test('knows an IPv4 peer by its address on a socket for IPv6 too', async () => {
    const left = await node(local);
    const right = party(await bound({ clock, mode: 'tls', tls: local, bind: '[::]:0' }));
    const address = `127.0.0.1:${placeOf(right.address).port}`;
    expect((await dial(left, { ...right, address })).events).toEqual(['open', 'echo hello']);
  });

  test('admits TLS 1.2 and 1.3 with a certificate of ours, and nothing older', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      expect(await admitted(await node(local), { ...local, minVersion: version, maxVersion: version })).toBe(true);
    }
    const strict = await node(local);
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect(await admitted(strict, { ...local, ...old })).toBe(false);
    expect(Object.keys(failures(strict))).toEqual(['ERR_SSL_UNSUPPORTED_PROTOCOL']);
  });

  test.each([
    ['that shows none', {}, 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE'],
    ['of another authority', { cert: foreign.cert, key: foreign.key }, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['for another address', { cert: elsewhere.cert, key: elsewhere.key }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('cuts a peer with a certificate %s, and counts why', async (_what, certificate, reason) => {
    const strict = await node(local);
    expect(await admitted(strict, certificate)).toBe(false);
    expect(failures(strict)).toEqual({ [reason]: 1 });
    expect(strict.accepted).toEqual([]);
    await until('it is gone', () => strict.transport.counters.connectionsOpen === 0);
  });

  test.each([
    ['of another authority', foreign, local, 'refused', /self-signed certificate in certificate chain/],
    ['for another address', elsewhere, local, 'refused', /192\.0\.2\.1/],
  ])('does not talk to a peer with a certificate %s', async (_what, wrong, right, reason, words) => {
    const suspicious = await node(right);
    const peer = await node(wrong);
    const { events, details } = await dial(suspicious, peer);
    expect(events).toEqual([`closed: ${reason}`]);
    expect(String(details[0])).toMatch(words);
    expect(Object.values(failures(suspicious))).toEqual([1]);
    await until('it is gone', () => suspicious.transport.counters.connectionsOpen === 0);
    expect(peer.accepted.every(({ events: heard }) => !heard.includes('hello'))).toBe(true);
  });

  test('refuses a dialer that is not believed', async () => {
    const strict = await node(local);
    const unbelieved = await node({ ...foreign, ca: ours.ca });
    const { events } = await dial(unbelieved, strict);
    expect(events).toEqual(['closed: refused']);
    expect(strict.accepted).toEqual([]);
    expect(failures(strict)).toEqual({ UNABLE_TO_VERIFY_LEAF_SIGNATURE: 1 });
  });

  test('keeps datagrams from and to whoever is not believed', async () => {
    const strict = await node(local);
    const stranger = await node({ ...foreign, ca: ours.ca });
    stranger.endpoint.send(strict.address, 'from a stranger');
    strict.endpoint.send(stranger.address, 'to a stranger');
    await until(
      'both have failed',
      () => strict.transport.counters.carriersFailed === 1 && Object.keys(failures(strict)).length >= 1,
    );
    await until('all is gone', () => stranger.transport.counters.connectionsOpen === 0);
    expect([strict.heard, stranger.heard]).toEqual([[], []]);
  });

  test('cuts what is no TLS, and whoever leaves in the middle, and goes on', async () => {
    const strict = await node(local);
    const { host, port } = placeOf(strict.address);
    const plain = connect({ host, port }).on('error', () => {});
    plain.write('GET / HTTP/1.1\r\n\r\n');
    await once(plain, 'close');
    const hasty = connect({ host, port });
    await once(hasty, 'connect');
    hasty.destroy();
    await until('both are counted', () => Object.values(failures(strict)).reduce((sum, count) => sum + count, 0) === 2);
    expect(await admitted(strict, { cert: local.cert, key: local.key })).toBe(true);
  });

  test('cuts a handshake that takes too long', async () => {
    const manual = new ManualClock();
    const strict = party(await bound({ clock: manual, mode: 'tls', tls: local, acceptDeadlineMs: 5_000 }));
    const { host, port } = placeOf(strict.address);
    const silent = connect({ host, port }).on('error', () => {});
    await until('it is accepted', () => strict.transport.counters.connectionsOpen === 1 && manual.pending === 1);
    manual.advance(5_000);
    await once(silent, 'close');
    await until('it is gone', () => strict.transport.counters.connectionsOpen === 0);
    expect(strict.transport.counters.streamTimeouts).toBe(1);
    expect(manual.pending).toBe(0);
  });

  test('does not bind with material that cannot be used', async () => {
    const binding = bindTransport({ clock, mode: 'tls', bind: '127.0.0.1:0', tls: { ...local, key: foreign.key } });
    await expect(binding).rejects.toMatchObject({ code: 'TLS_MATERIAL_INVALID' });
    const garbage = bindTransport({ clock, mode: 'tls', bind: '127.0.0.1:0', tls: { ...local, cert: 'no PEM' } });
    await expect(garbage).rejects.toMatchObject({ code: 'TLS_MATERIAL_INVALID' });
  });

  test('cuts a silent connection in time also when it comes from where another one has just been reset', async () => {
    const manual = new ManualClock();
    const { address, counters } = await bound({ clock: manual, mode: 'tls', tls: local, acceptDeadlineMs: 1_000 });
    const { host, port } = placeOf(address);
    // The first to reset is not yet closed here when the next one is accepted.
    const from = async (localPort?: number) => {
      const socket = connect({
        host,
        port,
        localAddress: '127.0.0.23',
        ...(localPort === undefined ? {} : { localPort }),
      });
      onTestFinished(() => void socket.destroy());
      socket.on('error', () => {});
      await once(socket, 'connect');
      return socket;
    };
    const first = await from();
    await until('it is accepted', () => counters.connectionsOpen === 1);
    const { localPort } = first;
    first.resetAndDestroy();
    const second = await from(localPort);
    await until('only the second is open', () => counters.connectionsOpen === 1 && manual.pending === 1);
    manual.advance(1_000);
    await until('it is cut', () => second.destroyed || second.readableEnded);
    expect(manual.pending).toBe(0);
  });
});
