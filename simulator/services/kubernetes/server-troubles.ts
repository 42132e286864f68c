import { MILLISECOND, type Micros } from '../../../core/ports/clock.ts';
import type { HttpResponse } from '../../../core/ports/http.ts';
import type { FakePorts } from '../fake-service.ts';
import type { Question } from './question.ts';
import { json, refusal, statusObject } from './replies.ts';

/**
 * What may happen to an API server. `kubernetes-watch-silent`: watches go on without another byte, for ever.
 * `kubernetes-watch-cut`: they break off in the middle of a line. `kubernetes-gone`: no watch finds its history; with
 * { status: true } that is told before the watch begins. `kubernetes-throttled`: 429 and { retryAfter } seconds.
 * `kubernetes-forbidden`: no { verb }, or nothing. `kubernetes-unauthorized`: no token is accepted. `kubernetes-lag`:
 * the copy of the server is another { ms } older than it should be.
 */
export const SERVER_EFFECTS = [
  'kubernetes-watch-silent',
  'kubernetes-watch-cut',
  'kubernetes-gone',
  'kubernetes-throttled',
  'kubernetes-forbidden',
  'kubernetes-unauthorized',
  'kubernetes-lag',
] as const;
type Effect = (typeof SERVER_EFFECTS)[number];

interface Details {
  readonly status?: boolean;
  readonly retryAfter?: number;
  readonly verb?: string;
  readonly ms?: number;
}

const OF_WATCHES = {
  'kubernetes-watch-silent': 'silent',
  'kubernetes-watch-cut': 'cut',
  'kubernetes-gone': 'gone',
} as const;

export class ServerTroubles {
  readonly #ports: Pick<FakePorts, 'suffers'>;

  constructor(ports: Pick<FakePorts, 'suffers'>) {
    this.#ports = ports;
  }

  /** For every request alike. */
  refusal(): HttpResponse | undefined {
    const throttled = this.#struck('kubernetes-throttled');
    if (throttled !== undefined) {
      const seconds = throttled.retryAfter ?? 1;
      const message = 'The server has received too many requests and has asked us to try again later';
      const answer = refusal(429, 'TooManyRequests', message, { retryAfterSeconds: seconds });
      return { ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } };
    }
    if (this.#struck('kubernetes-unauthorized') === undefined) return undefined;
    return refusal(401, 'Unauthorized', 'Unauthorized');
  }

  forbidden(verb: string, { resource, namespace }: Question): HttpResponse | undefined {
    const argument = (this.#ports.suffers('kubernetes-forbidden')?.argument ?? {}) as Details;
    if ((argument.verb ?? verb) !== verb || this.#struck('kubernetes-forbidden') === undefined) return undefined;
    const group = resource === 'pods' ? '' : 'discovery.k8s.io';
    const message =
      `${resource} is forbidden: User "system:serviceaccount:default:default" cannot ${verb} resource ` +
      `"${resource}" in API group "${group}" in the namespace "${namespace}"`;
    return json(statusObject(403, 'Forbidden', message), 403);
  }

  /** Whether a new watch hears that its history is gone, and how. */
  gone(isGone: boolean): 'status' | 'in-stream' | undefined {
    const storm = this.#struck('kubernetes-gone');
    if (storm?.status === true) return 'status';
    return storm !== undefined || isGone ? 'in-stream' : undefined;
  }

  /** Whether an effect that has just begun is one for the watches that are open. */
  strikeWatches(effect: string, watches: number): boolean {
    return watches > 0 && Object.hasOwn(OF_WATCHES, effect);
  }

  ofWatches(): 'silent' | 'cut' | 'gone' | undefined {
    for (const [effect, trouble] of Object.entries(OF_WATCHES)) {
      if (this.#struck(effect as Effect) !== undefined) return trouble;
    }
    return undefined;
  }

  lag(): Micros {
    return (this.#struck('kubernetes-lag')?.ms ?? 0) * MILLISECOND;
  }

  #struck(effect: Effect): Details | undefined {
    const suffering = this.#ports.suffers(effect);
    suffering?.strike();
    return suffering && ((suffering.argument ?? {}) as Details);
  }
}
