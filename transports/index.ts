export { systemClock } from './clock.ts';
export { nodeCrypto } from './crypto.ts';
