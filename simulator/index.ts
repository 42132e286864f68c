export {
  AsynchronousProgram,
  CodecMismatch,
  HostFailed,
  InvalidFault,
  InvalidTopology,
  MessageChanged,
} from './errors.ts';
export type { Fault, FaultKind, LinkHarm } from './faults/fault.ts';
export type { Checker, HostView, Invariant, Phase, Violation, WorldView } from './invariant.ts';
export type { Counters } from './kernel.ts';
export type { LatencyModel } from './latency.ts';
export type { Host, HostEvent, HostSpec, Program, Running, Store } from './program.ts';
export type { EventRange, Trace, TraceKind, TracePart, TraceRecord } from './trace.ts';
export { World, type WorldOptions } from './world.ts';
