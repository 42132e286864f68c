import type { Clock } from '../../ports/clock.ts';
import type { BackendAnswer, BackendCall, BackendCalls } from '../backend-calls.ts';
import { advised } from '../cloud/advised.ts';
import type { Budget } from '../cloud/budget.ts';
import { CredentialsRefused, Held } from '../cloud/held.ts';
import { SourceFailed } from '../source.ts';

const TOKEN_LIFETIME_SECONDS = 21_600;
/** It is on the same machine: it answers at once, or its answer never gets here. */
const PATIENCE_MS = 2_000;
const ADVICE =
  'Outside of EC2 give access_key_id, secret_access_key and region; in a container on EC2 the metadata service ' +
  'answers only with an HttpPutResponseHopLimit of 2 or more.';

/** The metadata service of an EC2 instance, version 2: every question carries a token that a PUT has fetched. */
export class Imds {
  readonly #method: string;
  readonly #calls: BackendCalls;
  readonly #base: string;
  readonly #token: Held<string>;

  constructor(method: string, calls: BackendCalls, clock: Clock, endpoint: string) {
    this.#method = method;
    this.#calls = calls;
    this.#base = (endpoint === '' ? 'http://169.254.169.254' : endpoint).replace(/\/$/, '');
    this.#token = new Held(clock, async (budget) => {
      const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': String(TOKEN_LIFETIME_SECONDS) };
      const { text } = await this.#asked(budget, '/latest/api/token', { method: 'PUT', headers });
      return { value: text.trim(), lifetimeMs: TOKEN_LIFETIME_SECONDS * 1_000 };
    });
  }

  /** What it says at a path below `/latest`; undefined where it has nothing. */
  read(budget: Budget, path: string): Promise<string | undefined> {
    return this.#token.use(budget, async (token) => {
      const call = { headers: { 'x-aws-ec2-metadata-token': token } };
      const { status, text } = await this.#asked(budget, path, call, [404]);
      return status === 404 ? undefined : text;
    });
  }

  async #asked(
    budget: Budget,
    path: string,
    more: Partial<BackendCall>,
    accepts: readonly number[] = [],
  ): Promise<BackendAnswer> {
    const call = {
      ...more,
      url: this.#base + path,
      accepts: [...accepts, 401, 403],
      ...budget.limits(PATIENCE_MS),
    };
    const answer = await this.#calls.text(call).catch((error: unknown) => {
      throw advised(this.#method, error, ADVICE);
    });
    if (answer.status === 401) {
      throw new CredentialsRefused(this.#method, 'the metadata service does not accept its own token any more.');
    }
    if (answer.status !== 403) return answer;
    const says = 'the metadata service is switched off for this instance. Switch it on (HttpEndpoint=enabled)';
    throw new SourceFailed(this.#method, `${says}, or give access_key_id, secret_access_key and region.`);
  }
}
