import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const at = (path: string): string => JSON.stringify(new URL(`../../../${path}`, import.meta.url).href);

test.each(['udp', 'tcp'])('nothing keeps a process alive that has closed its transport, in mode %s', (mode) => {
  const program = `
    import { bindTransport } from ${at('transports/sockets/bind.ts')};
    import { systemClock } from ${at('transports/clock.ts')};
    import { textProtocol } from ${at('test/contract/text-protocol.ts')};
    const clock = systemClock();
    const bind = () => bindTransport({ clock, mode: ${JSON.stringify(mode)}, bind: '127.0.0.1:0' });
    const [left, right] = [await bind(), await bind()];
    const closed = new Promise((resolve) => {
      const silent = { onDatagram() {}, onMalformed() {}, onStream: () => ({ onMessage() {}, onClose() {} }) };
      right.open(right.address, textProtocol, silent);
      const endpoint = left.open(left.address, textProtocol, silent);
      endpoint.send(right.address, 'datagram');
      endpoint.send('127.0.0.4:1', 'to nobody');
      endpoint.connect(right.address, 60_000_000, { onOpen: () => resolve(), onMessage() {}, onClose() {} });
      endpoint.connect('127.0.0.4:1', 60_000_000, { onMessage() {}, onClose() {} });
    });
    await closed;
    await Promise.all([left.close(), right.close()]);
    process.stdout.write('closed');`;
  const run = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 4_500,
  });
  expect([run.stdout, run.stderr, run.signal, run.status]).toEqual(['closed', '', null, 0]);
});
