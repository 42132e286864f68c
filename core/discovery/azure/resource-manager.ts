import type { BackendCalls } from '../backend-calls.ts';
import type { Budget } from '../cloud/budget.ts';
import type { Held } from '../cloud/held.ts';
import { everyPage } from '../cloud/listing.ts';
import { jsonFrom, textAt, valueAt } from '../cloud/loose.ts';
import { REFUSALS } from '../cloud/refusal.ts';
import { SourceFailed } from '../source.ts';
import { azureRefusal } from './azure-errors.ts';

export interface ResourceManagerParts {
  readonly method: string;
  readonly calls: BackendCalls;
  readonly token: Held<string>;
  /** Without a slash at the end. */
  readonly endpoint: string;
}

/** Reads resources of a subscription. */
export class ResourceManager {
  readonly #parts: ResourceManagerParts;

  constructor(parts: ResourceManagerParts) {
    this.#parts = parts;
  }

  /** One resource. `path` begins with a slash. */
  read(budget: Budget, path: string): Promise<unknown> {
    return this.#get(budget, this.#parts.endpoint + path);
  }

  /** All resources of a list. An empty list is an answer. */
  async list(budget: Budget, path: string): Promise<readonly unknown[]> {
    const { method, endpoint } = this.#parts;
    const all: unknown[] = [];
    await everyPage(method, async (next) => {
      const page = await this.#get(budget, next || endpoint + path);
      const value = valueAt(page, 'value');
      if (!Array.isArray(value)) throw new SourceFailed(method, 'what Azure answered is no list: check endpoint.');
      for (const item of value) all.push(item);
      // Compute says the port that https implies, Network does not.
      const link = withoutPort(textAt(page, 'nextLink'));
      // Our token goes wherever the link points.
      if (link !== '' && !link.toLowerCase().startsWith(withoutPort(`${endpoint.toLowerCase()}/`))) {
        throw new SourceFailed(method, `the next page is said to be at another host than ${endpoint}.`);
      }
      return link;
    });
    return all;
  }

  #get(budget: Budget, url: string): Promise<unknown> {
    const { method, calls, token } = this.#parts;
    return token.use(budget, async (bearer) => {
      const headers = { authorization: `Bearer ${bearer}` };
      const call = { url, headers, accepts: REFUSALS, ...budget.limits() };
      const answer = await calls.text(call);
      if (answer.status >= 300) throw azureRefusal(method, call, answer);
      return jsonFrom(answer.text);
    });
  }
}

/** Without the port that https implies. */
function withoutPort(url: string): string {
  return url.replace(/^(https:\/\/[^/:]+):443\//i, '$1/');
}
