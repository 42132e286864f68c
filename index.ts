/**
 * Rollcall: who is really there. The membership core, to be run on your ports or in the simulator
 * (`rollcall/simulator`, `rollcall/scenarios`).
 */
export { Keyring, Membership, lifeguardWith, presets, settingsOf } from './core/index.ts';
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
