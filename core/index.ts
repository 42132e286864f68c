export { canonicalAddress, formatAddress, parseAddress, sameAddress } from './address.ts';
export { AddressInUse, InvalidSetting, MalformedPacket, RollcallError, type MalformedReason } from './errors.ts';
export { MILLISECOND, SECOND, type Clock, type Micros, type Timer } from './ports/clock.ts';
export { HASH_BYTES, NONCE_BYTES, TAG_BYTES, type Crypto, type Key } from './ports/crypto.ts';
export type { Random, Ratio } from './ports/random.ts';
export type {
  Address,
  CloseReason,
  Codec,
  Endpoint,
  EndpointHandlers,
  PartVisitor,
  Protocol,
  Stream,
  StreamCodec,
  StreamHandlers,
  StreamReader,
  Transport,
} from './ports/transport.ts';
export { seededRandom } from './random.ts';
export { memberlistProtocol } from './wire/protocol.ts';
export type { Security } from './wire/security.ts';
export { Kind, State } from './wire/messages.ts';
export type { Description, Frame, Message, Packet, PeerState, StreamMessage } from './wire/messages.ts';
export type { Counters, DropReason } from './membership/counters.ts';
export type { EventOf, Member, MembershipEvent, MembershipEventType, StateName } from './membership/events.ts';
export { ExchangeFailed } from './membership/exchange.ts';
export type { Seeds } from './membership/healing.ts';
export { InvalidKey, Keyring } from './membership/keyring.ts';
export type { Layer, LayerHost } from './membership/layers.ts';
export { JoinFailed, Membership, NotRunning, UnknownMember } from './membership/membership.ts';
export { Names } from './membership/names.ts';
export type { Cause, Observation, Observe } from './membership/observation.ts';
export type { MembershipOptions, MembershipPorts } from './membership/options.ts';
export { MessageTooLarge, type JoinResult } from './membership/running-node.ts';
export {
  lifeguardWith,
  presets,
  settingsOf,
  type LifeguardParts,
  type MembershipSettings,
  type PresetName,
} from './membership/settings.ts';
