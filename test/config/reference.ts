import { FIELDS } from '../../core/config/fields.ts';
import { settingPath } from '../../core/config/membership-fields.ts';
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

/** Every row of every table of a page. */
export function rowsOf(page: string): string[][] {
  return page
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^[|\s:-]+$/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
