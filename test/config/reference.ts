import { SOURCE_FIELDS } from '../../core/config/discovery-fields.ts';
import { FIELDS } from '../../core/config/fields.ts';
import { settingPath } from '../../core/config/membership-fields.ts';
import { SOURCE_TYPES } from '../../core/discovery/source-types.ts';
import { presets, type MembershipSettings, type PresetName } from '../../core/membership/settings.ts';

/** Cells of the tables in docs/configuration.md, as the table of keys has them. */
export const HEAD = ['Key', 'Default', 'Must be', 'Meaning', 'Also', 'Reload'];

export function keyRows(): string[][] {
  return FIELDS.map(({ path, kind, initial, says, aliases, reloadable }) => [
    code(path),
    initial !== undefined ? code(JSON.stringify(initial)) : path.startsWith('cluster.membership.') ? 'preset' : 'unset',
    kind.allowed,
    says,
    aliases.map((alias) => code(alias.path)).join(', '),
    reloadable ? 'yes' : '',
  ]);
}

/** A table for each type of source: its header, and a row for each of its keys. */
export function sourceTables(): string[][][] {
  return SOURCE_TYPES.map(({ type }) => [
    [`Key of ${code(type)}`, 'Default', 'Must be', 'Meaning', 'Also'],
    ...SOURCE_FIELDS.filter((field) => field.type === type).map(({ key, kind, initial, says, aliases, secret }) => [
      code(key.name),
      key.required === true ? 'needed' : initial === undefined ? 'unset' : code(JSON.stringify(initial)),
      kind.allowed,
      says + (secret ? '; never shown' : ''),
      aliases.map((alias) => code(alias.path)).join(', '),
    ]),
  ]);
}

export const PRESET_HEAD = ['Setting', ...Object.keys(presets).map(code)];

export function presetRows(): string[][] {
  const names = Object.keys(presets) as PresetName[];
  return (Object.keys(presets.lan) as (keyof MembershipSettings)[]).map((setting) => [
    code(settingPath(setting).split('.').at(-1)!),
    ...names.map((name) => String(presets[name][setting])),
  ]);
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Every table of a page, header first. */
export function tablesOf(page: string): string[][][] {
  return [...page.matchAll(/^(?:\|.*\n)+/gm)].map(([table]) =>
    table
      .trim()
      .split('\n')
      .filter((line) => !/^[|\s:-]+$/.test(line))
      .map((line) =>
        line
          .replaceAll('\\|', '\0')
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim().replaceAll('\0', '|')),
      ),
  );
}
