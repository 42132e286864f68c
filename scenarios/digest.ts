/** Eight hexadecimal digits that stand for a text: FNV-1a over its UTF-16 units, enough to notice a change. */
export function digestText(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
