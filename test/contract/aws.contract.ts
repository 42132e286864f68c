import { describe, expect, test } from 'vitest';
import type { SourceTable } from '../../core/discovery/source-type.ts';
import { CONTAINER_TOKEN } from '../../simulator/services/aws/lending.ts';
import { CloudAccount, type CloudAccountOptions, type CloudMachine } from '../../simulator/services/cloud/account.ts';
import { addressesFrom } from '../discovery/asking.ts';
import type { CloudStage, Told } from './cloud-stage.ts';

const KEYS = { access_key_id: 'AKIAKEPT', secret_access_key: 'kept-secret' };
const BY_TAG: SourceTable = { tag_key: 'role', tag_value: 'db', region: 'eu-central-1' };

function machine(number: number, more: Partial<CloudMachine> = {}): CloudMachine {
  return { name: `i-${String(number).padStart(4, '0')}`, ip: `10.1.0.${number}`, tags: { role: 'db' }, ...more };
}

/** `begin` puts up an account with its services. */
export function awsContract(name: string, begin: (account: CloudAccount) => Promise<CloudStage>): void {
  const opened = async (options: CloudAccountOptions): Promise<CloudStage> => {
    const account = new CloudAccount(options);
    account.keep(KEYS.access_key_id, KEYS.secret_access_key);
    return begin(account);
  };
  const withKeys = (table: SourceTable = BY_TAG, more: Partial<Told> = {}): Told => ({
    table: { ...table, ...KEYS },
    ...more,
  });
  const three = [machine(1), machine(2), machine(3, { tags: { role: 'web' } })];

  describe(`${name}: peers among the machines of AWS`, () => {
    test('running instances with the tag are found, with the port that is configured', async () => {
      const { source } = await opened({ machines: three });
      const found = await addressesFrom(source(withKeys({ ...BY_TAG, port: 8000 })));
      expect(found).toEqual({
        addresses: ['10.1.0.1:8000', '10.1.0.2:8000'],
        lifetimeMs: 60_000,
        complete: true,
        warnings: [],
      });
    });

    test('all pages, reservations and instances are read', async () => {
      const machines = Array.from({ length: 23 }, (_, i) => machine(i + 1));
      const { source, account } = await opened({ machines, pageSize: 5 });
      const { addresses } = await addressesFrom(source(withKeys()));
      expect(addresses).toEqual(machines.map(({ ip }) => `${ip}:7946`));
      expect(account.counted.calls).toBe(5);
    });

    test('nobody with the tag is an answer, with its reason', async () => {
      const { source } = await opened({ machines: [] });
      expect(await addressesFrom(source(withKeys()))).toMatchObject({
        addresses: [],
        complete: true,
        nobody: 'there are no running instances with the tag role=db',
      });
    });

    test('instances that do not run are none', async () => {
      const { source } = await opened({ machines: [machine(1), machine(2, { state: 'stopped' })] });
      expect((await addressesFrom(source(withKeys()))).addresses).toEqual(['10.1.0.1:7946']);
    });

    test('a machine that goes between two pages takes nobody with it', async () => {
      const machines = [1, 2, 3, 4, 5, 6, 7].map((i) => machine(i));
      const { source, suffer } = await opened({ machines, pageSize: 5 });
      suffer('cloud-changing', { terminate: machine(5).name });
      expect((await addressesFrom(source(withKeys()))).addresses).toHaveLength(7);
    });

    test('a tag without a value selects every value', async () => {
      const { source } = await opened({ machines: [...three, machine(4, { tags: {} })] });
      expect(
        (await addressesFrom(source(withKeys({ tag_key: 'role', region: 'eu-central-1' })))).addresses,
      ).toHaveLength(3);
    });

    test('markup in tags is text', async () => {
      const value = '<item>&amp;"\'é';
      const { source } = await opened({ machines: [machine(1, { tags: { role: value, note: ']]></item>' } })] });
      const found = await addressesFrom(source(withKeys({ ...BY_TAG, tag_value: value })));
      expect(found.addresses).toEqual(['10.1.0.1:7946']);
    });

    test.each([
      ['public_v4', ['192.0.2.1:7946']],
      ['public_v6', ['[2001:db8::1]:7946']],
    ])('addresses may be %s, and machines without one are told about', async (addr_type, addresses) => {
      const machines = [machine(1, { publicIp: '192.0.2.1', ipv6: '2001:db8::1' }), machine(2)];
      const { source } = await opened({ machines });
      const found = await addressesFrom(source(withKeys({ ...BY_TAG, addr_type })));
      expect(found.addresses).toEqual(addresses);
      expect(found.warnings).toEqual([
        expect.stringContaining('1 of the running instances with the tag role=db have no'),
      ]);
    });

    test('a machine that is kept for another cluster is none of ours', async () => {
      const labelled = (number: number, label: string): CloudMachine =>
        machine(number, { tags: { role: 'db', 'rollcall-label': label } });
      const { source } = await opened({ machines: [machine(1), labelled(2, 'blue'), labelled(3, 'green')] });
      expect((await addressesFrom(source(withKeys(BY_TAG, { label: 'blue' })))).addresses).toEqual([
        '10.1.0.1:7946',
        '10.1.0.2:7946',
      ]);
    });

    test('new machines appear late and bare, and old ones linger: each answer is what AWS says then', async () => {
      const { source, command, pause } = await opened({ machines: [machine(1)], lagMs: 100, lingerMs: 400 });
      const asked = source(withKeys());
      command('launch', machine(2));
      command('terminate', machine(1).name);
      await pause(120);
      expect((await addressesFrom(asked)).addresses).toEqual(['10.1.0.1:7946']);
      await pause(120);
      expect((await addressesFrom(asked)).addresses).toEqual(['10.1.0.1:7946', '10.1.0.2:7946']);
      await pause(300);
      expect((await addressesFrom(asked)).addresses).toEqual(['10.1.0.2:7946']);
    });
  });

  describe(`${name}: refusals of AWS are failures with advice, never an empty list`, () => {
    test('too many calls: wait, because all nodes share one allowance', async () => {
      const { source } = await opened({ machines: three, burst: 1, perSecond: 0 });
      const asked = source(withKeys());
      await addressesFrom(asked);
      await expect(addressesFrom(asked)).rejects.toMatchObject({
        code: 'SOURCE_FAILED',
        retryAfterMs: 10_000,
        message: expect.stringContaining('RequestLimitExceeded'),
      });
    });

    test('a later page that is refused fails the whole question', async () => {
      const { source } = await opened({
        machines: [1, 2, 3, 4, 5, 6].map((i) => machine(i)),
        pageSize: 5,
        burst: 1,
        perSecond: 0,
      });
      await expect(addressesFrom(source(withKeys()))).rejects.toMatchObject({ retryAfterMs: 10_000 });
    });

    test('an answer cut short is a failure', async () => {
      const { source, suffer } = await opened({ machines: three });
      suffer('http-cut', { bytes: 300 });
      await expect(addressesFrom(source(withKeys()))).rejects.toMatchObject({ code: 'SOURCE_FAILED' });
    });

    test('an identity that may not ask: the error names the permission', async () => {
      const { source, suffer } = await opened({ machines: three });
      suffer('cloud-denied');
      await expect(addressesFrom(source(withKeys()))).rejects.toThrow(/UnauthorizedOperation.*ec2:DescribeInstances/);
    });

    test('a wrong secret, and a wrong clock: the error says what to check, and holds no secret', async () => {
      const { source } = await opened({ machines: three });
      const bad = source({ table: { ...BY_TAG, ...KEYS, secret_access_key: 'not-the-secret' } });
      await expect(addressesFrom(bad)).rejects.toThrow(/AuthFailure.*Check the keys, and the clock/);
      await expect(addressesFrom(bad)).rejects.not.toThrow(/not-the-secret|Canonical/);
      for (const wrongByMs of [-400_000, 400_000]) {
        await expect(addressesFrom(source(withKeys(BY_TAG, { wrongByMs })))).rejects.toThrow(
          /RequestExpired.*the clock/,
        );
      }
      await expect(addressesFrom(source(withKeys(BY_TAG, { wrongByMs: 200_000 })))).resolves.toBeDefined();
    });

    test('something else than EC2 at the endpoint is no empty list', async () => {
      const { source, suffer } = await opened({ machines: three });
      suffer('http-status', { status: 200, body: '<html><body>Welcome</body></html>' });
      await expect(addressesFrom(source(withKeys()))).rejects.toThrow('no list of instances: check endpoint');
    });
  });

  describe(`${name}: credentials of AWS`, () => {
    test('the instance lends credentials and says its region; both are kept', async () => {
      const { source, account } = await opened({ machines: three });
      const asked = source({ table: { tag_key: 'role', tag_value: 'db' } });
      for (let i = 0; i < 3; i += 1) expect((await addressesFrom(asked)).addresses).toHaveLength(2);
      // One metadata token, one credential.
      expect(account.counted.lent).toBe(2);
    });

    test('credentials that end in the middle of a list are fetched again, and the list goes on', async () => {
      const machines = [1, 2, 3, 4, 5, 6, 7].map((i) => machine(i));
      const { source, suffer, account } = await opened({ machines, pageSize: 5 });
      const asked = source({ table: BY_TAG });
      await addressesFrom(asked);
      suffer('cloud-credentials-expired')();
      expect((await addressesFrom(asked)).addresses).toHaveLength(7);
      expect(account.counted.lent).toBe(4);
    });

    test('the environment lends keys', async () => {
      const { source } = await opened({ machines: three });
      const environment = {
        AWS_ACCESS_KEY_ID: KEYS.access_key_id,
        AWS_SECRET_ACCESS_KEY: KEYS.secret_access_key,
        AWS_REGION: 'eu-central-1',
      };
      const found = addressesFrom(source({ table: { tag_key: 'role', tag_value: 'db' }, environment }));
      expect((await found).addresses).toHaveLength(2);
    });

    test('a web identity is exchanged, and its file read', async () => {
      const { source, account } = await opened({ machines: three });
      const environment = { AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_ROLE_ARN: 'arn:aws:iam::1:role/r' };
      const asked = source({ table: BY_TAG, environment, files: { '/token': 'a-jwt\n' } });
      expect((await addressesFrom(asked)).addresses).toHaveLength(2);
      expect(account.counted.lent).toBe(1);
      await expect(addressesFrom(source({ table: BY_TAG, environment }))).rejects.toThrow('/token: no such file');
    });

    test('a metadata service that is down, switched off or too far away is told apart', async () => {
      const { source, suffer } = await opened({ machines: three });
      const asked = source({ table: BY_TAG });
      const up = suffer('metadata-down');
      await expect(addressesFrom(asked)).rejects.toThrow('503');
      up();
      const on = suffer('metadata-down', { status: 403 });
      await expect(addressesFrom(asked)).rejects.toThrow('switched off');
      on();
      const near = suffer('metadata-far');
      await expect(addressesFrom(asked)).rejects.toThrow('HttpPutResponseHopLimit');
      near();
      expect((await addressesFrom(asked)).addresses).toHaveLength(2);
    });

    test('credentials that are good outlive a metadata service that is down', async () => {
      const { source, suffer, pause } = await opened({ machines: three, credentialSeconds: 3_600 });
      const asked = source({ table: BY_TAG });
      await addressesFrom(asked);
      suffer('metadata-down');
      await pause(50);
      expect((await addressesFrom(asked)).addresses).toHaveLength(2);
    });

    test('a container shows its token; where it must not travel it is not sent', async () => {
      const { source, endpoints } = await opened({ machines: three });
      const base = endpoints.environment?.['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? 'http://169.254.170.23';
      const environment = {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${base}/v1/credentials`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/token',
      };
      const files = { '/token': CONTAINER_TOKEN };
      expect((await addressesFrom(source({ table: BY_TAG, environment, files }))).addresses).toHaveLength(2);
      const afar = { ...environment, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://example.org/v1/credentials' };
      await expect(addressesFrom(source({ table: BY_TAG, environment: afar, files }))).rejects.toThrow(
        'begin with https',
      );
    });
  });

  describe(`${name}: tasks of ECS`, () => {
    const task = (number: number, more: Partial<CloudMachine> = {}): CloudMachine =>
      machine(number, { name: `t-${String(number).padStart(4, '0')}`, group: 'node', ...more });
    const BY_TASK: SourceTable = { region: 'eu-central-1', ecs_cluster: 'prod' };

    test('running tasks of the family are found, hundreds of them', async () => {
      const machines = Array.from({ length: 230 }, (_, i) => task(i + 1, { ip: `10.2.${i % 2}.${i}` }));
      const { source } = await opened({ machines: [...machines, task(900, { group: 'other' }), machine(1)] });
      const { addresses } = await addressesFrom(source(withKeys({ ...BY_TASK, ecs_family: 'node' })));
      expect(addresses).toEqual(machines.map(({ ip }) => `${ip}:7946`));
    });

    test('a tag selects among them, and tasks without an address of their own are told about', async () => {
      const { source } = await opened({ machines: [task(1), task(2, { tags: {} }), task(3, { ip: '' })] });
      const found = await addressesFrom(source(withKeys({ ...BY_TASK, tag_key: 'role', tag_value: 'db' })));
      expect(found.addresses).toEqual(['10.1.0.1:7946']);
      expect(found.warnings).toEqual([expect.stringContaining('awsvpc')]);
    });

    test('tasks that do not run, or stop before they are described, are none', async () => {
      const { source, suffer } = await opened({ machines: [task(1), task(2, { state: 'pending' }), task(3)] });
      suffer('cloud-changing', { terminate: task(3).name });
      const found = await addressesFrom(source(withKeys(BY_TASK)));
      expect(found).toMatchObject({ addresses: ['10.1.0.1:7946'], complete: true, warnings: [] });
    });

    test('a cluster that is not there, too many calls and a wrong identity are failures', async () => {
      const { source, suffer } = await opened({ machines: [task(1)] });
      await expect(addressesFrom(source(withKeys({ ...BY_TASK, ecs_cluster: 'x' })))).rejects.toThrow(
        /ClusterNotFound.*ecs_cluster/,
      );
      const end = suffer('cloud-throttled');
      await expect(addressesFrom(source(withKeys(BY_TASK)))).rejects.toMatchObject({ retryAfterMs: 10_000 });
      end();
      suffer('cloud-denied');
      await expect(addressesFrom(source(withKeys(BY_TASK)))).rejects.toThrow('ecs:ListTasks');
    });
  });
}
