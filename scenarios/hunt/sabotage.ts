import { SECOND } from '../../core/ports/clock.ts';
import type { Endpoint, EndpointHandlers, Stream, StreamHandlers, Transport } from '../../core/ports/transport.ts';
import { type Frame, Kind, type Message, type Packet } from '../../core/wire/messages.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { Host, HostSpec, Program } from '../../simulator/program.ts';
import type { Scenario, Stage } from '../scenario.ts';
import { withPorts } from '../with-ports.ts';

/**
 * A known bug, put into one host of a run on purpose.
 *
 * - `mute`: a member of a cluster never answers accusations, for what it says of itself never leaves it anew. Caught only
 *   by those who hold the members' views against the truth: it proves the drawing, the threads and the rules.
 * - `throw`: a program throws. Caught by the runner itself: it proves that failures come back from the threads and are
 *   counted, and nothing about the rules of a program that only its author knows.
 */
export type Sabotage = 'mute' | 'throw';

/** The same scenario, with the same draws and one saboteur. */
export function sabotaged(scenario: Scenario, sabotage: Sabotage): Scenario {
  return {
    ...scenario,
    stage: (context) => {
      const stage = scenario.stage(context);
      const random = context.random.fork('sabotage');
      const saboteur = random.pick(stage.hosts.filter(({ bystander }) => bystander !== true));
      return SABOTAGES[sabotage](stage, saboteur, random.int(Math.ceil(stage.duration / SECOND / 2)) * SECOND);
    },
  };
}

const SABOTAGES: Readonly<Record<Sabotage, (stage: Stage, saboteur: HostSpec, moment: number) => Stage>> = {
  mute: (stage, saboteur) => {
    // Once everything is over it sleeps, so that it is accused for certain, and all the time of the calm comes again.
    const sleep: Fault = {
      id: 'sabotage',
      kind: 'pause',
      hosts: [saboteur.name],
      mode: 'freeze',
      at: stage.duration,
      for: 60 * SECOND,
    };
    return {
      ...withProgram(stage, saboteur, muted),
      faults: [...stage.faults, sleep],
      duration: sleep.at + sleep.for + stage.duration,
    };
  },
  throw: (stage, saboteur, moment) => withProgram(stage, saboteur, (program) => throwing(program, moment)),
};

function withProgram(stage: Stage, saboteur: HostSpec, change: (program: Program) => Program): Stage {
  const hosts = stage.hosts.map((spec) => (spec === saboteur ? { ...spec, program: change(spec.program) } : spec));
  return { ...stage, hosts };
}

function throwing(program: Program, moment: number): Program {
  return (host) => {
    host.clock.after(moment, () => {
      throw new Error('This host was sabotaged.');
    });
    return program(host);
  };
}

function muted(program: Program): Program {
  return (host) => {
    const mouth = new Mouth(host);
    const transport: Transport = {
      open: (address, protocol, handlers) =>
        mouth.endpoint(host.transport.open(address, protocol, mouth.handlers(handlers))),
    };
    return program(withPorts(host, { transport }));
  };
}

/** Everything that a host says passes here, and its defence gets stuck. */
class Mouth {
  readonly #host: Host;
  #incarnation: number | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  endpoint<D, S>(endpoint: Endpoint<D, S>): Endpoint<D, S> {
    return {
      address: endpoint.address,
      send: (to, message) => {
        const said = this.#datagram(message);
        if (said !== undefined) endpoint.send(to, said);
      },
      connect: (to, deadline, handlers) => this.#stream(endpoint.connect(to, deadline, this.#streamHandlers(handlers))),
      close: () => endpoint.close(),
    };
  }

  handlers<D, S>(handlers: EndpointHandlers<D, S>): EndpointHandlers<D, S> {
    return {
      onDatagram: (message, from) => handlers.onDatagram(message, from),
      onMalformed: (error, from) => handlers.onMalformed(error, from),
      onStream: (stream) => this.#streamHandlers(handlers.onStream(this.#stream(stream))),
    };
  }

  #streamHandlers<S>(handlers: StreamHandlers<S>): StreamHandlers<S> {
    return {
      onOpen: (stream) => handlers.onOpen?.(this.#stream(stream)),
      onMessage: (message, stream) => handlers.onMessage(message, this.#stream(stream)),
      onClose: (reason, detail) => handlers.onClose(reason, detail),
    };
  }

  #stream<S>(stream: Stream<S>): Stream<S> {
    const say = (message: S): S => this.#frame(message);
    return {
      peer: stream.peer,
      get pending() {
        return stream.pending;
      },
      send: (message) => stream.send(say(message)),
      end: () => stream.end(),
      close: () => stream.close(),
    };
  }

  #datagram<D>(message: D): D | undefined {
    if (!isPacket(message)) return message;
    const parts = message.parts.filter((part) => !(part.kind === Kind.alive && this.#isOwn(part.about.address)));
    return parts.length === 0 ? undefined : { ...message, parts };
  }

  /** Exchanges of state must name it, or nobody would ever know it: but by its first incarnation for good. */
  #frame<S>(frame: S): S {
    if (!isFrame(frame) || frame.message.kind !== Kind.pushPull) return frame;
    const states = frame.message.states.map((state) => {
      if (!this.#isOwn(state.about.address)) return state;
      this.#incarnation ??= state.incarnation;
      return { ...state, incarnation: this.#incarnation };
    });
    return { ...frame, message: { ...frame.message, states } };
  }

  #isOwn(address: string): boolean {
    return address === this.#host.address;
  }
}

function isPacket(message: unknown): message is Packet {
  const { parts } = message as { parts?: readonly Message[] };
  return Array.isArray(parts);
}

function isFrame(message: unknown): message is Frame {
  const { message: inner } = message as { message?: { kind?: unknown } };
  return inner?.kind !== undefined;
}
