import { isSourceText, sourceOfText } from '../discovery/peer-text.ts';
import { sourceOf } from '../discovery/source-table.ts';
import type { SourceConfig } from '../discovery/source-type.ts';
import { sourceType } from '../discovery/source-types.ts';
import * as kinds from './kinds.ts';
import type { Kind } from './kinds.ts';

const LOCATION = 'the path of a file or folder, or a URL, such as /etc/peers.json or https://registry.example.org/';

const location: Kind = {
  ...kinds.path,
  allowed: LOCATION,
  check(value, refuse) {
    if (typeof value !== 'string' || value.trim() === '') return refuse({ value, allowed: LOCATION });
    if (!isSourceText(value))
      return kinds.path.check(value, refuse) === undefined ? undefined : fileSource([value], false);
    const source = sourceOfText(value, refuse);
    const isRegistry = source === undefined || source.type === 'file' || source.type === 'registry';
    return isRegistry ? source : refuse({ value, allowed: LOCATION });
  },
};

/** Places of registries, each kept as the source that asks there. */
export const registryList: Kind = {
  ...kinds.list(location),
  read: (text) => text.split(/[\s,]+/).filter((word) => word !== ''),
};

/** Peers that somebody has left in the data directory for this node; in most there is no such file. */
export function peersFileIn(dataDir: string): SourceConfig | undefined {
  return dataDir === '' ? undefined : fileSource([`${dataDir.replace(/\/$/, '')}/discovery-peers.json`], true);
}

function fileSource(paths: readonly string[], optional: boolean): SourceConfig {
  const told: Readonly<Record<string, unknown>> = { paths, optional };
  return sourceOf(sourceType('file')!, (name) => told[name]);
}
