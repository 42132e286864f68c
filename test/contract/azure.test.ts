import { azureType } from '../../core/discovery/azure/azure-type.ts';
import { createAzure } from '../../simulator/services/azure/azure-fake.ts';
import { azureContract } from './azure.contract.ts';
import { playedCloud, servedCloud, type CloudUnderTest } from './cloud-stage.ts';

const access = { subscription: 'sub-1', tenant: 'tenant-1', client: 'client-1', secret: 'client-secret' };

const azure: CloudUnderTest = {
  type: azureType,
  names: {
    api: ['management.azure.com', 'login.microsoftonline.com'],
    metadata: ['169.254.169.254'],
  },
  elsewhere: (url) => ({
    table: { endpoint: url },
    environment: { AZURE_POD_IDENTITY_AUTHORITY_HOST: url, AZURE_AUTHORITY_HOST: url },
  }),
  create: (ports, account) => createAzure(ports, account, access),
};

azureContract('in a simulated world', (account) => playedCloud(azure, account), access);
azureContract('over HTTP', (account) => servedCloud(azure, account), access);
