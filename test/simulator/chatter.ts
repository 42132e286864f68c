import type { Host, HostSpec, Program } from '../../simulator/program.ts';
import { World, type WorldOptions } from '../../simulator/world.ts';
import { textProtocol } from '../contract/text-protocol.ts';

const SECOND = 1_000_000;

/** Every host says something to a random other every second, who answers; now and then over a stream. */
export function chatter(names: readonly string[]): Program {
  return (host: Host) => {
    let sent = 0;
    const endpoint = host.transport.open<string, string>(host.address, textProtocol, {
      onDatagram(text, from) {
        if (text.startsWith('ping')) endpoint.send(from, text.replace('ping', 'pong'));
        else host.emit({ type: 'pong' });
      },
      onMalformed: () => host.emit({ type: 'malformed' }),
      onStream: () => ({
        onMessage: (text, stream) => {
          stream.send(`re ${text}`);
          stream.end();
        },
        onClose: (reason) => host.emit({ type: `accepted ${reason}` }),
      }),
    });
    const speak = (): void => {
      const peer = host.addressOf(host.random.pick(names.filter((name) => name !== host.name))) as string;
      if (++sent % 5 === 0) {
        const stream = endpoint.connect(peer, 3 * SECOND, {
          onMessage: (text) => host.emit({ type: text.slice(0, 2) }),
          onClose: (reason) => host.emit({ type: `dialed ${reason}` }),
        });
        stream.send(`stream ${sent} of ${host.name}`);
      } else endpoint.send(peer, `ping ${sent} of ${host.name}`);
      host.clock.after(SECOND, speak);
    };
    host.clock.after(host.random.int(SECOND), speak);
    return { inspect: endpoint };
  };
}

export const NAMES: readonly string[] = ['a', 'b', 'c', 'd', 'e', 'f'];

export function chatterWorld(options: Partial<WorldOptions> = {}, names = NAMES): World {
  const program = chatter(names);
  const hosts = names.map((name): HostSpec => ({ name, program }));
  return new World({ seed: 'chatter', hosts, faults: [], duration: 60 * SECOND, ...options });
}

/** The world after its whole run. */
export function played(options: Partial<WorldOptions> = {}, names = NAMES): World {
  const world = chatterWorld(options, names);
  world.run();
  return world;
}
