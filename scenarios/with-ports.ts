import type { Host } from '../simulator/program.ts';

/** The same host, but for some of its ports: for programs that are not to know what stands between them and the world. */
export function withPorts(host: Host, ports: Partial<Pick<Host, 'clock' | 'transport'>>): Host {
  const { name, address, boot, clock, random, transport, crypto, store } = host;
  return {
    name,
    address,
    boot,
    clock,
    random,
    transport,
    crypto,
    store,
    ...ports,
    seeds: () => host.seeds(),
    addressOf: (other) => host.addressOf(other),
    suffers: (effect) => host.suffers(effect),
    reaches: (other) => host.reaches(other),
    emit: (event) => host.emit(event),
  };
}
