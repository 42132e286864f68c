import { fromBase64, toBase64 } from '../../../core/base64.ts';
import { MILLISECOND, SECOND, type Micros } from '../../../core/ports/clock.ts';
import type { HttpHandler, HttpRequest, HttpResponse } from '../../../core/ports/http.ts';
import { bytesFromText, textFromBytes } from '../../../core/wire/text.ts';
import type { FakePorts, FakeService } from '../fake-service.ts';
import { KINDS, type ApiObject } from './api-object.ts';
import { clusterCommands } from './commands.ts';
import { questionOf, type Question } from './question.ts';
import { ABOUT, EXPIRED, json, refusal, statusObject } from './replies.ts';
import { SERVER_EFFECTS, ServerTroubles } from './server-troubles.ts';
import type { KubernetesState } from './state.ts';
import { keyOf, type Change, type Objects, type Store } from './store.ts';
import { WatchStream } from './watch-stream.ts';
import { writeAnswer } from './writes.ts';

/** How far the copy of a server trails behind the store in good times. */
const CACHE_LAG: Micros = 5 * MILLISECOND;
const STORAGE_RETRY: Micros = 500 * MILLISECOND;
/** A server that has not heard of a revision waits for it so long. */
const REVISION_WAIT: Micros = 3 * SECOND;
const REVISION_LOOK: Micros = 50 * MILLISECOND;
const WATCH_LASTS_S = 1_800;

/** One API server of a cluster; the others share `state`. */
export function createKubernetes(ports: FakePorts, state: KubernetesState): FakeService {
  const server = new ApiServer(ports, state);
  const handler: HttpHandler = (request) => server.answer(request);
  state.servers.set(ports.name, handler);
  return {
    handler,
    effects: SERVER_EFFECTS,
    struck: (effect) => server.struck(effect),
    command: clusterCommands(state, ports.clock),
    inspect: state,
  };
}

class ApiServer {
  readonly #ports: FakePorts;
  readonly #state: KubernetesState;
  readonly #store: Store;
  readonly #troubles: ServerTroubles;
  readonly #watches = new Set<WatchStream>();
  /** What this server knows; watches and lists of any age come from here. */
  readonly #copy: Map<string, ApiObject>;
  #revision: number;

