import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkSource } from '../../core/discovery/source-table.ts';
import type { SourcePorts, SourceTable } from '../../core/discovery/source-type.ts';
import { sourceType } from '../../core/discovery/source-types.ts';
import { SourceFailed } from '../../core/discovery/source.ts';
import type { HttpClient } from '../../core/ports/http.ts';
import { silentLog } from '../../core/ports/log.ts';
import { seededRandom } from '../../core/random.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { patient } from './asking.ts';

/** Names that the clients look for, so that garbage gets past the first look. */
const NAMES = [
  ...['items', 'value', 'nextLink', 'nextPageToken', 'unreachables', 'warning', 'code', 'kind', 'instances', 'labels'],
  ...['access_token', 'expires_in', 'AccessKeyId', 'SecretAccessKey', 'Token', 'Expiration', 'region', 'properties'],
  ...[
    'taskArns',
    'tasks',
    'containers',
    'networkInterfaces',
    'tags',
    'key',
    'failures',
    'nextToken',
    'error',
    '__proto__',
  ],
];
const WORDS = [
  'compute#instanceAggregatedList',
  '2026-01-01T00:00:00Z',
  '3600',
  'UNREACHABLE',
  'Flexible',
  'https://management.azure.com/x',
  '10.0.0.1',
];

const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('json'), { maxKeys: 6, noNullPrototype: true }),
  ),
}));
const XML = [
  '<a>',
  '</a>',
  '<DescribeInstancesResponse>',
  '</DescribeInstancesResponse>',
  '<reservationSet>',
  '<item>',
  '<nextToken>x',
  '&amp;',
  '<b/>',
  '\uD800',
];
const body = fc.oneof(
  json.map((value) => JSON.stringify(value)),
  fc.array(fc.constantFrom(...XML), { maxLength: 12 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
);
const answer = fc.record({
  status: fc.oneof(
    { weight: 4, arbitrary: fc.constant(200) },
    fc.constantFrom(204, 301, 400, 401, 403, 404, 410, 429, 500, 503),
  ),
  headers: fc.dictionary(fc.constantFrom('retry-after', 'metadata-flavor'), fc.constantFrom('Google', '5', 'x')),
  body,
});

/** Says one thing after another, and then the first again. */
function babbler(answers: readonly { status: number; headers: Record<string, string>; body: string }[]): HttpClient {
  let said = 0;
  return {
    async call() {
      const { status, headers, body } = answers[said++ % answers.length]!;
      const bytes = new TextEncoder().encode(body);
      return {
        status,
        headers,
        body: (async function* () {
          yield bytes;
        })(),
      };
    },
  };
}

const KEYS = { access_key_id: 'a', secret_access_key: 's', region: 'r' };

test.each<readonly [string, SourceTable]>([
  ['aws', { tag_key: 'k' }],
  ['aws', { tag_key: 'k', ...KEYS }],
  ['aws', { ecs_cluster: 'c', ...KEYS }],
  ['gce', { label_key: 'k' }],
  ['azure', { tag_name: 'k', subscription_id: 's' }],
  ['azure', { resource_group: 'g', vm_scale_set: 'v', subscription_id: 's' }],
])('whatever is answered to %s %o, it is candidates, nobody or a failure in words', async (type, table) => {
  const of = sourceType(type)!;
  const config = checkSource(of, table, '', () => expect.unreachable())!;
  await fc.assert(
    fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 5 }), async (answers) => {
      let time = 0;
      const http = babbler(answers);
      const ports = {
        // Each look takes a while, so that waiting and paging come to an end.
        clock: {
          now: () => (time += 20_000),
          wallTime: () => 1_790_000_000_000,
          after: (_: number, task: () => void) => (queueMicrotask(task), 1),
          cancel: () => {},
        },
        random: seededRandom('garbage'),
        crypto: nodeCrypto(),
        log: silentLog,
        http: () => http,
        environment: {},
      } as unknown as SourcePorts;
      try {
        const found = await of.create(config, ports, { label: '', dataDir: '' }).discover(patient);
        if (found.candidates.length === 0) expect(found).toMatchObject({ complete: true, nobody: expect.any(String) });
      } catch (error) {
        expect(error).toBeInstanceOf(SourceFailed);
      }
    }),
    { numRuns: 300 },
  );
});
