import * as kinds from '../../config/kinds.ts';
import { InvalidSetting } from '../../errors.ts';
import { told } from '../cloud/told.ts';
import { DEFAULT_PORT } from '../host-port.ts';
import type { SourceKey, SourceTable, SourceType } from '../source-type.ts';
import { gceSource, soughtBy, type GceOptions } from './gce-source.ts';

export interface GceConfig extends GceOptions {
  readonly type: 'gce';
}

const KEYS: readonly SourceKey[] = [
  {
    name: 'label_key',
    field: 'labelKey',
    kind: kinds.cloudLabel,
    initial: '',
    says: 'only instances with this label',
    defines: true,
  },
  {
    name: 'label_value',
    field: 'labelValue',
    kind: kinds.anyText,
    initial: '',
    says: 'of the label; any unless given',
  },
  {
    name: 'tag_value',
    field: 'tagValue',
    kind: kinds.anyText,
    initial: '',
    says: 'only instances with this network tag',
  },
  {
    name: 'project_name',
    field: 'projectName',
    kind: kinds.anyText,
    initial: '',
    says: 'unless given, that of the key file, or of this instance',
  },
  {
    name: 'zone_pattern',
    field: 'zonePattern',
    kind: kinds.pattern,
    initial: '',
    says: 'only zones whose whole name matches, such as `europe-west.*`',
  },
  {
    name: 'credentials_file',
    field: 'credentialsFile',
    kind: kinds.path,
    initial: '',
    says: 'the JSON key of a service account; unless given, GOOGLE_APPLICATION_CREDENTIALS, or the account of this instance',
  },
  {
    name: 'endpoint',
    field: 'endpoint',
    kind: kinds.webAddress,
    initial: '',
    says: 'in place of the public one',
  },
  { name: 'port', field: 'port', kind: kinds.whole(1, 65_535), initial: DEFAULT_PORT, says: 'where peers listen' },
  {
    name: 'refresh_interval_sec',
    field: 'refreshIntervalMs',
    kind: kinds.seconds(5, 86_400),
    initial: 60,
    says: 'Google is asked again after this long; all nodes of a project share its quota',
  },
];

export const gceType: SourceType<GceConfig> = {
  type: 'gce',
  keys: KEYS,
  inWords: (config) => `asking Google Cloud for ${soughtBy(config)}`,
  problem({ tagValue, labelKey, labelValue }) {
    if (tagValue === '' && labelKey === '') return 'give label_key, or tag_value.';
    return labelKey === '' && labelValue !== '' ? 'label_value has no meaning without label_key.' : undefined;
  },
  urls: {
    /** `gce://project?label_key=role&label_value=db` */
    gce({ text, hosts, path, query }): SourceTable {
      if (hosts.length > 1 || path !== '') {
        throw new InvalidSetting('url', text, 'gce://project?label_key=role&label_value=db');
      }
      return { ...(hosts.length === 0 ? {} : { project_name: hosts[0] }), ...told(KEYS, query) };
    },
  },
  providers: { gce: (keys) => told(KEYS, keys) },
  create: (config, ports, { label }) => gceSource(config, ports, label),
};
