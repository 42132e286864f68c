import * as kinds from '../../config/kinds.ts';
import { InvalidSetting } from '../../errors.ts';
import type { SourceType } from '../source-type.ts';
import { fileSource, type FileSourceOptions } from './file-source.ts';

export interface FileConfig extends FileSourceOptions {
  readonly type: 'file';
}

export const fileType: SourceType<FileConfig> = {
  type: 'file',
  keys: [
    {
      name: 'paths',
      field: 'paths',
      kind: kinds.list(kinds.path),
      initial: [],
      says: 'files in JSON that list peers, and folders with one such file for each node',
      defines: true,
    },
    {
      name: 'optional',
      field: 'optional',
      kind: kinds.yesOrNo,
      initial: false,
      says: 'a path at which there is nothing names nobody, instead of being a failure',
    },
    {
      name: 'refresh_interval_sec',
      field: 'refreshIntervalMs',
      kind: kinds.seconds(1, 86_400),
      initial: 10,
      says: 'how often the files are read',
    },
    {
      name: 'max_age_sec',
      field: 'maxAgeMs',
      kind: kinds.seconds(0, 31_536_000),
      initial: 0,
      says: 'entries with an older sign of life are left out; 0 for none',
    },
    {
      name: 'register_path',
      field: 'registerPath',
      kind: kinds.path,
      initial: '',
      says: 'where this node enters itself: a file of its own, or a folder when it ends with a slash',
    },
    {
      name: 'public_keys',
      field: 'publicKeys',
      kind: kinds.list(kinds.publicKey),
      initial: [],
      says: 'only registries that are signed with one of these are believed',
    },
  ],
  inWords: ({ paths }) => `the entries in ${paths.join(', ')}`,
  problem: ({ paths, registerPath, publicKeys, maxAgeMs }) => {
    if (paths.length === 0) return 'paths must name at least one file or folder.';
    // Entries without a signature, such as the one that a node writes of itself, would be believed by nobody.
    if (registerPath !== '' && publicKeys.length > 0)
      return 'register_path and public_keys are both set: what a node enters of itself is not signed.';
    if (maxAgeMs > 0 && maxAgeMs < 3_000)
      return 'max_age_sec must be at least 3, or 0: an entry is renewed three times in this time.';
    return undefined;
  },
  urls: {
    file: (url) => {
      if (url.hosts.length > 0 || url.path === '') {
        throw new InvalidSetting('a file URL', url.text, 'file:/path/to/peers.json, or file:///path/to/peers.json');
      }
      const root = /^file:\//i.test(url.text) ? '/' : '';
      return { paths: [root + url.path.replace(/^\//, '')] };
    },
  },
  create: (config, ports, context) => fileSource(config, ports, context),
};
