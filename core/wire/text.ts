/*
 * Names on the wire are bytes; here they are strings. Bytes that are not UTF-8 become lone low surrogates
 * U+DC80 to U+DCFF ("surrogate escapes") and turn back into the same bytes, so that every name survives the way
 * through. Any other lone surrogate has no bytes of its own and is sent as U+FFFD.
 */

const REPLACEMENT = 0xfffd;

export function textFromBytes(bytes: Uint8Array): string {
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at]!;
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      at += 1;
      continue;
    }
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      text += String.fromCharCode(0xdc00 | lead);
      at += 1;
    } else {
      text += String.fromCodePoint(codePointAt(bytes, at, length));
      at += length;
    }
  }
  return text;
}

export function bytesFromText(text: string): Uint8Array {
  const bytes = new Uint8Array(textLength(text));
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    let point = text.charCodeAt(i);
    if (isSurrogate(point)) {
      if (isPair(text, i)) point = text.codePointAt(i++)!;
      else if (isEscape(point)) {
        bytes[at++] = point & 0xff;
        continue;
      } else point = REPLACEMENT;
    }
    if (point < 0x80) {
      bytes[at++] = point;
      continue;
    }
    const trailing = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    // The lead byte begins with as many ones as the sequence has bytes.
    bytes[at++] = ((0xff80 >> trailing) & 0xff) | (point >> (6 * trailing));
    for (let shift = 6 * (trailing - 1); shift >= 0; shift -= 6) bytes[at++] = 0x80 | ((point >> shift) & 0x3f);
  }
  return bytes;
}

/** `bytesFromText(text).length`, without making them. */
export function textLength(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else if (!isSurrogate(unit)) length += 2;
    else if (isPair(text, i)) {
      length += 2;
      i += 1;
    } else if (!isEscape(unit)) length += 2;
  }
  return length;
}

/** Whether any UTF-8 encoder writes this text as `bytesFromText` does: no lone surrogates. */
export function isWellFormed(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (!isSurrogate(text.charCodeAt(i))) continue;
    if (!isPair(text, i)) return false;
    i += 1;
  }
  return true;
}

function isSurrogate(unit: number): boolean {
  return (unit & 0xf800) === 0xd800;
}

function isEscape(unit: number): boolean {
  return unit >= 0xdc80 && unit <= 0xdcff;
}

/** Whether a high and a low surrogate stand at `i`. */
function isPair(text: string, i: number): boolean {
  return (text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00;
}

/** Bytes of the valid UTF-8 sequence at `at`, or 0: overlong forms, surrogates and points past U+10FFFF are not valid. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  const length = lead >= 0xc2 && lead <= 0xdf ? 2 : (lead & 0xf0) === 0xe0 ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  for (let i = 1; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  const point = codePointAt(bytes, at, length);
  if (length === 3 && (point < 0x800 || isSurrogate(point))) return 0;
  if (length === 4 && (point < 0x10000 || point > 0x10ffff)) return 0;
  return length;
}

function codePointAt(bytes: Uint8Array, at: number, length: number): number {
  let point = bytes[at]! & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) point = (point << 6) | (bytes[at + i]! & 0x3f);
  return point;
}
