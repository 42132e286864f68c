import { describe, expect, test } from 'vitest';
import { addressesInHosts } from '../../../transports/dns/hosts-file.ts';
import { parseResolvConf } from '../../../transports/dns/resolv-conf.ts';

describe('resolv.conf', () => {
  test('of a cluster on Kubernetes', () => {
    expect(
      parseResolvConf(
        'nameserver 10.96.0.10\nsearch ns.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n',
      ),
    ).toEqual({
      servers: [{ host: '10.96.0.10', port: 53, family: 4 }],
      search: ['ns.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
      ndots: 5,
      timeoutMs: 5_000,
      attempts: 2,
      rotate: false,
    });
  });

  test('with everything, and things that nobody knows', () => {
    const text = `
      ; comment
      # comment
      domain first.test
      search a.test. b.test   # the last such line counts
      nameserver 10.0.0.1     ; the first
      nameserver not-an-address
      nameserver fe80::1%eth0
      nameserver [10.0.0.2]:5353
      nameserver 10.0.0.3
      options rotate timeout:1 edns0 ndots:99 attempts:99
      sortlist 130.155.160.0/255.255.240.0
    `;
    expect(parseResolvConf(text)).toEqual({
      servers: [
        { host: '10.0.0.1', port: 53, family: 4 },
        { host: 'fe80::1%eth0', port: 53, family: 6 },
        { host: '10.0.0.2', port: 5353, family: 4 },
      ],
      search: ['a.test', 'b.test'],
      ndots: 15,
      timeoutMs: 1_000,
      attempts: 5,
      rotate: true,
    });
  });

  test.each(['', 'nameserver', 'search', 'options', 'options ndots: timeout:0 attempts:0', '\u0000\uFFFF'])(
    'that says %j leaves the server of this machine and bounded waiting',
    (text) => {
      const conf = parseResolvConf(text);
      expect(conf).toMatchObject({ servers: [{ host: '127.0.0.1' }], search: [] });
      expect(conf.timeoutMs).toBeGreaterThanOrEqual(1_000);
      expect(conf.attempts).toBeGreaterThanOrEqual(1);
    },
  );
});

describe('the hosts file', () => {
  const TEXT =
    '127.0.0.1 localhost\n::1 localhost ip6-localhost\n\t10.0.0.1\tnode1.test\tnode1\n10.0.0.2 node1 node1\n';

  test.each([
    ['node1', ['10.0.0.1', '10.0.0.2']],
    ['NODE1.test.', ['10.0.0.1']],
    ['localhost', ['127.0.0.1', '::1']],
    ['ip6-localhost', ['::1']],
    ['node2', []],
    ['notlocalhost', []],
    ['', []],
  ])('gives %j %j', (name, addresses) => {
    expect(addressesInHosts(TEXT, name)).toEqual(addresses);
  });
});
