import { canonicalAddress, isAddress } from '../../address.ts';
import { addressChecksum } from '../checksum.ts';
import { jsonFrom, textAt } from '../cloud/loose.ts';
import type { Entry, Found, Self } from '../source.ts';
import { nobody, SourceFailed } from '../source.ts';
import { METHOD } from './etcd-calls.ts';

const NO_LABEL = 'default';

/** Where the nodes of one cluster are entered: `/prefix/label/`. */
export function folderOf(prefix: string, label: string): string {
  const trimmed = prefix.replaceAll(/^\/+|\/+$/g, '');
  // A slash inside a label would put one cluster's folder into another's.
  const name = (label || NO_LABEL).replaceAll('%', '%25').replaceAll('/', '%2F');
  return trimmed === '' ? `/${name}/` : `/${trimmed}/${name}/`;
}

export function valueOf({ id, address, label, tags }: Self): string {
  return JSON.stringify({ id, address, label, tags, checksum: addressChecksum(id, address) });
}

/** What stands under a key: an entry, or what is wrong with it. */
export type EtcdEntry = (Entry & { readonly label: string }) | string;

export function entryOf(key: string, value: string): EtcdEntry {
  const json = jsonFrom(value);
  const [id, address, checksum] = [textAt(json, 'id'), textAt(json, 'address'), textAt(json, 'checksum')];
  if (id === '' || !isAddress(address)) return `the entry ${key} is damaged: it is no peer`;
  if (!key.endsWith(`/${id}`)) return `the entry ${key} is damaged: it is about ${JSON.stringify(id)}`;
  const entry = { id, address: canonicalAddress(address), label: textAt(json, 'label') };
  return checksum === '' ? entry : { ...entry, checksum };
}

/** Whether id and address belong together; entries that others wrote may say nothing about that. */
function isWhole({ id, address, checksum }: Entry): boolean {
  return checksum === undefined || checksum === addressChecksum(id, address);
}

/** The answer that some entries make. One that is damaged may be anybody: it takes nobody away. */
export function foundIn(entries: Iterable<EtcdEntry>, folder: string, label: string, lifetimeMs: number): Found {
  const candidates: Entry[] = [];
  const damaged: string[] = [];
  let foreign = 0;
  for (const entry of entries) {
    if (typeof entry === 'string') damaged.push(entry);
    else if (!isWhole(entry)) damaged.push(`the entry of ${entry.id} in ${folder} is damaged: its checksum is wrong`);
    else if (entry.label !== '' && entry.label !== label) foreign += 1;
    else candidates.push({ address: entry.address, id: entry.id });
  }
  const warnings = [...damaged];
  if (foreign > 0) warnings.push(`${foreign} of the entries in ${folder} have another label`);
  if (candidates.length > 0) return { candidates, lifetimeMs, complete: damaged.length === 0, warnings };
  if (damaged.length > 0) throw new SourceFailed(METHOD, `${damaged.join('; ')}. Remove what is damaged.`);
  const why =
    foreign > 0 ? `all entries in ${folder} have another label` : `there are no keys that begin with ${folder}`;
  return { ...nobody(why, lifetimeMs), warnings };
}
