import { jsonFrom } from '../../../core/discovery/cloud/loose.ts';
import { textFromBytes } from '../../../core/wire/text.ts';
import type { CloudAccount } from '../cloud/account.ts';
import { cloudDesk, cloudFake } from '../cloud/cloud-fake.ts';
import { pairsOf } from '../cloud/pairs.ts';
import type { FakePorts, FakeService } from '../fake-service.ts';
import { describeInstances, ec2Refusal } from './ec2-api.ts';
import { ecs } from './ecs-api.ts';
import { assumeRole, lending } from './lending.ts';
import { signatureProblem } from './signature-check.ts';

const ECS_TARGET = /^AmazonEC2ContainerServiceV20141113\.(ListTasks|DescribeTasks)$/;

/**
 * EC2, ECS, STS, the metadata service and the credentials of containers, by the path of the request: in a simulated
 * world serve it on port 443 of one host for the public names, and on port 80 of another for 169.254.169.254. Its own
 * effect `metadata-far` loses metadata tokens on their way, as a hop limit of 1 does to containers.
 */
export function createAws(ports: FakePorts, account: CloudAccount, region = 'eu-central-1'): FakeService {
  const desk = cloudDesk(ports, account);
  return cloudFake(
    desk,
    (request) => {
      const { method, headers, body } = request;
      if (method !== 'POST') return lending(desk, region, request);
      const text = textFromBytes(body);
      const [, action] = ECS_TARGET.exec(headers['x-amz-target'] ?? '') ?? [];
      if (action !== undefined) return ecs(desk, signatureProblem(desk, request), action, jsonFrom(text) ?? {});
      const form = pairsOf(text);
      if (form['Action'] === 'AssumeRoleWithWebIdentity') return assumeRole(desk, form);
      if (form['Action'] === 'DescribeInstances') return describeInstances(desk, signatureProblem(desk, request), form);
      return ec2Refusal(400, 'InvalidAction', `The action ${form['Action'] ?? ''} is not valid for this web service.`);
    },
    ['metadata-far'],
  );
}
