export { canonicalAddress, formatAddress, parseAddress, sameAddress } from './address.ts';
export { AddressInUse, InvalidSetting, MalformedPacket, RollcallError, type MalformedReason } from './errors.ts';
export { MILLISECOND, SECOND, type Clock, type Micros, type Timer } from './ports/clock.ts';
export {
  HASH_BYTES,
  NONCE_BYTES,
  SIGN_KEY_BYTES,
  SIGNATURE_BYTES,
  TAG_BYTES,
  type Crypto,
  type Key,
} from './ports/crypto.ts';
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
export { FileFailed, type FileProblem, type Files } from './ports/files.ts';
export {
  HttpFailed,
  type HttpAnswer,
  type HttpBody,
  type HttpCall,
  type HttpClient,
  type HttpClients,
  type HttpHandler,
  type HttpHeaders,
  type HttpPeer,
  type HttpProblem,
  type HttpRequest,
  type HttpResponse,
  type HttpTrust,
} from './ports/http.ts';
export { silentLog, type Log, type LogFields, type LogLevel } from './ports/log.ts';
export { silentMeter, type Distribution, type Meter, type Reading, type Sample } from './ports/meter.ts';
export {
  ResolveFailed,
  type DnsAnswer,
  type DnsService,
  type ResolveProblem,
  type Resolver,
} from './ports/resolver.ts';
export { seededRandom } from './random.ts';
export { memberlistProtocol } from './wire/protocol.ts';
export type { Security } from './wire/security.ts';
export { Kind, State } from './wire/messages.ts';
export type { Description, Frame, Message, Packet, PeerState, StreamMessage } from './wire/messages.ts';
export { adminHandler, type AdminOptions } from './admin/handler.ts';
export type { KeyInfo, Operated, OperatedKeys, Readiness } from './admin/operated.ts';
export { Cluster, type ClusterOptions, type ClusterPorts } from './cluster/cluster.ts';
export type { NodeConfig } from './config/node-config.ts';
export { InvalidConfig } from './config/problems.ts';
export { readConfig, type ConfigInput, type ConfigResult } from './config/read.ts';
export type { ChainEvent } from './discovery/chain.ts';
export { addressChecksum } from './discovery/checksum.ts';
export { MemoryRegistry, memorySource } from './discovery/memory/memory-source.ts';
export {
  REGISTRY_PORT,
  registryServer,
  type RegistryServer,
  type RegistryServerOptions,
} from './discovery/registry/server.ts';
export { keyIdOf, signRegistry, type Edition, type SignedRegistry } from './discovery/signed/signed-registry.ts';
export { Directory, DirectoryFailed, PeerNotFound } from './discovery/directory.ts';
export {
  Collision,
  nobody,
  SourceFailed,
  STEADY_LIFETIME_MS,
  type Ask,
  type Candidate,
  type Entry,
  type Found,
  type Lease,
  type Self,
  type Source,
  type Watcher,
} from './discovery/source.ts';
export type { SourcePorts } from './discovery/source-type.ts';
export type { DiscoveryEvent } from './cluster/discovery.ts';
export type { DiscoveryHealth } from './health/discovery-health.ts';
export { SerfLayer, type SerfLayerOptions } from './serf/serf-layer.ts';
export { decodeTags, encodeTags, type Tags } from './membership/tags.ts';
export type { Counters, DropReason } from './membership/counters.ts';
export type { EventOf, Member, MembershipEvent, MembershipEventType, StateName } from './membership/events.ts';
export { ExchangeFailed } from './membership/exchange.ts';
export type { Seeds } from './membership/healing.ts';
export { InvalidKey, Keyring } from './membership/keyring.ts';
export type { Layer, LayerHost } from './membership/layers.ts';
export { JoinFailed, MemberIsLive, Membership, NotRunning, UnknownMember } from './membership/membership.ts';
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
