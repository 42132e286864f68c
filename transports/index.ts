export { systemClock } from './clock.ts';
export { nodeCrypto } from './crypto.ts';
export { advertisedAddress } from './sockets/advertise.ts';
export { bindTransport, type BindOptions, type BoundTransport } from './sockets/bind.ts';
export type { TransportCounters } from './sockets/counters.ts';
export type { TlsMaterial } from './sockets/tls.ts';
