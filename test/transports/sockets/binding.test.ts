import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseAddress } from '../../../core/address.ts';
import { AddressInUse, InvalidSetting } from '../../../core/errors.ts';
import type { EndpointHandlers } from '../../../core/ports/transport.ts';
import { systemClock } from '../../../transports/clock.ts';
import { bindTransport } from '../../../transports/sockets/bind.ts';
import { textProtocol } from '../../contract/text-protocol.ts';
import { bound } from './support.ts';

const clock = systemClock();
/** Used by nobody else: at 127.0.0.1 a port may be taken by the outgoing connection of another test. */
const host = '127.0.0.21';
const silent: EndpointHandlers<string, string> = {
  onDatagram() {},
  onMalformed() {},
  onStream: () => ({ onMessage() {}, onClose() {} }),
};

describe('binding', () => {
  test.each(['udp', 'tcp'] as const)('port 0 takes a free one in mode %s, and tells which', async (mode) => {
    const { address } = await bound({ clock, mode });
    expect(parseAddress(address).port).toBeGreaterThan(0);
    await expect(bindTransport({ clock, mode, bind: address })).rejects.toThrow(AddressInUse);
  });

  test('a port that is taken for UDP alone is in use, and its TCP half is given back', async () => {
    const udp = createSocket('udp4').bind(0, host);
    onTestFinished(() => void udp.close());
    await once(udp, 'listening');
    const bind = `${host}:${udp.address().port}`;
    await expect(bindTransport({ clock, mode: 'udp', bind })).rejects.toThrow(AddressInUse);
    await expect(bindTransport({ clock, mode: 'udp', bind })).rejects.toThrow(`${bind} is already bound`);
    // Mode tcp does not need it.
    expect((await bound({ clock, mode: 'tcp', bind })).address).toBe(bind);
  });

  test('a port that is taken for TCP alone is in use', async () => {
    const tcp = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void tcp.close());
    await once(tcp, 'listening');
    const bind = `127.0.0.1:${(tcp.address() as AddressInfo).port}`;
    await expect(bindTransport({ clock, mode: 'udp', bind })).rejects.toThrow(AddressInUse);
  });

  test('an address that this machine does not have is refused with what to do', async () => {
    const binding = bindTransport({ clock, mode: 'udp', bind: '203.0.113.9:0' });
    await expect(binding).rejects.toMatchObject({ code: 'ADDRESS_NOT_AVAILABLE', address: '203.0.113.9:0' });
    await expect(binding).rejects.toThrow(/^203\.0\.113\.9:0 .*no interface of this machine.*0\.0\.0\.0/);
  });

  test.each([
    [{ bind: 'localhost:7946' }, 'address'],
    [{ streamsMax: 0 }, 'streamsMax'],
    [{ receiveBufferBytes: 1.5 }, 'receiveBufferBytes'],
    [{ acceptDeadlineMs: -1 }, 'acceptDeadlineMs'],
    [{ mode: 'tls' as const }, 'tls'],
  ])('%j is refused as an invalid setting', async (wrong, setting) => {
    const binding = bindTransport({ clock, mode: 'udp', bind: '127.0.0.1:0', ...wrong });
    await expect(binding).rejects.toThrow(InvalidSetting);
    await expect(binding).rejects.toThrow(`${setting} is `);
  });

  test('the receive buffer is what was asked for, or what the kernel allows', async () => {
    const small = await bound({ clock, receiveBufferBytes: 64 * 1024 });
    expect(small.counters.receiveBufferBytes).toBe(64 * 1024);
    const huge = await bound({ clock, receiveBufferBytes: 2 ** 30 });
    expect(huge.counters.receiveBufferBytes).toBeGreaterThan(64 * 1024);
    expect(huge.counters.receiveBufferBytes).toBeLessThanOrEqual(2 ** 30);
  });
});

describe('a bound transport', () => {
  test('opens only the address that it has bound', async () => {
    const transport = await bound({ clock });
    expect(() => transport.open('127.0.0.1:1', textProtocol, silent)).toThrow(InvalidSetting);
    expect(() => transport.open('127.0.0.1:1', textProtocol, silent)).toThrow(transport.address);
  });

  test('refuses to open when it was closed, and closes as often as it is asked to', async () => {
    const transport = await bound({ clock });
    const endpoint = transport.open(transport.address, textProtocol, silent);
    await Promise.all([transport.close(), transport.close()]);
    await transport.close();
    expect(() => transport.open(transport.address, textProtocol, silent)).toThrow('it was closed');
    endpoint.send(transport.address, 'too late');
    endpoint.close();
  });

  test('gives its port back when it is closed', async () => {
    const first = await bound({ clock, bind: `${host}:0` });
    await first.close();
    expect((await bound({ clock, bind: first.address })).address).toBe(first.address);
  });
});