  constructor(ports: FakePorts, state: KubernetesState) {
    this.#ports = ports;
    this.#state = state;
    this.#store = state.store;
    this.#troubles = new ServerTroubles(ports);
    this.#copy = new Map(state.store.objects);
    this.#revision = state.store.revision;
    state.store.onChange(ports.name, () => this.#learnSoon());
  }

  async answer(request: HttpRequest): Promise<HttpResponse> {
    const path = request.url.replace(/[?].*$/, '');
    const unwelcome = this.#troubles.refusal() ?? this.#unauthorized(request);
    if (unwelcome !== undefined) return unwelcome;
    const about = ABOUT[path];
    if (about !== undefined) return json(about);
    const question = questionOf(request.url);
    if (question === 'unknown') return refusal(404, 'NotFound', 'the server could not find the requested resource');
    if (question === 'bad selector')
      return refusal(400, 'BadRequest', `unable to parse the selector of ${request.url}`);
    const verb = verbOf(request.method, question);
    const forbidden = this.#troubles.forbidden(verb, question);
    if (forbidden !== undefined) return forbidden;
    if (verb === 'watch') return this.#watch(question, request.signal);
    if (!this.#reachesStorage && (verb !== 'list' || question.query['resourceVersion'] !== '0')) {
      return refusal(500, 'InternalError', 'etcdserver: request timed out');
    }
    if (verb === 'list') return this.#list(question);
    if (verb === 'get') return this.#get(question);
    return writeAnswer(request, question, this.#state, this.#ports.clock);
  }

  struck(effect: string): void {
    const watches = [...this.#watches];
    if (this.#troubles.strikeWatches(effect, watches.length)) for (const watch of watches) this.#trouble(watch);
  }

  get #reachesStorage(): boolean {
    const { storage } = this.#state;
    return storage === undefined || storage === this.#ports.name || this.#ports.reaches(storage);
  }

  #unauthorized({ headers }: HttpRequest): HttpResponse | undefined {
    const { token } = this.#state;
    if (token === '' || headers['authorization'] === `Bearer ${token}`) return undefined;
    return refusal(401, 'Unauthorized', 'Unauthorized');
  }

  #get({ resource, namespace, name }: Question): HttpResponse {
    const object = this.#store.get(resource, namespace, name);
    return object === undefined ? notFound(resource, name) : json(object);
  }

  #list(question: Question): HttpResponse {
    const { query } = question;
    const [revision, after] = query['continue'] ? placeOf(query['continue']) : [this.#store.revision, ''];
    if (revision < this.#store.oldest && after !== '') {
      return refusal(410, EXPIRED.reason, 'The provided continue parameter is too old to display a consistent list.');
    }
    if (query['resourceVersion'] === '0' && after === '') {
      return listed(question, this.#copy, this.#revision, after);
    }
    return listed(question, this.#store.at(revision), revision, after);
  }

  async #watch(question: Question, signal: AbortSignal): Promise<HttpResponse> {
    const { query, resource, matches } = question;
    const { clock } = this.#ports;
    const from = query['resourceVersion'] ?? '';
    if (!/^\d*$/.test(from)) return refusal(400, 'BadRequest', `invalid resource version ${JSON.stringify(from)}`);
    const since = from === '' ? 0 : Number(from);
    for (const end = clock.now() + REVISION_WAIT; since > this.#revision && clock.now() < end;) {
      await new Promise<void>((resolve) => void clock.after(REVISION_LOOK, resolve));
    }
    if (since > this.#revision) return tooLarge(since, this.#revision);
    const gone = this.#troubles.gone(since !== 0 && since < this.#store.oldest);
    if (gone === 'status') return refusal(EXPIRED.code, EXPIRED.reason, EXPIRED.message);
    const lasts = Number(query['timeoutSeconds'] ?? WATCH_LASTS_S) * SECOND;
    const bookmarks = query['allowWatchBookmarks'] === 'true';
    const watch = new WatchStream(clock, { resource, matches, bookmarks, lasts, revision: () => this.#revision });
    const past = since === 0 ? asChanges(this.#copy, resource) : this.#store.changes(since, this.#revision);
    if (gone === undefined) for (const change of past) watch.tell(change);
    else watch.refuse(statusObject(EXPIRED.code, EXPIRED.reason, EXPIRED.message));
    this.#trouble(watch);
    this.#watches.add(watch);
    watch.onGone = () => void this.#watches.delete(watch);
    return { status: 200, headers: { 'content-type': 'application/json' }, body: watch.body(signal) };
  }

  #trouble(watch: WatchStream): void {
    const trouble = this.#troubles.ofWatches();
    if (trouble === 'silent') watch.fallSilent();
    if (trouble === 'cut') watch.cut();
    if (trouble === 'gone') watch.refuse(statusObject(EXPIRED.code, EXPIRED.reason, EXPIRED.message));
  }

  #learnSoon(): void {
    const upTo = this.#store.revision;
    this.#ports.clock.after(CACHE_LAG + this.#troubles.lag(), () => this.#learn(upTo));
  }

  #learn(upTo: number): void {
    if (!this.#reachesStorage) return void this.#ports.clock.after(STORAGE_RETRY, () => this.#learn(upTo));
    if (upTo <= this.#revision) return;
    if (this.#revision < this.#store.oldest) return this.#startOver();
    for (const change of this.#store.changes(this.#revision, upTo)) {
      const { revision, resource, before, after } = change;
      const key = keyOf(resource, (after ?? before)!.metadata);
      if (after === undefined) this.#copy.delete(key);
      else this.#copy.set(key, after);
      this.#revision = revision;
      for (const watch of this.#watches) watch.tell(change);
    }
  }

  /** What happened in between cannot be told any more: whoever watches has to list. */
  #startOver(): void {
    this.#copy.clear();
    for (const [key, object] of this.#store.objects) this.#copy.set(key, object);
    this.#revision = this.#store.revision;
    for (const watch of this.#watches) watch.refuse(statusObject(EXPIRED.code, EXPIRED.reason, EXPIRED.message));
  }
}

function verbOf(method: string, { query, name }: Question): string {
  if (method !== 'GET') return { POST: 'create', DELETE: 'delete', PATCH: 'patch' }[method] ?? method.toLowerCase();
  if (query['watch'] === 'true' || query['watch'] === '1') return 'watch';
  return name === '' ? 'list' : 'get';
}

function listed(
  { resource, matches, query }: Question,
  objects: Objects,
  revision: number,
  after: string,
): HttpResponse {
  const prefix = `${resource}/`;
  const all = [...objects]
    .filter(([key, object]) => key.startsWith(prefix) && key > after && matches(object))
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  const limit = Number(query['limit'] ?? 0) || all.length;
  const page = all.slice(0, limit);
  const more = all.length > page.length ? { continue: placeText(revision, page.at(-1)![0]) } : {};
  const { apiVersion, kind } = KINDS[resource];
  const metadata = { resourceVersion: String(revision), ...more };
  return json({ kind: `${kind}List`, apiVersion, metadata, items: page.map(([, object]) => object) });
}

function asChanges(objects: Objects, resource: Change['resource']): Change[] {
  return [...objects.values()]
    .map((after) => ({ revision: 0, resource, before: undefined, after }))
    .filter(({ after }) => after.kind === KINDS[resource].kind);
}

function placeText(revision: number, key: string): string {
  return toBase64(bytesFromText(`${revision} ${key}`));
}

function placeOf(text: string): readonly [revision: number, after: string] {
  try {
    const [revision = '', after = ''] = textFromBytes(fromBase64(text)).split(' ');
    return [Number(revision), after];
  } catch {
    return [0, text];
  }
}

function notFound(resource: string, name: string): HttpResponse {
  return refusal(404, 'NotFound', `${resource} "${name}" not found`);
}

function tooLarge(wanted: number, current: number): HttpResponse {
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  const message = `Timeout: Too large resource version: ${wanted}, current: ${current}`;
  return refusal(504, 'Timeout', message, { causes, retryAfterSeconds: 1 });
}
