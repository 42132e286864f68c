import { describe, expect, test } from 'vitest';
import type { SourceTable } from '../../core/discovery/source-type.ts';
import { FEDERATED_TOKEN, type AzureAccess } from '../../simulator/services/azure/azure-fake.ts';
import { CloudAccount, type CloudAccountOptions, type CloudMachine } from '../../simulator/services/cloud/account.ts';
import { addressesFrom } from '../discovery/asking.ts';
import type { CloudStage } from './cloud-stage.ts';

function machine(number: number, more: Partial<CloudMachine> = {}): CloudMachine {
  return { name: `vm-${String(number).padStart(3, '0')}`, ip: `10.4.0.${number}`, tags: { role: 'db' }, ...more };
}

/** `begin` puts up an account with its services. */
export function azureContract(
  name: string,
  begin: (account: CloudAccount) => Promise<CloudStage>,
  access: AzureAccess,
): void {
  const opened = (options: CloudAccountOptions): Promise<CloudStage> => begin(new CloudAccount(options));
  const { subscription, tenant, client, secret } = access;
  const BY_TAG: SourceTable = { tag_name: 'role', tag_value: 'db', subscription_id: subscription };
  const BY_SET: SourceTable = { resource_group: 'prod', vm_scale_set: 'Peers', subscription_id: subscription };
  const three = [machine(1), machine(2), machine(3, { tags: { role: 'web' } })];

  describe(`${name}: peers among the machines of Azure`, () => {
    test('network interfaces with the tag are found; one token serves many questions', async () => {
      const { source, account } = await opened({ machines: three });
      const asked = source({ table: { ...BY_TAG, port: 8000 } });
      const expected = {
        addresses: ['10.4.0.1:8000', '10.4.0.2:8000'],
        lifetimeMs: 60_000,
        complete: true,
        warnings: [],
      };
      for (let i = 0; i < 2; i += 1) expect(await addressesFrom(asked)).toEqual(expected);
      expect(account.counted.lent).toBe(1);
    });

    test('names of tags are one in any case, values are not', async () => {
      const { source } = await opened({
        machines: [machine(1, { tags: { Role: 'db' } }), machine(2, { tags: { role: 'DB' } })],
      });
      expect((await addressesFrom(source({ table: BY_TAG }))).addresses).toEqual(['10.4.0.1:7946']);
      const any = { tag_name: 'ROLE', subscription_id: subscription };
      expect((await addressesFrom(source({ table: any }))).addresses).toHaveLength(2);
    });

    test('all pages are read', async () => {
      const machines = Array.from({ length: 17 }, (_, i) => machine(i + 1));
      const { source, account } = await opened({ machines, pageSize: 4 });
      expect((await addressesFrom(source({ table: BY_TAG }))).addresses).toEqual(
        machines.map(({ ip }) => `${ip}:7946`),
      );
      expect(account.counted.calls).toBe(5);
    });

    test('a next page at another host is not followed: our token would go there', async () => {
      const { source, suffer } = await opened({ machines: three, pageSize: 1 });
      suffer('cloud-link-astray');
      await expect(addressesFrom(source({ table: BY_TAG }))).rejects.toThrow('another host');
    });

    test('an interface without a machine is nobody', async () => {
      const { source } = await opened({ machines: [machine(1), machine(2, { detached: true })] });
      expect((await addressesFrom(source({ table: BY_TAG }))).addresses).toEqual(['10.4.0.1:7946']);
    });

    test('an empty page is an empty answer', async () => {
      const { source } = await opened({ machines: [] });
      expect(await addressesFrom(source({ table: BY_TAG }))).toMatchObject({
        addresses: [],
        complete: true,
        nobody: 'there are no network interfaces with the tag role=db',
      });
    });

    test('a machine that goes between two pages takes nobody with it', async () => {
      const { source, suffer } = await opened({ machines: [1, 2, 3, 4, 5].map((i) => machine(i)), pageSize: 2 });
      suffer('cloud-changing', { terminate: machine(2).name });
      expect((await addressesFrom(source({ table: BY_TAG }))).addresses).toHaveLength(5);
    });

    test('a machine that is kept for another cluster is none of ours', async () => {
      const tags = { role: 'db', 'rollcall-label': 'green' };
      const { source } = await opened({ machines: [machine(1), machine(2, { tags })] });
      expect((await addressesFrom(source({ table: BY_TAG, label: 'blue' }))).addresses).toEqual(['10.4.0.1:7946']);
    });

    test.each(['Uniform', 'Flexible'] as const)('machines of a %s scale set are found, and no others', async (mode) => {
      const machines = [
        machine(1, { group: 'peers' }),
        machine(2, { group: 'peers' }),
        machine(3),
        machine(4, { group: 'peers2' }),
      ];
      const { source } = await opened({ machines, pageSize: 1, scaleSets: { peers: mode, peers2: mode } });
      expect((await addressesFrom(source({ table: BY_SET }))).addresses).toEqual(['10.4.0.1:7946', '10.4.0.2:7946']);
    });

    test.each(['Uniform', 'Flexible'] as const)(
      'an empty %s scale set is an answer, a missing one is not',
      async (mode) => {
        const { source } = await opened({ machines: three, scaleSets: { peers: mode } });
        expect(await addressesFrom(source({ table: BY_SET }))).toMatchObject({
          addresses: [],
          nobody: 'there are no machines of the scale set Peers in prod',
        });
        const wrong = { ...BY_SET, vm_scale_set: 'gone' };
        await expect(addressesFrom(source({ table: wrong }))).rejects.toThrow(/ResourceNotFound.*vm_scale_set/);
        const elsewhere = { ...BY_SET, resource_group: 'gone' };
        await expect(addressesFrom(source({ table: elsewhere }))).rejects.toThrow(
          /ResourceGroupNotFound.*resource_group/,
        );
      },
    );
  });

  describe(`${name}: refusals of Azure are failures with advice`, () => {
    test('too many calls: Azure says how long to wait', async () => {
      const { source, suffer } = await opened({ machines: three });
      suffer('cloud-throttled');
      await expect(addressesFrom(source({ table: BY_TAG }))).rejects.toMatchObject({ retryAfterMs: 17_000 });
    });

    test('a missing role, another subscription, none at all', async () => {
      const { source, suffer } = await opened({ machines: three });
      const end = suffer('cloud-denied');
      await expect(addressesFrom(source({ table: BY_TAG }))).rejects.toThrow(/AuthorizationFailed.*role Reader/);
      end();
      const other = { ...BY_TAG, subscription_id: 'other' };
      await expect(addressesFrom(source({ table: other }))).rejects.toThrow(/SubscriptionNotFound.*subscription_id/);
      const table = { tag_name: 'role' };
      await expect(addressesFrom(source({ table }))).rejects.toThrow('Give subscription_id');
      const environment = { AZURE_SUBSCRIPTION_ID: 'other', ARM_SUBSCRIPTION_ID: subscription };
      expect((await addressesFrom(source({ table, environment }))).addresses).toHaveLength(3);
    });

    test('something else at the endpoint, or an answer cut short, is no empty list', async () => {
      const { source, suffer } = await opened({ machines: three });
      const asked = source({ table: BY_TAG });
      await addressesFrom(asked);
      const end = suffer('http-status', { status: 200, body: '{}' });
      await expect(addressesFrom(asked)).rejects.toThrow('check endpoint');
      end();
      suffer('http-cut', { bytes: 50 });
      await expect(addressesFrom(asked)).rejects.toMatchObject({ code: 'SOURCE_FAILED' });
    });
  });

  describe(`${name}: tokens of Azure`, () => {
    test('a metadata service that is not ready yet is asked again', async () => {
      const { source, suffer } = await opened({ machines: three });
      suffer('metadata-warming', { times: 1, status: 410 });
      expect((await addressesFrom(source({ table: BY_TAG }))).addresses).toHaveLength(2);
    });

    test('one that stays down is a failure within the deadline', async () => {
      const { source, suffer } = await opened({ machines: three });
      suffer('metadata-down', { status: 429 });
      const asked = source({ table: BY_TAG }).discover({ deadlineMs: 1_500, signal: new AbortController().signal });
      await expect(asked).rejects.toThrow('status 429');
    });

    test('an identity that this machine does not have is told', async () => {
      const { source } = await opened({ machines: three });
      const asked = source({ table: { ...BY_TAG, client_id: 'other' } });
      await expect(addressesFrom(asked)).rejects.toThrow(/Identity not found.*Assign a managed identity/);
    });

    test('a secret is exchanged; a wrong one is told, not shown', async () => {
      const { source, suffer } = await opened({ machines: three });
      suffer('metadata-down');
      const table = { ...BY_TAG, tenant_id: tenant, client_id: client, secret_access_key: secret };
      expect((await addressesFrom(source({ table }))).addresses).toHaveLength(2);
      const environment = { ARM_TENANT_ID: tenant, ARM_CLIENT_ID: client, ARM_CLIENT_SECRET: 'mistaken' };
      const bad = source({ table: BY_TAG, environment });
      await expect(addressesFrom(bad)).rejects.toThrow(/invalid_client.*secrets expire/);
      await expect(addressesFrom(bad)).rejects.not.toThrow('mistaken');
    });

    test('the token of another issuer is exchanged', async () => {
      const { source, suffer } = await opened({ machines: three });
      suffer('metadata-down');
      const environment = { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_FEDERATED_TOKEN_FILE: '/token' };
      const asked = source({ table: BY_TAG, environment, files: { '/token': `${FEDERATED_TOKEN}\n` } });
      expect((await addressesFrom(asked)).addresses).toHaveLength(2);
    });

    test('a token that ends is fetched again in the middle of a list', async () => {
      const { source, suffer, account } = await opened({ machines: three });
      const asked = source({ table: BY_TAG });
      await addressesFrom(asked);
      suffer('cloud-credentials-expired')();
      expect((await addressesFrom(asked)).addresses).toHaveLength(2);
      expect(account.counted.lent).toBe(2);
    });
  });
}
