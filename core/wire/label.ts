import { InvalidSetting, MalformedPacket } from '../errors.ts';
import { Kind } from './messages.ts';
import { bytesFromText, textFromBytes, textLength } from './text.ts';

/** The bytes of a cluster's label, checked: its header has one byte for their number. */
export function labelBytes(label: string): Uint8Array {
  const bytes = bytesFromText(label);
  if (bytes.length > 255) throw new InvalidSetting('label', label, 'at most 255 bytes long');
  return bytes;
}

export function labelHeaderSize(label: string): number {
  return label === '' ? 0 : 2 + textLength(label);
}

/** The header that a label puts in front of everything; empty without a label. */
export function labelHeader(label: string): Uint8Array {
  if (label === '') return new Uint8Array(0);
  const bytes = labelBytes(label);
  const header = new Uint8Array(2 + bytes.length);
  header[0] = Kind.label;
  header[1] = bytes.length;
  header.set(bytes, 2);
  return header;
}

export interface FoundLabel {
  readonly label: string;
  /** Bytes of its header. */
  readonly size: number;
}

const NO_LABEL: FoundLabel = { label: '', size: 0 };

/** The label in front of `bytes`; undefined while its header is not all there. */
export function findLabel(bytes: Uint8Array): FoundLabel | undefined {
  if (bytes[0] !== Kind.label) return NO_LABEL;
  const length = bytes[1];
  if (length === undefined || bytes.length < 2 + length) return undefined;
  if (length === 0) throw new MalformedPacket('wrong-label', 'A label header without a label.');
  return { label: textFromBytes(bytes.subarray(2, 2 + length)), size: 2 + length };
}

export function wrongLabel(found: string, expected: string): MalformedPacket {
  const name = (label: string): string => (label === '' ? 'no label' : `the label ${JSON.stringify(label)}`);
  return new MalformedPacket('wrong-label', `It carries ${name(found)}, but this cluster has ${name(expected)}.`);
}
