import { checkAdmin } from '../admin/access.ts';
import { InvalidSetting } from '../errors.ts';
import { brokenSettings } from '../membership/settings.ts';
import { encodeTags } from '../membership/tags.ts';
import type { Findings } from './findings.ts';
import { settingPath, snakeCase } from './membership-fields.ts';
import type { NodeConfig } from './node-config.ts';
import type { ConfigSource } from './problems.ts';
import { misfit, type SettledFields } from './settle.ts';

interface Checked {
  readonly config: NodeConfig;
  readonly settled: SettledFields;
  readonly sourceOf: (path: string) => ConfigSource;
  readonly findings: Findings;
}

/** What no value can know alone. */
export function crossChecks(checked: Checked): void {
  checkMembership(checked);
  checkTags(checked);
  checkTls(checked);
  checkAdminFiles(checked);
  checkAccess(checked);
}

function checkMembership({ config, settled, sourceOf, findings }: Checked): void {
  if ([...findings.refused].some((path) => path.startsWith('cluster.membership.'))) return;
  for (const { setting, value, allowed } of brokenSettings(config.cluster.membership)) {
    const path = settingPath(setting);
    const inKeys = allowed.replaceAll(/\b[a-z]+([A-Z][a-z]+)+\b/g, snakeCase);
    // The preset's own value may be what no longer fits: then the place is the key that was changed.
    const changed = [...settled.keys()].find((key) => inKeys.includes(key.split('.').at(-1)!));
    const blamed = settled.has(path) ? path : (changed ?? path);
    const hint = blamed === path ? '' : ` (${blamed} was changed)`;
    findings.add(misfit(settled.get(path)?.path ?? path, { value, allowed: inKeys + hint }, sourceOf(blamed)));
  }
}

function checkTags({ config, sourceOf, findings }: Checked): void {
  const { tags, membership } = config.cluster;
  const path = 'cluster.tags';
  const max = membership.metaMaxBytes;
  const refuse = (size: string): void => {
    const allowed = `at most ${max} bytes, encoded (${settingPath('metaMaxBytes')})`;
    const says = `${path} needs ${size}, but must be ${allowed}.`;
    findings.add({ path, says, value: tags, allowed, source: sourceOf(path) });
  };
  try {
    const size = encodeTags(tags).length;
    if (size > max) refuse(`${size} bytes`);
  } catch (error) {
    if (!(error instanceof InvalidSetting)) throw error;
    refuse(`more than ${max} bytes`);
  }
}

function checkTls(checked: Checked): void {
  const { mode, tls } = checked.config.cluster.network;
  if (mode !== 'tls') return;
  const path = 'cluster.network.tls';
  const because = 'cluster.network.mode';
  if (tls.certFile === '') missing(checked, `${path}.cert_file`, because, 'mode tls shows peers a certificate');
  if (tls.keyFile === '') missing(checked, `${path}.key_file`, because, 'mode tls shows peers a certificate');
  if (tls.caFile === '') missing(checked, `${path}.ca_file`, because, 'mode tls asks peers for a certificate');
}

function checkAdminFiles(checked: Checked): void {
  const { certFile, keyFile, caFile, token, tokenFile } = checked.config.admin;
  if (certFile !== '' && keyFile === '')
    missing(checked, 'admin.key_file', 'admin.cert_file', 'the certificate has a key');
  if (keyFile !== '' && certFile === '')
    missing(checked, 'admin.cert_file', 'admin.key_file', 'the key has a certificate');
  if (caFile !== '' && certFile === '') {
    missing(checked, 'admin.cert_file', 'admin.ca_file', 'certificates of callers are seen over HTTPS alone');
  }
  if (token === '' || tokenFile === '') return;
  const { findings, sourceOf } = checked;
  const path = 'admin.token_file';
  const says = `${path} cannot stand beside admin.token (${findings.place(sourceOf('admin.token'))}). Keep one of them.`;
  findings.add({ path, says, value: tokenFile, source: sourceOf(path) });
}

/** The words are those of a node that is told so in code. */
function checkAccess({ config: { admin }, sourceOf, findings }: Checked): void {
  if ([...findings.refused].some((path) => path.startsWith('admin.'))) return;
  try {
    checkAdmin({ ...admin, token: admin.token || admin.tokenFile });
  } catch (error) {
    if (!(error instanceof InvalidSetting)) throw error;
    const { setting, value, allowed } = error;
    findings.add(misfit(setting, { value, allowed }, sourceOf(setting)));
  }
}

function missing({ findings, sourceOf }: Checked, path: string, because: string, reason: string): void {
  if (findings.refused.has(path)) return;
  const says = `${path} is missing: ${because} is given, and ${reason}.`;
  findings.add({ path, says, allowed: 'the path of a PEM file', source: sourceOf(because) });
}
