/** Names of one family differ at their ends as often as at their beginnings: what goes is the middle. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  const end = Math.max(0, Math.floor((width - 1) / 2));
  return `${text.slice(0, Math.max(0, width - 1 - end))}…${text.slice(text.length - end)}`;
}
