import { isTable } from '../../../core/config/kinds.ts';
import { InvalidSetting, messageOf } from '../../../core/errors.ts';
import type { HttpRequest, HttpResponse } from '../../../core/ports/http.ts';
import { bytesFromText, textFromBytes } from '../../../core/wire/text.ts';
import { toBase64 } from '../../../core/base64.ts';
import type { FakePorts, FakeService } from '../fake-service.ts';
import { answerOf, REFUSALS, Refused, refusalOf, streamRefused } from './etcd-json.ts';
import { EtcdMember } from './etcd-member.ts';
import { METHODS, STREAMS } from './etcd-methods.ts';
import type { EtcdState } from './etcd-state.ts';

/** What a member and its cluster may have to suffer; those of the cluster hold as long as one member suffers them. */
const EFFECTS = [
  /** The member neither hears nor is heard among the members. */
  'etcd-no-leader',
  /** It applies nothing of what is agreed on. */
  'etcd-lag',
  /** Streams that are open, or opened now, stay open and silent. */
  'etcd-watch-stuck',
  /** At once: its streams break off. */
  'etcd-watch-cut',
  /** The cluster takes no writes. */
  'etcd-nospace',
  /** At once: the past is forgotten, all but the last { keep } revisions. */
  'etcd-compact',
  /** At once: all leases are gone, or those with a key that has { holding } in its name. */
  'etcd-lease-lost',
  /** At once: nobody is logged in any more. */
  'etcd-auth-expired',
  /** At once: the cluster is restored from a backup that is { revisions } old. */
  'etcd-restore',
] as const;

interface Details {
  readonly keep?: number;
  readonly holding?: string;
  readonly revisions?: number;
}

/** What checkers and tests may look at. */
export interface EtcdInspection {
  readonly leader: string | undefined;
  readonly revision: number;
  /** Keys in their order. */
  readonly keys: readonly string[];
}

/** A member of an etcd cluster (3.4) behind its JSON gateway, as a handler over time and chance. */
export function createEtcd(ports: FakePorts, state: EtcdState): FakeService {
  const member = new EtcdMember(ports, state);
  const answer = async (request: HttpRequest): Promise<HttpResponse> => {
    const { method, url, headers } = request;
    if (url === '/health') return health(member);
    if (url === '/version') {
      return { ...answerOf({ etcdserver: '3.4.23', etcdcluster: '3.4.0' }), headers: { 'content-type': 'text/plain' } };
    }
    const path = /^\/v3(?:beta)?\/(.+)$/.exec(url)?.[1] ?? '';
    const [single, stream] = [METHODS.get(path), STREAMS.get(path)];
    if (single === undefined && stream === undefined) {
      return { status: 404, headers: { 'content-type': 'text/plain' }, body: 'Not Found\n' };
    }
    if (method !== 'POST') return { status: 405, headers: {}, body: 'Method Not Allowed\n' };
    const wantsLeader = headers['grpc-metadata-hasleader'] === 'true';
    try {
      if (wantsLeader && member.leader === undefined) throw REFUSALS.noLeader();
      const call = { state, member, wantsLeader, token: headers['authorization'], signal: request.signal };
      const body = bodyOf(request);
      return stream === undefined ? answerOf(await single!(call, body)) : await stream(call, body);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return stream === undefined ? refusalOf(error) : streamRefused(error);
    }
  };
  return {
    handler: answer,
    effects: EFFECTS,
    struck(effect, argument) {
      const { keep = 0, holding = '', revisions = 1 } = (argument ?? {}) as Details;
      const acts: Readonly<Record<string, () => void>> = {
        'etcd-watch-cut': () => member.cutWatches(),
        'etcd-watch-stuck': () => member.stickWatches(),
        'etcd-compact': () => {
          const revision = Math.max(1, state.store.revision - keep);
          if (revision > state.store.compacted) state.compact(revision);
        },
        'etcd-lease-lost': () => {
          for (const [id, { keys }] of [...state.leases]) {
            if (holding === '' || [...keys].some((key) => key.includes(holding))) state.revoke(id);
          }
        },
        'etcd-auth-expired': () => state.tokens.clear(),
        'etcd-restore': () => state.restore(revisions),
      };
      acts[effect]?.();
      // Silence strikes when something was to be said.
      if (effect in acts && effect !== 'etcd-watch-stuck') ports.suffers(effect)?.strike();
    },
    command(name, argument) {
      const { key = '', value = '' } = (argument ?? {}) as { key?: string; value?: string };
      const bytes = String.fromCharCode(...bytesFromText(key));
      if (name === 'put') state.write([{ key: bytes, put: { value: toBase64(bytesFromText(value)), lease: '0' } }]);
      else if (name === 'delete') state.write([{ key: bytes }]);
      else throw new InvalidSetting('command', name, 'put { key, value } or delete { key }');
    },
    inspect: {
      get leader() {
        return state.leader;
      },
      get revision() {
        return state.store.revision;
      },
      get keys() {
        return state.store.range({ key: '\0', end: '\0' }).map((one) => one.key);
      },
    } satisfies EtcdInspection,
  };
}

function health(member: EtcdMember): HttpResponse {
  const isHealthy = member.leader !== undefined;
  const body = JSON.stringify({ health: String(isHealthy) });
  return { status: isHealthy ? 200 : 503, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

function bodyOf({ body }: HttpRequest): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(textFromBytes(body));
  } catch (cause) {
    throw REFUSALS.unreadable(`invalid character: ${messageOf(cause)}`);
  }
  if (!isTable(value)) throw REFUSALS.unreadable('json: cannot unmarshal it into a request');
  return value;
}
