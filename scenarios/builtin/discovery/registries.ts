import { toBase64 } from '../../../core/base64.ts';
import { signRegistry } from '../../../core/discovery/signed/signed-registry.ts';
import { SIGN_KEY_BYTES } from '../../../core/ports/crypto.ts';
import { bytesFromText } from '../../../core/wire/text.ts';
import { seededRandom } from '../../../core/random.ts';
import type { HostSpec } from '../../../simulator/program.ts';
import { Disk } from '../../../simulator/sim-files.ts';
import { standInCrypto } from '../../../simulator/sim-crypto.ts';
import { hostAddress } from '../../../simulator/sim-host.ts';
import { allMet } from '../../../simulator/invariants/all-met.ts';
import { nobodyBeginsAlone } from '../../../simulator/invariants/discovery-alone.ts';
import { theLivingStayCandidates } from '../../../simulator/invariants/discovery-candidates.ts';
import { defineScenario } from '../../define.ts';
import { hostNames } from '../cluster.ts';
import { converged, noFalsePositives } from '../expectations.ts';
import { between, schedule, seconds } from '../schedule.ts';
import { nodes } from './nodes.ts';

const FOLDER = '/registry';
const PATH = `${FOLDER}/peers.json`;
const EARLY = hostNames(6).slice(0, 3);
const LATE = hostNames(6).slice(3);
const SEED = new Uint8Array(SIGN_KEY_BYTES).fill(7);
const DAY_MS = 86_400_000;

/** Who keeps the registry: signs an edition with the early nodes at first, and one with all of them when told to. */
function keeper(disk: Disk): HostSpec {
  return {
    name: 'keeper',
    bystander: true,
    program(host) {
      const publish = (seq: number, count: number): void => {
        const entries = hostNames(count).map((id, index) => ({ id, address: hostAddress(1 + index) }));
        const issuedAt = host.clock.wallTime();
        const edition = { cluster: '', seq, issuedAt, expiresAt: issuedAt + DAY_MS, entries };
        disk.write(PATH, bytesFromText(JSON.stringify(signRegistry(edition, SEED, host.crypto))));
      };
      publish(1, EARLY.length);
      return { command: () => publish(2, EARLY.length + LATE.length) };
    },
  };
}

export const registryRolledBack = defineScenario({
  name: 'discovery-registry-rolled-back',
  summary: 'a signed file of peers is read half-written, and later an older edition of it comes back',
  mustStrike: ['service.files-torn', 'service.files-rolled-back'],
  stage({ random }) {
    const disk = new Disk();
    const publicKey = standInCrypto(seededRandom('public key')).publicKey(SEED);
    const late = between(random, 20, 30);
    const back = late + between(random, 20, 30);
    const torn = between(random, 3, 10);
    return nodes({
      nodes: EARLY.length + LATE.length,
      services: [keeper(disk)],
      discovery: (name) => {
        // The late ones can ask nobody: they depend on who reads the edition that names them.
        if (LATE.includes(name)) return { seed_nodes: [] };
        return { type: 'file', paths: [PATH], public_keys: [toBase64(publicKey)], refresh_interval_sec: 5 };
      },
      cluster: () => ({ data_dir: '/data' }),
      options: () => ({ mounts: { [FOLDER]: disk } }),
      startAt: (name) => (LATE.includes(name) ? late : random.int(300_000)),
      faults: schedule([
        { kind: 'service', at: 0, hosts: EARLY, effect: 'files-torn', for: torn },
        { kind: 'command', at: late, hosts: ['keeper'], command: 'publish' },
        { kind: 'service', at: late, hosts: EARLY, effect: 'files-torn', for: between(random, 2, 8) },
        { kind: 'service', at: back, hosts: EARLY, effect: 'files-rolled-back', for: between(random, 10, 30) },
        { kind: 'restart', at: back + seconds(2), hosts: [random.pick(EARLY)], keepStore: true, newAddress: false },
      ]),
      invariants: [
        allMet(late + seconds(60)),
        nobodyBeginsAlone({ until: torn }),
        theLivingStayCandidates({ from: late + seconds(15) }),
      ],
      expectations: [converged, noFalsePositives],
    });
  },
});
