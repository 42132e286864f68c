import type { Clock } from '../../core/ports/clock.ts';
import type { Crypto } from '../../core/ports/crypto.ts';
import type { HttpHandler } from '../../core/ports/http.ts';
import type { Random } from '../../core/ports/random.ts';
import { serveSimulatedHttp } from '../http/server.ts';
import type { Program, Suffering } from '../program.ts';
import { HTTP_EFFECTS, withHttpTroubles } from './http-troubles.ts';

/** What a fake is made of, in a simulated world as on the machine of a developer. */
export interface FakePorts {
  /** The host that this replica runs on. */
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
  /** What it has to suffer of this kind right now; whoever lets it act calls `strike`. */
  readonly suffers: (effect: string) => Suffering | undefined;
  /** Whether another host would hear it now: replicas of one service ask this before they learn from each other. */
  readonly reaches: (host: string) => boolean;
}

/** A stand-in for a service: a handler over time and chance, whoever serves it. */
export interface FakeService {
  readonly handler: HttpHandler;
  /** The effects of `service` faults that it knows, besides those of HTTP. */
  readonly effects: readonly string[];
  /** One of them begins. */
  struck?(effect: string, argument: unknown): void;
  command?(name: string, argument: unknown): void;
  /** For checkers and tests to look at. */
  readonly inspect?: unknown;
}

/** A fake as a program of a simulated host, served on this port of its address. */
export function serviceProgram(port: number, create: (ports: FakePorts) => FakeService): Program {
  return async (host) => {
    const { name, clock, random, crypto } = host;
    const suffers = (effect: string): Suffering | undefined => host.suffers(effect);
    const ports: FakePorts = { name, clock, random, crypto, suffers, reaches: (other) => host.reaches(other) };
    const service = create(ports);
    serveSimulatedHttp(host, port, withHttpTroubles(service.handler, ports));
    return {
      inspect: service.inspect,
      effects: [...HTTP_EFFECTS, ...service.effects],
      struck: (effect, argument) => {
        if (service.effects.includes(effect)) service.struck?.(effect, argument);
      },
      command: (command, argument) => service.command?.(command, argument),
    };
  };
}
