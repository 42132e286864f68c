import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementsAt, readXml, textOf } from '../../core/discovery/aws/xml.ts';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Letters that break readers which look for tags in text. */
const awkward = fc.string({
  unit: fc.constantFrom('<', '>', '&', '"', "'", ';', '/', ']', '!', '-', '#', 'x', ' ', 'é'),
});

describe('the reader of XML', () => {
  test('any text comes back as it was written', () => {
    fc.assert(
      fc.property(fc.oneof(awkward, fc.string({ unit: 'grapheme' })), fc.boolean(), (text, numeric) => {
        const points = Array.from(text, (character) => character.codePointAt(0)!).filter((point) => point > 0);
        const written = numeric ? points.map((point) => `&#${point};`).join('') : escaped(text);
        const expected = numeric ? String.fromCodePoint(...points) : text;
        return readXml(`<a>${written}</a>`)?.text === expected;
      }),
    );
  });

  test('any text in a CDATA section comes back as it was written', () => {
    fc.assert(
      fc.property(awkward, (text) => {
        fc.pre(!text.includes(']]>') && !text.endsWith(']'));
        return readXml(`<a><![CDATA[${text}]]></a>`)?.text === text;
      }),
    );
  });

  test('garbage is no document, and never throws', () => {
    const fragment = fc.constantFrom(
      '<a>',
      '</a>',
      '<b/>',
      '<![CDATA[',
      ']]>',
      '<!--',
      '-->',
      '<?x',
      '&lt;',
      '&#0;',
      '&x;',
      '<',
      'x',
      '<a b="c">',
      '<!DOCTYPE a>',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(fragment, fc.string()), { maxLength: 30 }), (parts) => {
        const root = readXml(parts.join(''));
        return root === undefined || typeof root.name === 'string';
      }),
      { numRuns: 2_000 },
    );
  });

  test('a document cut anywhere is no document', () => {
    const document = '<?xml version="1.0"?><r xmlns="urn:x"><a>1</a><b/><!-- <a> --><c><![CDATA[<a>]]></c></r>';
    expect(readXml(document)).toBeDefined();
    for (let end = 0; end < document.length; end += 1) expect(readXml(document.slice(0, end))).toBeUndefined();
  });

  test('prefixes, attributes, comments and empty elements do not disturb', () => {
    const root = readXml(
      '<?xml version="1.0"?>\n<x:r xmlns:x="urn:a>b"><!-- <x:i>no</x:i> --><x:i k = \'<\' />\n<x:i  k="1"> one </x:i></x:r>\n'.replace(
        "'<'",
        "'>'",
      ),
    )!;
    expect(elementsAt(root, 'i').map(({ text }) => text)).toEqual(['', ' one ']);
    expect(textOf(root, 'i')).toBe('');
    expect(textOf(root, 'absent', 'i')).toBe('');
  });

  test('elements of one name at different depths are kept apart', () => {
    const root = readXml(
      '<r><set><item><id>1</id><set><item><id>2</id></item></set></item><item><id>3</id></item></set></r>',
    )!;
    expect(elementsAt(root, 'set', 'item').map((item) => textOf(item, 'id'))).toEqual(['1', '3']);
    expect(elementsAt(root, 'set', 'item', 'set', 'item').map((item) => textOf(item, 'id'))).toEqual(['2']);
  });

  test.each([
    ['a document type', '<!DOCTYPE r [<!ENTITY x "y">]><r>&x;</r>'],
    ['an unknown entity', '<r>&secret;</r>'],
    ['a lone ampersand', '<r>a & b</r>'],
    ['two roots', '<r/><r/>'],
    ['crossed elements', '<r><a><b></a></b></r>'],
    ['text outside of the root', '<r/>x'],
    ['nothing', ''],
    ['bottomless nesting', '<a>'.repeat(100_000)],
    ['an endless list of attributes', `<a${' b="c"'.repeat(1_000_000)}/>`],
  ])('%s is refused', (_, document) => {
    expect(readXml(document)).toBeUndefined();
  });
});
