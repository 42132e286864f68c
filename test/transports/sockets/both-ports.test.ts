import { expect, test } from 'vitest';
import { bindError } from '../../../transports/sockets/bind-errors.ts';
import { bindBoth } from '../../../transports/sockets/both-ports.ts';

const systemError = (code: string): Error => Object.assign(new Error(`bind ${code}`), { code });

/** Ports from 1 on, of which the first few are taken for datagrams. */
function machine(taken: number, code = 'EADDRINUSE') {
  const log: string[] = [];
  let port = 0;
  return {
    log,
    streams: {
      async listen() {
        log.push(`listen ${++port}`);
        return port;
      },
      async close() {
        log.push('close');
      },
    },
    async bindDatagrams(at: number) {
      if (at <= taken) throw systemError(code);
      return `datagrams at ${at}`;
    },
  };
}

test('a port that is taken for datagrams is given back, and the next one tried', async () => {
  const { log, streams, bindDatagrams } = machine(2);
  expect(await bindBoth(streams, true, bindDatagrams)).toEqual({ port: 3, datagrams: 'datagrams at 3' });
  expect(log).toEqual(['listen 1', 'close', 'listen 2', 'close', 'listen 3']);
});

test('tries end, and the last port is given back too', async () => {
  const { log, streams, bindDatagrams } = machine(1_000);
  await expect(bindBoth(streams, true, bindDatagrams)).rejects.toThrow('EADDRINUSE');
  expect(log).toHaveLength(32);
  expect(log.at(-1)).toBe('close');
});

test.each([
  ['the port was asked for', false, 'EADDRINUSE'],
  ['something else is wrong', true, 'EACCES'],
])('nothing else is tried when %s', async (_when, anyPort, code) => {
  const { log, streams, bindDatagrams } = machine(1, code);
  await expect(bindBoth(streams, anyPort, bindDatagrams)).rejects.toThrow(code);
  expect(log).toEqual(['listen 1', 'close']);
});

test.each([
  ['EADDRINUSE', 'ADDRESS_IN_USE', 'bind another port'],
  ['EADDRNOTAVAIL', 'ADDRESS_NOT_AVAILABLE', '0.0.0.0'],
  ['EAFNOSUPPORT', 'ADDRESS_NOT_AVAILABLE', 'IPv6'],
  ['EINVAL', 'ADDRESS_NOT_AVAILABLE', 'link-local'],
  ['EACCES', 'ADDRESS_DENIED', '1024'],
  ['EWEIRD', 'BIND_FAILED', 'bind EWEIRD'],
])('%s becomes %s, with the address and what to do', (code, name, advice) => {
  const error = bindError('10.0.0.7:80', systemError(code));
  expect(error.code).toBe(name);
  expect(error.message).toMatch(/^10\.0\.0\.7:80 /);
  expect(error.message).toContain(advice);
});
