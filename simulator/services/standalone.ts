import { messageOf, InvalidSetting } from '../../core/errors.ts';
import type { HttpHandler, HttpRequest, HttpResponse } from '../../core/ports/http.ts';
import { textFromBytes } from '../../core/wire/text.ts';
import { suggestion } from '../../core/nearest.ts';
import type { FakeNameServer } from './dns/name-server.ts';
import type { FakePorts, FakeService } from './fake-service.ts';
import { FaultBoard } from './fault-board.ts';
import { HTTP_EFFECTS, withHttpTroubles } from './http-troubles.ts';

/** What a fake outside of any world needs from its surroundings. */
export type StandalonePorts = Pick<FakePorts, 'name' | 'clock' | 'random' | 'crypto'>;

/** What is common to all fakes that are led by hand. */
interface Led {
  readonly effects: readonly string[];
  struck?(effect: string, argument: unknown): void;
  command?(name: string, argument: unknown): void;
}

/** A fake that is served somewhere: by a test, or by `rollcall fake`. */
export interface Standalone {
  /** The service as others see it, and below `/_fake` what leads it. */
  readonly handler: HttpHandler;
  readonly faults: FaultBoard;
  /** Does at once what a `command` fault does in a world. */
  command(name: string, argument?: unknown): void;
  /** Begins a fault, as `FaultBoard.begin` does, after a look at its effect. */
  fault(effect: string, argument?: unknown, forMs?: number): void;
  readonly inspect: unknown;
}

/** Takes a fake out of the simulated world: whoever holds it begins faults, gives commands and serves its handler. */
export function standalone(create: (ports: FakePorts) => FakeService, ports: StandalonePorts): Standalone {
  const faults = new FaultBoard(ports.clock);
  const full: FakePorts = { ...ports, suffers: faults.suffers, reaches: () => true };
  const service = create(full);
  const effects = [...HTTP_EFFECTS, ...service.effects];
  const control = new Control(
    ports.name,
    {
      effects,
      struck: (effect, argument) => {
        if (service.effects.includes(effect)) service.struck?.(effect, argument);
      },
      command: (...told) => service.command?.(...told),
    },
    faults,
  );
  const served = withHttpTroubles(service.handler, full);
  return {
    handler: (request) => control.answer(request) ?? served(request),
    faults,
    command: (name, argument) => control.command(name, argument),
    fault: (effect, argument, forMs) => control.fault(effect, argument, forMs),
    get inspect() {
      return service.inspect;
    },
  };
}

/** The same for a name server: `handler` is its `/_fake` alone, for names are asked another way. */
export function standaloneDns(create: (ports: FakePorts) => FakeNameServer, ports: StandalonePorts) {
  const faults = new FaultBoard(ports.clock);
  const server = create({ ...ports, suffers: faults.suffers, reaches: () => true });
  const control = new Control(ports.name, server, faults);
  const handler: HttpHandler = (request) => control.answer(request) ?? json(404, { error: NOTHING_HERE });
  return { server, faults, handler };
}

const ROOT = '/_fake';
const ROUTES = `GET ${ROOT}, POST ${ROOT}/command, POST ${ROOT}/fault, DELETE ${ROOT}/faults`;
const NOTHING_HERE = `There is: ${ROUTES}.`;
const DAY_SECONDS = 86_400;

/** Leads a fake from outside: its faults and commands as an HTTP interface. */
class Control {
  readonly #name: string;
  readonly #led: Led;
  readonly #faults: FaultBoard;

  constructor(name: string, led: Led, faults: FaultBoard) {
    this.#name = name;
    this.#led = led;
    this.#faults = faults;
  }

  command(name: string, argument: unknown): void {
    this.#led.command?.(name, argument);
  }

  fault(effect: string, argument: unknown, forMs: number | undefined): void {
    const { effects } = this.#led;
    if (!effects.includes(effect)) {
      throw new InvalidSetting('effect', effect, `one of ${effects.join(', ')}${suggestion(effect, effects)}`);
    }
    this.#faults.begin(effect, argument, forMs);
    this.#led.struck?.(effect, argument);
  }

  /** Undefined for what the service itself is asked. */
  answer(request: HttpRequest): HttpResponse | undefined {
    const [path = ''] = request.url.split('?');
    if (path !== ROOT && !path.startsWith(`${ROOT}/`)) return undefined;
    try {
      return this.#routed(`${request.method} ${path}`, request);
    } catch (error) {
      // Whatever a fake throws at a bad argument: the person who gave it is there to read it.
      return json(400, { error: messageOf(error) });
    }
  }

  #routed(route: string, { body }: HttpRequest): HttpResponse {
    switch (route) {
      case `GET ${ROOT}`:
        return json(200, {
          name: this.#name,
          effects: this.#led.effects,
          faults: this.#faults.told(),
          struck: Object.fromEntries(this.#faults.struck),
        });
      case `POST ${ROOT}/command`: {
        const told = tableIn(body, ['name', 'argument']);
        this.command(textIn(told, 'name'), told['argument']);
        return json(200, {});
      }
      case `POST ${ROOT}/fault`: {
        const told = tableIn(body, ['effect', 'argument', 'seconds']);
        const seconds = told['seconds'];
        if (seconds !== undefined && !(typeof seconds === 'number' && seconds > 0 && seconds <= DAY_SECONDS)) {
          throw new InvalidSetting('seconds', seconds, `a number of at most ${DAY_SECONDS}, or absent`);
        }
        this.fault(textIn(told, 'effect'), told['argument'], seconds === undefined ? undefined : seconds * 1_000);
        return json(200, {});
      }
      case `DELETE ${ROOT}/faults`:
        this.#faults.clear();
        return json(200, {});
      default:
        return json(404, { error: `Nothing is at ${route}. ${NOTHING_HERE}` });
    }
  }
}

function json(status: number, value: unknown): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(value)}\n` };
}

function tableIn(body: Uint8Array, names: readonly string[]): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(textFromBytes(body));
  const isTable = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isTable && Object.keys(value).every((name) => names.includes(name))) return value as Record<string, unknown>;
  throw new InvalidSetting('body', value, `a JSON object with ${names.join(', ')}`);
}

function textIn(table: Readonly<Record<string, unknown>>, name: string): string {
  const text = table[name];
  if (typeof text === 'string' && text !== '') return text;
  throw new InvalidSetting(name, text, 'a text');
}
