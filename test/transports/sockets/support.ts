import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Address, CloseReason, Endpoint, Stream, StreamHandlers } from '../../../core/ports/transport.ts';
import { bindTransport, type BindOptions } from '../../../transports/sockets/bind.ts';
import type { TransportCounters } from '../../../transports/sockets/counters.ts';
import type { BoundTransport } from '../../../transports/sockets/socket-transport.ts';
import { textProtocol } from '../../contract/text-protocol.ts';

/** A transport that is closed when its test is over. */
export async function bound(options: Partial<BindOptions> & { clock: Clock }): Promise<BoundTransport> {
  const transport = await bindTransport({ bind: '127.0.0.1:0', mode: 'udp', ...options });
  onTestFinished(() => transport.close());
  return transport;
}

/** Waits until something is true, for four seconds at most. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = performance.now() + 4_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`Waited in vain until ${what}.`);
    await sleep(2);
  }
}

/** Waits until nothing moves: all ends are in this process, so a few idle turns of its event loop tell. */
export async function quiet(all: readonly TransportCounters[]): Promise<void> {
  const moved = (): string => all.map((counters) => JSON.stringify(counters)).join();
  let before = moved();
  for (let idle = 0; idle < 12; idle++) {
    await sleep(1);
    const now = moved();
    if (now !== before) idle = 0;
    before = now;
  }
}

export interface Authority {
  readonly ca: string;
  /** A certificate with these names: `IP:127.0.0.1` or `DNS:node.example`. */
  issue(names: string): { readonly ca: string; readonly cert: string; readonly key: string };
}

/** A certificate authority that lives as long as this test file. */
export function authority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-tls-'));
  const path = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'pipe', cwd: folder });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '2',
    '-subj',
    '/CN=test authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const ca = readFileSync(path('ca.pem'), 'utf8');
  let count = 0;
  return {
    ca,
    issue(names) {
      const name = `node${++count}`;
      writeFileSync(path(`${name}.ext`), `subjectAltName=${names}\n`);
      openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
      const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', `${name}.ext`];
      openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.pem`);
      return { ca, cert: readFileSync(path(`${name}.pem`), 'utf8'), key: readFileSync(path(`${name}.key`), 'utf8') };
    },
  };
}

export interface Talk {
  readonly events: string[];
  readonly details: unknown[];
  readonly handlers: StreamHandlers<string>;
}

/** Notes what happens to a stream. */
export function talk(onMessage: (text: string, stream: Stream<string>) => void = () => {}): Talk {
  const events: string[] = [];
  const details: unknown[] = [];
  return {
    events,
    details,
    handlers: {
      onOpen: () => void events.push('open'),
      onMessage(text, stream) {
        events.push(text);
        onMessage(text, stream);
      },
      onClose(reason: CloseReason, detail) {
        events.push(`closed: ${reason}`);
        details.push(detail);
      },
    },
  };
}

export interface Party {
  readonly transport: BoundTransport;
  readonly endpoint: Endpoint<string, string>;
  readonly address: Address;
  readonly heard: (readonly [text: string, from: Address])[];
  readonly malformed: (readonly [error: Error, from: Address])[];
  readonly accepted: { readonly stream: Stream<string>; readonly events: string[] }[];
}

/** Somebody who notes everything and answers each message on a stream with its echo. */
export function party(transport: BoundTransport): Party {
  const heard: [string, Address][] = [];
  const malformed: [Error, Address][] = [];
  const accepted: { stream: Stream<string>; events: string[] }[] = [];
  const endpoint = transport.open<string, string>(transport.address, textProtocol, {
    onDatagram: (text, from) => void heard.push([text, from]),
    onMalformed: (error, from) => void malformed.push([error, from]),
    onStream(stream) {
      const { events, handlers } = talk((text) => stream.send(`echo ${text}`));
      accepted.push({ stream, events });
      return handlers;
    },
  });
  return { transport, endpoint, address: transport.address, heard, malformed, accepted };
}

/** What would have ended the process, from now to the end of the test. */
export function uncaught(): unknown[] {
  const errors: unknown[] = [];
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => errors.push(error));
  onTestFinished(() => {
    process.removeAllListeners('uncaughtException');
    for (const other of others) process.on('uncaughtException', other);
  });
  return errors;
}
