/**
 * Rollcall: who might be out there, and who is really there. `startNode` runs a node on real sockets; `Membership` is the
 * core on ports of your own, or in the simulator (`rollcall/simulator`, `rollcall/scenarios`).
 */
export { startNode, type StartNodeOptions } from './transports/start-node.ts';
export type { Node, NodeOptions } from './transports/node.ts';
export { requestListener } from './transports/http/listener.ts';
export {
  decodeTags,
  encodeTags,
  InvalidConfig,
  Keyring,
  lifeguardWith,
  Membership,
  presets,
  RollcallError,
  SerfLayer,
  settingsOf,
} from './core/index.ts';
export type {
  EventOf,
  JoinResult,
  Layer,
  Member,
  MembershipEvent,
  MembershipEventType,
  MembershipOptions,
  MembershipPorts,
  MembershipSettings,
  PresetName,
  StateName,
} from './core/index.ts';
