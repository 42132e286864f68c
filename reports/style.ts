import { styleText } from 'node:util';

export type Style = 'green' | 'red' | 'yellow' | 'dim' | 'bold';

/** Puts a text in a style, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_, text) => text;

export const colourful: Paint = (style, text) => styleText(style, text, { validateStream: false });

/** Colours are for eyes: on a terminal only, and never against the reader's wish (no-color.org). */
export function paintFor(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): Paint {
  if ((environment['NO_COLOR'] ?? '') !== '') return plain;
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return forced === '0' || forced === 'false' ? plain : colourful;
  return stream.isTTY === true ? colourful : plain;
}
