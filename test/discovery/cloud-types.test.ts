import { describe, expect, test } from 'vitest';
import { checkSource } from '../../core/discovery/source-table.ts';
import type { SourceTable, SourceType } from '../../core/discovery/source-type.ts';
import { sourceType } from '../../core/discovery/source-types.ts';
import { parsePairs } from '../../core/discovery/peer-text-pairs.ts';
import { parseSourceUrl } from '../../core/discovery/peer-text-url.ts';

/** A checked configuration, or what is wrong with the table. */
function checked(of: SourceType, table: SourceTable): Record<string, unknown> | string {
  let wrong = '';
  const config = checkSource(of, table, '', (refused) => void (wrong ||= refused.allowed) as undefined);
  return wrong || { ...config };
}

function fromText(text: string): Record<string, unknown> | string {
  const { provider = '', ...keys } = Object.fromEntries(parsePairs(text));
  const of = sourceType(provider)!;
  return checked(of, of.providers![provider]!(keys));
}

function fromUrl(text: string): Record<string, unknown> | string {
  const url = parseSourceUrl(text);
  const of = sourceType(url.scheme)!;
  return checked(of, of.urls![url.scheme]!(url));
}

describe('texts of go-discover', () => {
  test.each([
    [
      'provider=aws region=eu-west-1 tag_key=role tag_value="a b" addr_type=public_v4 access_key_id=A secret_access_key=s endpoint=http://127.0.0.1:4566',
      {
        type: 'aws',
        region: 'eu-west-1',
        tagKey: 'role',
        tagValue: 'a b',
        addrType: 'public_v4',
        accessKeyId: 'A',
        secretAccessKey: 's',
        endpoint: 'http://127.0.0.1:4566',
        port: 7946,
      },
    ],
    ['provider=aws service=ecs ecs_cluster=prod ecs_family=f', { ecsCluster: 'prod', ecsFamily: 'f', tagKey: '' }],
    [
      'provider=gce project_name=p zone_pattern="us-.*" tag_value=t label_key=k label_value=v credentials_file=/k.json',
      {
        type: 'gce',
        projectName: 'p',
        zonePattern: 'us-.*',
        tagValue: 't',
        labelKey: 'k',
        labelValue: 'v',
        credentialsFile: '/k.json',
      },
    ],
    [
      'provider=azure tenant_id=t client_id=c subscription_id=s secret_access_key=x tag_name=n tag_value=v',
      {
        type: 'azure',
        tenantId: 't',
        clientId: 'c',
        subscriptionId: 's',
        secretAccessKey: 'x',
        tagName: 'n',
        tagValue: 'v',
      },
    ],
    ['provider=azure resource_group=g vm_scale_set=v', { resourceGroup: 'g', vmScaleSet: 'v', tagName: '' }],
  ])('%s', (text, config) => {
    expect(fromText(text)).toMatchObject(config);
  });

  test.each([
    ['provider=aws tag_key=a tag_valeu=b', 'a source of type aws has no such key'],
    ['provider=aws region=x@example.org tag_key=a', 'a region, such as eu-central-1'],
    ['provider=gce tag_value=t zone_pattern=(', 'a regular expression'],
    ['provider=gce label_key="a b"', 'the key of a label'],
    ['provider=azure tag_name=a port=0', 'a whole number from 1 to 65535'],
    ['provider=aws tag_key=a endpoint=ftp://x', 'an address that begins with http'],
  ])('%s is refused', (text, allowed) => {
    expect(fromText(text)).toContain(allowed);
  });

  test('service=ecs goes with ecs_cluster', () => {
    for (const text of ['service=ecs', 'ecs_cluster=prod', 'service=rds tag_key=a']) {
      expect(() => fromText(`provider=aws ${text}`)).toThrow('service');
    }
  });
});

describe('URLs', () => {
  test.each([
    [
      'aws://eu-west-1?tag_key=role&tag_value=db&port=8000',
      { region: 'eu-west-1', tagKey: 'role', tagValue: 'db', port: 8_000 },
    ],
    ['aws://?ecs_cluster=prod', { region: '', ecsCluster: 'prod' }],
    ['gce://project-1?label_key=role', { projectName: 'project-1', labelKey: 'role' }],
    ['azure://sub-1?tag_name=role&refresh_interval_sec=300', { subscriptionId: 'sub-1', refreshIntervalMs: 300_000 }],
  ])('%s', (text, config) => {
    expect(fromUrl(text)).toMatchObject(config);
  });

  test.each(['aws://a,b?tag_key=x', 'aws://a/path?tag_key=x', 'gce://p/x', 'azure://s/x'])('%s is refused', (text) => {
    expect(() => fromUrl(text)).toThrow('url');
  });
});

describe('what cannot be meant', () => {
  test.each([
    ['aws', {}, 'give tag_key, or ecs_cluster'],
    ['aws', { ecs_cluster: 'c', tag_value: 'v' }, 'tag_value has no meaning'],
    ['aws', { tag_key: 'k', access_key_id: 'a' }, 'belong together'],
    ['aws', { tag_key: 'k', ecs_family: 'f' }, 'ecs_family has no meaning'],
    ['aws', { ecs_cluster: 'c', addr_type: 'public_v4' }, 'addr_type cannot be public_v4'],
    ['gce', {}, 'give label_key, or tag_value'],
    ['gce', { tag_value: 't', label_value: 'v' }, 'label_value has no meaning'],
    ['azure', {}, 'give tag_name, or resource_group'],
    ['azure', { tag_name: 'n', vm_scale_set: 'v', resource_group: 'g' }, 'but not both'],
    ['azure', { vm_scale_set: 'v' }, 'together with vm_scale_set'],
    ['azure', { vm_scale_set: 'v', resource_group: 'g', tag_value: 'v' }, 'tag_value has no meaning'],
  ])('%s %o', (type, table, says) => {
    expect(checked(sourceType(type)!, table)).toContain(says);
  });
});

test('whom they ask for is said in words', () => {
  const words = (type: string, table: SourceTable): string => {
    const of = sourceType(type)!;
    return of.inWords(checkSource(of, table, '', () => undefined)!);
  };
  expect(words('aws', { tag_key: 'a', tag_value: 'b' })).toBe('asking AWS for running instances with the tag a=b');
  expect(words('aws', { ecs_cluster: 'c', ecs_family: 'f', tag_key: 'a' })).toBe(
    'asking AWS for running tasks of c of the family f with the tag a',
  );
  expect(words('gce', { tag_value: 't', label_key: 'k', zone_pattern: 'z' })).toBe(
    'asking Google Cloud for running instances with the tag t with the label k in zones like z',
  );
  expect(words('azure', { resource_group: 'g', vm_scale_set: 's' })).toBe(
    'asking Azure for machines of the scale set s in g',
  );
});
