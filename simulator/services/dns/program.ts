import { DNS_PORT, type DnsMessage } from '../../../core/dns/message.ts';
import { dnsProtocol } from '../../../core/dns/protocol.ts';
import type { Endpoint, Stream, StreamHandlers } from '../../../core/ports/transport.ts';
import { ipOf } from '../../http/server.ts';
import type { Host, Program } from '../../program.ts';
import { simulatedExchange } from './client.ts';
import { createNameServer, type FakeNameServer, type NameServerOptions } from './name-server.ts';

/** A name server as a program of a simulated host, on port 53 of its address. */
export function dnsServerProgram(options: NameServerOptions): Program {
  return async (host) => {
    const { name, clock, random, crypto } = host;
    const server = createNameServer(
      {
        name,
        clock,
        random,
        crypto,
        suffers: (effect) => host.suffers(effect),
        reaches: (other) => host.reaches(other),
        addressOf: (other) => addressOf(host, other),
        exchange: simulatedExchange(host),
      },
      options,
    );
    serve(host, server);
    return {
      get inspect() {
        return server.inspect;
      },
      effects: server.effects,
      command: (command, argument) => server.command(command, argument),
    };
  };
}

function addressOf(host: Host, other: string): string | undefined {
  const address = host.addressOf(other);
  return address === undefined ? undefined : ipOf(address);
}

function serve(host: Host, server: FakeNameServer): void {
  const endpoint: Endpoint<DnsMessage, DnsMessage> = host.transport.open(
    `${ipOf(host.address)}:${DNS_PORT}`,
    dnsProtocol,
    {
      onMalformed() {},
      onDatagram(query, from) {
        void server.handler(query, { over: 'datagram', address: from }).then((reply) => {
          if (typeof reply !== 'string') endpoint.send(from, reply);
        });
      },
      onStream: (stream) => conversation(stream, server),
    },
  );
}

function conversation(stream: Stream<DnsMessage>, server: FakeNameServer): StreamHandlers<DnsMessage> {
  if (!server.takesStreams()) stream.close();
  return {
    onMessage(query) {
      void server.handler(query, { over: 'stream', address: stream.peer }).then((reply) => {
        if (reply === 'hang-up') stream.close();
        else if (reply !== 'silence') stream.send(reply);
      });
    },
    onClose() {},
  };
}
