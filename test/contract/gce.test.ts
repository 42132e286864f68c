import { generateKeyPairSync } from 'node:crypto';
import { gceType } from '../../core/discovery/gce/gce-type.ts';
import { createGce } from '../../simulator/services/gce/gce-fake.ts';
import { gceContract } from './gce.contract.ts';
import { playedCloud, servedCloud, type CloudUnderTest } from './cloud-stage.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

const gce: CloudUnderTest = {
  type: gceType,
  names: {
    api: ['compute.googleapis.com', 'oauth2.googleapis.com'],
    metadata: ['metadata.google.internal'],
  },
  here: { table: {}, files: { token_uri: 'https://oauth2.googleapis.com/token' } },
  elsewhere: (url) => ({
    table: { endpoint: url },
    environment: { GCE_METADATA_HOST: url.replace('http://', '') },
    files: { token_uri: `${url}/token` },
  }),
  create: (ports, account) => createGce(ports, account, { project: 'project-1', privateKey }),
};

gceContract('in a simulated world', (account) => playedCloud(gce, account), privateKey);
gceContract('over HTTP', (account) => servedCloud(gce, account), privateKey);
