import { InvalidSetting } from '../../../core/errors.ts';
import type { HttpHandler, HttpResponse } from '../../../core/ports/http.ts';
import type { FakePorts, FakeService } from '../fake-service.ts';
import type { CloudAccount, CloudMachine } from './account.ts';

/**
 * What clouds suffer. `cloud-throttled`: every call is one too many. `cloud-denied`: the identity may nothing.
 * `cloud-stale`: machines are listed as they were { byMs } ago. `cloud-credentials-expired`: all that was lent ends at
 * once. `cloud-changing`: the machine { terminate } goes right after a page of a list. `metadata-down`: the metadata service answers { status }, 503 unless given.
 */
export const CLOUD_EFFECTS = [
  'cloud-throttled',
  'cloud-denied',
  'cloud-stale',
  'cloud-credentials-expired',
  'cloud-changing',
  'metadata-down',
] as const;

/** What the services of one cloud work with. */
export interface CloudDesk {
  readonly account: CloudAccount;
  readonly ports: FakePorts;
  nowMs(): number;
  /** As the services list them now. */
  machines(): readonly CloudMachine[];
  /** Whether this call is one too many. */
  isTooMuch(): boolean;
  /** A page was told: what it told may be over. */
  changes(): void;
  /** The argument of an effect that is suffered now, and hereby strikes; undefined when it is not. */
  suffers(effect: string): Readonly<Record<string, unknown>> | undefined;
}

export function cloudDesk(ports: FakePorts, account: CloudAccount): CloudDesk {
  const nowMs = (): number => ports.clock.wallTime();
  const suffers: CloudDesk['suffers'] = (effect) => {
    const suffering = ports.suffers(effect);
    suffering?.strike();
    return suffering && ((suffering.argument ?? {}) as Readonly<Record<string, unknown>>);
  };
  return {
    account,
    ports,
    nowMs,
    suffers,
    machines() {
      const { byMs = 60_000 } = (suffers('cloud-stale') ?? { byMs: 0 }) as { byMs?: number };
      return account.machinesAt(nowMs() - byMs);
    },
    changes() {
      const gone = suffers('cloud-changing')?.['terminate'];
      if (typeof gone === 'string') account.terminate(gone, nowMs());
    },
    isTooMuch: () => suffers('cloud-throttled') !== undefined || !account.mayAsk(nowMs()),
  };
}

/** The fake of a cloud around its handler. It obeys `launch` (a machine) and `terminate` (its name). */
export function cloudFake(desk: CloudDesk, handler: HttpHandler, more: readonly string[] = []): FakeService {
  const { account, nowMs, suffers } = desk;
  return {
    handler,
    effects: [...CLOUD_EFFECTS, ...more],
    inspect: account,
    struck(effect) {
      if (effect !== 'cloud-credentials-expired') return;
      suffers(effect);
      account.expireAll();
    },
    command(name, argument) {
      if (name === 'launch') account.launch(argument as CloudMachine, nowMs());
      else if (name === 'terminate') account.terminate(argument as string, nowMs());
      else throw new InvalidSetting('command', name, 'launch or terminate');
    },
  };
}

/** One page of a list, and the token of the next: '' behind the last. Tokens name the last machine that was told. */
export function pageOf(
  machines: readonly CloudMachine[],
  token: string,
  size: number,
): { readonly page: readonly CloudMachine[]; readonly next: string } {
  const rest = machines.filter(({ name }) => token === '' || name > token.replace(/^after:/, ''));
  const page = rest.slice(0, size);
  return { page, next: page.length < rest.length ? `after:${page.at(-1)!.name}` : '' };
}

export function answer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { status, headers, body };
}

export function jsonAnswer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
