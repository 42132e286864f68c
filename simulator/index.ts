export {
  AsynchronousProgram,
  CodecMismatch,
  HostFailed,
  InvalidFault,
  InvalidTopology,
  MessageChanged,
  TimeStandsStill,
} from './errors.ts';
export {
  bridge,
  cascading,
  flapping,
  flipFlopIngressLoss,
  isolate,
  massJoin,
  massLeave,
  oneWay,
  partialThreeWay,
  ring,
  rollingRestart,
  split,
  swizzle,
} from './faults/compose.ts';
export type { Rhythm, RollingRestart, Window } from './faults/compose.ts';
export type { Fault, FaultKind, LinkHarm } from './faults/fault.ts';
export { swarmSchedule } from './faults/swarm.ts';
export type { Checker, HostView, Invariant, Phase, Violation, WorldView } from './invariant.ts';
export type { Counters } from './kernel.ts';
export { createEtcd, type EtcdInspection } from './services/etcd/etcd-service.ts';
export { EtcdState, type EtcdOptions } from './services/etcd/etcd-state.ts';
export { simulatedHttpClient, type HostNames } from './http/client.ts';
export { simulatedResolver } from './sim-resolver.ts';
export { createAws } from './services/aws/aws-fake.ts';
export { createAzure, type AzureAccess } from './services/azure/azure-fake.ts';
export { CloudAccount, type CloudAccountOptions, type CloudMachine } from './services/cloud/account.ts';
export { createGce, type GceAccess } from './services/gce/gce-fake.ts';
export { createConsul, type ConsulOptions } from './services/consul/consul.ts';
export { ConsulState, type ConsulStateOptions } from './services/consul/state.ts';
export { FAKES, NAME_SERVER, type FakeKind } from './services/fakes.ts';
export { FaultBoard, type ActiveFault } from './services/fault-board.ts';
export { standalone, standaloneDns, type Standalone, type StandalonePorts } from './services/standalone.ts';
export { serviceProgram, type FakePorts, type FakeService } from './services/fake-service.ts';
export { dnsServerProgram } from './services/dns/program.ts';
export type { NameServerOptions } from './services/dns/name-server.ts';
export type { LanSegment } from './services/mdns/segment.ts';
export { DnsZone, type DnsZoneOptions } from './services/dns/zone.ts';
export { membershipInvariants, type JudgeOptions } from './invariants/index.ts';
export { allMet } from './invariants/all-met.ts';
export { nobodyBeginsAlone, type Beginners } from './invariants/discovery-alone.ts';
export { everybodyKnowsTheRest, theLivingStayCandidates } from './invariants/discovery-candidates.ts';
export { everybodyIsEntered, type EntryInTruth } from './invariants/discovery-entries.ts';
export { servicesAreSpared, sourcesAreSpared } from './invariants/discovery-pace.ts';
export type { JudgedTime } from './invariants/discovery-time.ts';
export type { LatencyModel } from './latency.ts';
export { memberProgram, type MemberProgramOptions } from './member.ts';
export type { MemberEvent } from './member-events.ts';
export type { NodeEvent } from './node-events.ts';
export { nodeProgram, type NodeInspection, type NodeProgramOptions } from './node-program.ts';
export { counted, type Counted } from './services/counted.ts';
export type { Host, HostEvent, HostSpec, Program, Running, Store } from './program.ts';
export type { EventRange, Trace, TraceKind, TracePart, TraceRecord } from './trace.ts';
export { firstDifference, type TraceDifference } from './trace-difference.ts';
export { createKubernetes } from './services/kubernetes/api-server.ts';
export { createKubernetesAddress } from './services/kubernetes/service-address.ts';
export {
  KubernetesState,
  SERVICE_ACCOUNT,
  type KubernetesOptions,
  type PodSpec,
  type Stage,
} from './services/kubernetes/state.ts';
export { createRegistry, type FakeRegistryOptions } from './services/registry/registry.ts';
export { TimerWheel } from './wheel.ts';
export { World, type WorldOptions } from './world.ts';
