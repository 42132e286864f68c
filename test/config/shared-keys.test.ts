import { describe, expect, test, vi } from 'vitest';
import { configInWords } from '../../cli/config-in-words.ts';
import { printConfig } from '../../core/config/print.ts';
import { InvalidConfig } from '../../core/config/problems.ts';
import { readConfig, type ConfigInput } from '../../core/config/read.ts';
import type { SourceConfig } from '../../core/discovery/source-type.ts';

vi.mock('../../core/discovery/source-types.ts', () => import('./fake-types.ts'));

const read = (text: string, more: Partial<ConfigInput> = {}) =>
  readConfig({ file: { path: 'f.toml', text }, environment: {}, ...more });
const chain = (text: string, more?: Partial<ConfigInput>): readonly SourceConfig[] =>
  read(text, more).config.cluster.discovery.sources;
const flat = (...lines: string[]): string => ['[cluster.discovery]', ...lines].join('\n');
const problems = (text: string, more?: Partial<ConfigInput>): InvalidConfig => {
  try {
    read(text, more);
  } catch (error) {
    if (error instanceof InvalidConfig) return error;
    throw error;
  }
  throw new Error('it was taken');
};

describe('a key that several types have belongs to', () => {
  test('the one that is named, and is checked as its own', () => {
    expect(chain(flat('type = "phone"', 'port = 7'))).toMatchObject([{ type: 'phone', port: 7 }]);
    expect(chain(flat('type = "radio"', 'port = ["7"]'))).toMatchObject([{ type: 'radio', port: ['7'] }]);
    expect(problems(flat('type = "phone"', 'port = "7"')).message).toBe(
      'f.toml:3:1: cluster.discovery.port is "7", but must be a whole number from 1 to 9.',
    );
  });

  test('the one that is named by another layer, and a variable is read as that one has it', () => {
    const environment = { ROLLCALL_CLUSTER_DISCOVERY_PORT: '7' };
    expect(chain(flat('type = "phone"'), { environment })).toMatchObject([{ port: 7 }]);
    expect(chain(flat('type = "radio"'), { environment })).toMatchObject([{ port: ['7'] }]);
    expect(chain(flat('type = "post"', 'name = "a"'), { environment })).toMatchObject([{ port: '7' }]);
  });

  test('the one that is told what only it can be told', () => {
    expect(chain(flat('number = 1', 'name = "a"', 'port = 2'))).toMatchObject([
      { type: 'phone', number: 1, name: 'a', port: 2 },
    ]);
  });

  test('the one that it defines, when it says all, and then other keys do as well', () => {
    expect(chain(flat('name = "a"', 'port = "b"', 'stamp = true'))).toMatchObject([
      { type: 'post', name: 'a', port: 'b', stamp: true },
    ]);
  });

  test('the one whose table it stands in', () => {
    const text = '[cluster.phone]\nnumber = 1\nport = 2\n[cluster.post]\nname = "a"\nport = "b"';
    expect(chain(text)).toMatchObject([
      { type: 'phone', port: 2 },
      { type: 'post', port: 'b' },
    ]);
  });

  test('nobody, when a higher layer names a type that has no such key', () => {
    const environment = { ROLLCALL_CLUSTER_DISCOVERY_TYPE: 'static' };
    expect(chain(flat('name = "a"', 'port = "b"'), { environment })).toMatchObject([{ type: 'static' }]);
  });
});

