import { describe, expect, test } from 'vitest';
import { amzDate, authorization, type Signable } from '../../core/discovery/aws/sigv4.ts';
import { nodeCrypto } from '../../transports/crypto.ts';

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: '',
};
const date = '20150830T123600Z';
const vanilla: Signable = {
  method: 'GET',
  path: '/',
  query: [],
  headers: { host: 'example.amazonaws.com', 'x-amz-date': date },
  body: '',
};

/** Published by AWS: its test suite for Signature Version 4, and the example of the documentation. */
const PUBLISHED: readonly (readonly [string, Signable, string, string])[] = [
  ['get-vanilla', vanilla, 'service', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  [
    'get-vanilla-query-order-key-case',
    {
      ...vanilla,
      query: [
        ['Param2', 'value2'],
        ['Param1', 'value1'],
      ],
    },
    'service',
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'post-x-www-form-urlencoded',
    {
      ...vanilla,
      method: 'POST',
      headers: { ...vanilla.headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Param1=value1',
    },
    'service',
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
  [
    'IAM ListUsers',
    {
      ...vanilla,
      query: [
        ['Action', 'ListUsers'],
        ['Version', '2010-05-08'],
      ],
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        host: 'iam.amazonaws.com',
        'x-amz-date': date,
      },
    },
    'iam',
    '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  ],
];

describe('signatures of AWS', () => {
  test.each(PUBLISHED)('%s is signed as published', (_, what, service, signature) => {
    const header = authorization(nodeCrypto(), what, { region: 'us-east-1', service }, credentials);
    const signed = Object.keys(what.headers).toSorted().join(';');
    expect(header).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/${service}/aws4_request, SignedHeaders=${signed}, Signature=${signature}`,
    );
  });

  test('dates are written without separators', () => {
    expect(amzDate(Date.parse('2015-08-30T12:36:00.999Z'))).toBe(date);
  });
});
