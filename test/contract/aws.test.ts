import { awsType } from '../../core/discovery/aws/aws-type.ts';
import { createAws } from '../../simulator/services/aws/aws-fake.ts';
import { awsContract } from './aws.contract.ts';
import { playedCloud, servedCloud, type CloudUnderTest } from './cloud-stage.ts';

const aws: CloudUnderTest = {
  type: awsType,
  names: {
    api: ['ec2', 'ecs', 'sts'].map((service) => `${service}.eu-central-1.amazonaws.com`),
    metadata: ['169.254.169.254', '169.254.170.2', '169.254.170.23'],
  },
  elsewhere: (url) => ({
    table: { endpoint: url },
    environment: { AWS_EC2_METADATA_SERVICE_ENDPOINT: url, AWS_ENDPOINT_URL_STS: url },
  }),
  create: createAws,
};

awsContract('in a simulated world', (account) => playedCloud(aws, account));
awsContract('over HTTP', (account) => servedCloud(aws, account));