describe('it is a mistake to say', () => {
  test.each([
    [
      'what may belong to several that are asked',
      `${flat('port = 2')}\n[cluster.phone]\nnumber = 1\n[cluster.post]\nname = "a"`,
      'cluster.discovery.port may belong to several of the sources that are asked. Write cluster.phone.port or cluster.post.port.',
    ],
    [
      'what belongs to nobody that is asked',
      flat('port = 2'),
      'cluster.discovery.port belongs to phone, post and radio, none of which is asked. Name one with cluster.discovery.type, or write cluster.phone.port, cluster.post.port or cluster.radio.port.',
    ],
    [
      'what the named type does not have',
      flat('type = "static"', 'port = 2'),
      'cluster.discovery.port has no meaning beside cluster.discovery.type: it belongs to phone, post and radio, not to static.',
    ],
    [
      'a shared key beside a chain',
      flat('port = 2', 'sources = [{ type = "static" }]'),
      'cluster.discovery.port has no meaning beside cluster.discovery.sources: put it into an entry of cluster.discovery.sources.',
    ],
    [
      'less than a type needs',
      flat('type = "post"'),
      'cluster.discovery.name is missing: cluster.discovery.type is post. It must be a text: the name.',
    ],
    [
      'what is told in its own table to nobody that is asked',
      '[cluster.radio]\nport = ["a"]',
      'cluster.radio.port has no meaning without cluster.discovery.type = "radio".',
    ],
    [
      'two things by two names',
      `${flat('type = "phone"', 'port = 2')}\n[cluster.phone]\nport = 3`,
      'cluster.phone.port is 3, which contradicts cluster.discovery.port (f.toml:3:1): both mean cluster.phone.port. Keep one of them.',
    ],
  ])('%s', (_, text, words) => {
    expect(problems(text).problems.map(({ says }) => says)).toEqual([words]);
  });

  test('a type that is none, and nothing is said of what belongs to it', () => {
    expect(problems(flat('type = "pohne"', 'port = 2')).problems).toMatchObject([{ suggestion: '"phone"' }]);
  });

  test('values that are each right, and not together', () => {
    expect(problems(flat('type = "radio"', 'pin = 13')).message).toBe(
      'f.toml:2:1: cluster.discovery is "radio": pin 13 brings bad luck.',
    );
    expect(problems('cluster.discovery.sources = [{ type = "radio", pin = 13 }]').message).toContain(
      'cluster.discovery.sources[0] is {"type":"radio","pin":"***"}: pin 13 brings bad luck.',
    );
  });
});

describe('a secret of a source is never shown', () => {
  test('when it is printed', () => {
    for (const text of [flat('name = "a"', 'pin = "4711"'), 'cluster.discovery.sources = [{type="radio",pin=4711}]']) {
      const printed = printConfig(read(text), text);
      expect(printed).toContain('pin = "***"');
      expect(printed).not.toContain('4711');
    }
  });

  test.each([
    ['as a flat key', flat('type = "post"', 'name = "a"', 'pin = 4711')],
    ['in its own table', '[cluster.radio]\npin = "4711"'],
    ['in an entry', 'cluster.discovery.sources = [{ type = "radio", pin = "4711" }]'],
    ['in an entry of another type', 'cluster.discovery.sources = [{ type = "static", pin = "4711" }]'],
    ['under a name with a slip', 'cluster.discovery.sources = [{ type = "radio", pinn = 4711 }]'],
    ['where a list belongs', 'cluster.discovery.sources = { type = "radio", pin = 4711 }'],
    ['in what is no TOML', 'cluster.discovery.pin = "4711'],
    ['misplaced', flat('type = "static"', 'pin = "4711"')],
    ['said twice', `${flat('type = "post"', 'name = "a"', 'pin = "4711"')}\n[cluster.post]\npin = "4712"`],
  ])('in an error, %s', (_, text) => {
    const { message, problems: all } = problems(text);
    expect(message + JSON.stringify(all)).not.toContain('471');
  });

  test('in a variable that is no list of tables', () => {
    const text = '[{ type = "radio", pin = "4711" ';
    const { message, problems: all } = problems('', { environment: { ROLLCALL_CLUSTER_DISCOVERY_SOURCES: text } });
    expect(message + JSON.stringify(all)).not.toContain('4711');
  });
});

test('in words, a source says what is asked', () => {
  const text = '[cluster.phone]\nnumber = 1\n[cluster.post]\nname = "a"';
  expect(configInWords(read(text).config).join()).toContain('It finds peers by asking phone, then asking post;');
});
