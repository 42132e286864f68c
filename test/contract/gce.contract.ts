import { describe, expect, test } from 'vitest';
import type { SourceTable } from '../../core/discovery/source-type.ts';
import { CloudAccount, type CloudAccountOptions, type CloudMachine } from '../../simulator/services/cloud/account.ts';
import { addressesFrom } from '../discovery/asking.ts';
import type { CloudStage } from './cloud-stage.ts';

const BY_LABEL: SourceTable = { label_key: 'role', label_value: 'db' };

function machine(number: number, more: Partial<CloudMachine> = {}): CloudMachine {
  return { name: `vm-${String(number).padStart(3, '0')}`, ip: `10.3.0.${number}`, tags: { role: 'db' }, ...more };
}

/** `begin` puts up an account with its services; `privateKey` is that of the service account, in PEM. */
export function gceContract(
  name: string,
  begin: (account: CloudAccount) => Promise<CloudStage>,
  privateKey: string,
): void {
  const opened = (options: CloudAccountOptions): Promise<CloudStage> => begin(new CloudAccount(options));
  const three = [machine(1), machine(2), machine(3, { tags: { role: 'web' }, networkTags: ['peer'] })];

  describe(`${name}: peers among the machines of Google Cloud`, () => {
    test('instances with the label are found; project and token come from the metadata server, once', async () => {
      const { source, account } = await opened({ machines: three });
      const asked = source({ table: { ...BY_LABEL, port: 8000 } });
      const expected = {
        addresses: ['10.3.0.1:8000', '10.3.0.2:8000'],
        lifetimeMs: 60_000,
        complete: true,
        warnings: [],
      };
      for (let i = 0; i < 2; i += 1) expect(await addressesFrom(asked)).toEqual(expected);
      expect(account.counted.lent).toBe(1);
    });

    test.each([
      [{ tag_value: 'peer' }, ['10.3.0.3:7946']],
      [{ label_key: 'role' }, ['10.3.0.1:7946', '10.3.0.2:7946', '10.3.0.3:7946']],
      [{ tag_value: 'peer', label_key: 'role', label_value: 'db' }, []],
    ])('%o selects', async (table, addresses) => {
      const { source } = await opened({ machines: three });
      expect((await addressesFrom(source({ table }))).addresses).toEqual(addresses);
    });

    test('quotes in a value select what has them, and nothing else', async () => {
      const value = '") OR (status = "RUNNING\\';
      const { source } = await opened({ machines: [machine(1), machine(2, { tags: { role: value } })] });
      const found = await addressesFrom(source({ table: { label_key: 'role', label_value: value } }));
      expect(found.addresses).toEqual(['10.3.0.2:7946']);
    });

    test('all pages of all zones are read', async () => {
      const machines = Array.from({ length: 17 }, (_, i) => machine(i + 1, { zone: `europe-west${i % 3}-b` }));
      const { source, account } = await opened({ machines, pageSize: 4 });
      expect((await addressesFrom(source({ table: BY_LABEL }))).addresses.toSorted()).toEqual(
        machines.map(({ ip }) => `${ip}:7946`).toSorted(),
      );
      expect(account.counted.calls).toBe(5);
    });

    test('a machine that goes between two pages takes nobody with it', async () => {
      const { source, suffer } = await opened({ machines: [1, 2, 3, 4, 5].map((i) => machine(i)), pageSize: 2 });
      suffer('cloud-changing', { terminate: machine(2).name });
      expect((await addressesFrom(source({ table: BY_LABEL }))).addresses).toHaveLength(5);
    });

    test('a pattern selects whole names of zones', async () => {
      const zones = ['europe-west1-b', 'europe-west1-bb', 'x-europe-west1-b', 'asia-east1-a'];
      const { source } = await opened({ machines: zones.map((zone, i) => machine(i + 1, { zone })) });
      const found = await addressesFrom(source({ table: { ...BY_LABEL, zone_pattern: 'europe-west1-.' } }));
      expect(found.addresses).toEqual(['10.3.0.1:7946']);
    });

    test('instances that do not run are none', async () => {
      const { source } = await opened({ machines: [machine(1), machine(2, { state: 'stopped' })] });
      expect((await addressesFrom(source({ table: BY_LABEL }))).addresses).toEqual(['10.3.0.1:7946']);
    });

    test('nobody, and nobody with an address, are answers with their reasons', async () => {
      const { source } = await opened({ machines: [] });
      expect(await addressesFrom(source({ table: BY_LABEL }))).toMatchObject({
        addresses: [],
        nobody: 'there are no running instances with the label role=db',
      });
      const bare = await opened({ machines: [machine(1, { ip: '' })] });
      expect(await addressesFrom(bare.source({ table: BY_LABEL }))).toMatchObject({
        addresses: [],
        nobody: 'the running instances with the label role=db have no internal address',
      });
    });

    test('an instance that is kept for another cluster is none of ours', async () => {
      const labels = { role: 'db', 'rollcall-label': 'green' };
      const { source } = await opened({ machines: [machine(1), machine(2, { tags: labels })] });
      expect((await addressesFrom(source({ table: BY_LABEL, label: 'blue' }))).addresses).toEqual(['10.3.0.1:7946']);
      expect((await addressesFrom(source({ table: BY_LABEL, label: 'green' }))).addresses).toHaveLength(2);
    });
  });

  describe(`${name}: a part of Google Cloud is silent`, () => {
    const machines = [machine(1), machine(2, { zone: 'asia-east1-a' })];

    test.each([true, false])(
      'a zone that is down makes the answer incomplete, and is named (listed: %s)',
      async (listed) => {
        const { source, suffer } = await opened({ machines });
        const end = suffer('cloud-zone-down', { zone: 'asia-east1-a', listed });
        const found = await addressesFrom(source({ table: BY_LABEL }));
        expect(found).toMatchObject({ addresses: ['10.3.0.1:7946'], complete: false });
        expect(found.warnings.join(' ')).toContain('zones/asia-east1-a');
        end();
        expect(await addressesFrom(source({ table: BY_LABEL }))).toMatchObject({ complete: true, warnings: [] });
      },
    );

    test('with nobody in the others it is a failure, not an empty list', async () => {
      const { source, suffer } = await opened({ machines: [machines[1]!] });
      suffer('cloud-zone-down', { zone: 'asia-east1-a' });
      await expect(addressesFrom(source({ table: BY_LABEL }))).rejects.toThrow('zones/asia-east1-a');
    });

    test('a zone that nobody asked for may be down', async () => {
      const { source, suffer } = await opened({ machines });
      suffer('cloud-zone-down', { zone: 'asia-east1-a' });
      const found = await addressesFrom(source({ table: { ...BY_LABEL, zone_pattern: 'europe-.*' } }));
      expect(found).toMatchObject({ addresses: ['10.3.0.1:7946'], complete: true });
    });
  });

  describe(`${name}: refusals of Google Cloud are failures with advice`, () => {
    test('too many calls, a missing permission, another project', async () => {
      const { source, suffer } = await opened({ machines: three });
      const asked = source({ table: BY_LABEL });
      const end = suffer('cloud-throttled');
      await expect(addressesFrom(asked)).rejects.toMatchObject({
        retryAfterMs: 10_000,
        message: expect.stringContaining('rateLimitExceeded'),
      });
      end();
      const allow = suffer('cloud-denied');
      await expect(addressesFrom(asked)).rejects.toThrow('Allow compute.instances.list');
      allow();
      await expect(addressesFrom(source({ table: { ...BY_LABEL, project_name: 'other' } }))).rejects.toThrow(
        'project_name',
      );
    });

    test('something else at the endpoint, or an answer cut short, is no empty list', async () => {
      const { source, suffer } = await opened({ machines: three });
      const asked = source({ table: BY_LABEL });
      await addressesFrom(asked);
      const end = suffer('http-status', { status: 200, body: '{}' });
      await expect(addressesFrom(asked)).rejects.toThrow('check endpoint');
      end();
      suffer('http-cut', { bytes: 100 });
      await expect(addressesFrom(asked)).rejects.toMatchObject({ code: 'SOURCE_FAILED' });
    });

    test('a metadata server that starts late is asked again by the next question', async () => {
      const { source, suffer } = await opened({ machines: three });
      const asked = source({ table: BY_LABEL });
      const end = suffer('metadata-down');
      await expect(addressesFrom(asked)).rejects.toThrow('503');
      end();
      expect((await addressesFrom(asked)).addresses).toHaveLength(2);
    });

    test('who does not answer as Google is no metadata server', async () => {
      const { source, suffer } = await opened({ machines: three });
      suffer('http-status', { status: 200, body: 'Please log in' });
      await expect(addressesFrom(source({ table: BY_LABEL }))).rejects.toThrow('Metadata-Flavor');
    });

    test('a token that ends in the middle of a list is fetched again, and the list goes on', async () => {
      const { source, suffer, account } = await opened({ machines: three });
      const asked = source({ table: BY_LABEL });
      await addressesFrom(asked);
      suffer('cloud-credentials-expired')();
      expect((await addressesFrom(asked)).addresses).toHaveLength(2);
      expect(account.counted.lent).toBe(2);
    });
  });

  describe(`${name}: the key of a service account`, () => {
    const keyFile = (token_uri: string, more: object = {}): string =>
      JSON.stringify({
        type: 'service_account',
        project_id: 'project-1',
        private_key_id: 'k1',
        private_key: privateKey,
        client_email: 'node@project-1.iam.gserviceaccount.com',
        token_uri,
        ...more,
      });

    test('signs for a token, and names the project', async () => {
      const { source, endpoints } = await opened({ machines: three });
      const files = { '/key.json': keyFile(endpoints.files!['token_uri']!) };
      const table = { ...BY_LABEL, credentials_file: '/key.json' };
      expect((await addressesFrom(source({ table, files }))).addresses).toHaveLength(2);
      const environment = { GOOGLE_APPLICATION_CREDENTIALS: '/key.json' };
      expect((await addressesFrom(source({ table: BY_LABEL, files, environment }))).addresses).toHaveLength(2);
    });

    test('a wrong clock, a file that is missing or no key: the error says so, and shows no key', async () => {
      const { source, endpoints } = await opened({ machines: three });
      const table = { ...BY_LABEL, credentials_file: '/key.json' };
      const uri = endpoints.files!['token_uri']!;
      const asked = (text: string, wrongByMs = 0): Promise<unknown> =>
        addressesFrom(source({ table, files: { '/key.json': text }, wrongByMs }));
      await expect(asked(keyFile(uri), 3_000_000)).rejects.toThrow(/invalid_grant.*the clock/);
      await expect(asked('{"type":"authorized_user"}')).rejects.toThrow('/key.json is not the JSON key');
      await expect(asked(keyFile(uri, { private_key: 'top secret' }))).rejects.toThrow('Download a new key');
      await expect(asked(keyFile(uri, { private_key: 'top secret' }))).rejects.not.toThrow('top secret');
      await expect(addressesFrom(source({ table }))).rejects.toThrow('no such file');
    });
  });
}
