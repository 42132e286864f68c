import { describe, expect, test } from 'vitest';
import { TroubleLog } from '../../core/cluster/trouble-log.ts';
import { RecordingLog } from '../health/recording-log.ts';
import { TransportCounters, countCode } from '../../transports/sockets/counters.ts';

function listening() {
  const counters = new TransportCounters();
  const log = new RecordingLog();
  const trouble = new TroubleLog(counters, log);
  /** What the log hears now, and did not before. */
  const told = (): string[] => {
    const before = log.told.length;
    trouble.tell();
    return log.told.slice(before);
  };
  return { counters, log, told };
}

describe('trouble on sockets', () => {
  test('is told once, with what to do about it, and again when there is more', () => {
    const { counters, told } = listening();
    expect(told()).toEqual([]);
    countCode(counters.sendErrors, 'EPERM');
    countCode(counters.sendErrors, 'EPERM');
    expect(told()).toEqual(['warn 2 datagrams were not sent (EPERM): a firewall on this machine forbids it']);
    expect(told()).toEqual([]);
    countCode(counters.sendErrors, 'EPERM');
    expect(told()).toEqual(['warn 1 datagram was not sent (EPERM): a firewall on this machine forbids it']);
  });

  test('is told by kind and code, each as urgent as it is', () => {
    const { counters, told, log } = listening();
    countCode(counters.sendErrors, 'ECONNREFUSED');
    countCode(counters.sendErrors, 'ENETUNREACH');
    countCode(counters.acceptErrors, 'EMFILE');
    countCode(counters.tlsFailures, 'CERT_HAS_EXPIRED');
    countCode(counters.tlsFailures, 'ERR_SSL_WRONG_VERSION_NUMBER');
    counters.openingsUnknown = 3;
    counters.carriersCut = 1;
    expect(told()).toEqual([
      'debug 1 datagram was not sent (ECONNREFUSED): nobody listens there any more',
      'warn 1 datagram was not sent (ENETUNREACH): there is no way there: compare routes with the addresses in `rollcall members`',
      'error 1 connection could not be accepted (EMFILE): too many files are open: raise the limit (LimitNOFILE, ulimit -n)',
      'error 1 TLS handshake failed (CERT_HAS_EXPIRED): a certificate has expired: renew it',
      'warn 1 TLS handshake failed (ERR_SSL_WRONG_VERSION_NUMBER): what was said is not TLS: compare cluster.network.mode on both sides',
      'warn 3 connections began with something else than a node says: compare cluster.network.mode on both sides, and look who probes this port',
      'warn 1 carrier of others closed to make room: more connections for datagrams than may be: look who opens so many',
    ]);
    expect(log.lines[2]).toMatchObject({ operation: 'accept', code: 'EMFILE', count: 1 });
  });

  test('with a code that nobody knew of is told all the same', () => {
    const { counters, told } = listening();
    countCode(counters.tlsFailures, 'ERR_SSL_NEW');
    expect(told()).toEqual([expect.stringMatching(/^warn 1 TLS handshake failed \(ERR_SSL_NEW\): /)]);
  });
});
