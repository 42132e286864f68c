import * as kinds from '../../core/config/kinds.ts';
import type { SourceConfig, SourceKey, SourceType } from '../../core/discovery/source-type.ts';
import { staticType } from '../../core/discovery/static/static-type.ts';

function key(name: string, kind: kinds.Kind, more: Partial<SourceKey> = {}): SourceKey {
  return { name, field: name, kind, initial: undefined, says: `the ${name}`, ...more };
}

function type(name: string, keys: readonly SourceKey[], more: Partial<SourceType> = {}): SourceType {
  const create = () => ({ method: name, discover: () => Promise.reject(new Error('nobody asks')) });
  return { type: name, keys, inWords: () => `asking ${name}`, create, ...more };
}

/** Types whose keys share names: `name` defines one of them, and means nothing much to another. */
export const SOURCE_TYPES: readonly SourceType[] = [
  staticType as unknown as SourceType,
  type('phone', [
    key('number', kinds.whole(1, 9), { defines: true }),
    key('name', kinds.anyText),
    key('port', kinds.whole(1, 9)),
  ]),
  type('post', [
    key('name', kinds.anyText, { defines: true, required: true }),
    key('port', kinds.anyText),
    key('pin', kinds.anyText, { secret: true }),
    key('stamp', kinds.yesOrNo),
  ]),
  type('file', [key('paths', kinds.list(kinds.path), { defines: true }), key('optional', kinds.yesOrNo)]),
  type('radio', [key('port', kinds.list(kinds.anyText)), key('pin', kinds.whole(0, 9_999), { secret: true })], {
    problem: (config: SourceConfig & { readonly pin?: number }) =>
      config.pin === 13 ? 'pin 13 brings bad luck.' : undefined,
  }),
];

export function sourceType(name: string): SourceType | undefined {
  return SOURCE_TYPES.find((one) => one.type === name);
}
