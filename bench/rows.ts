/** One line of a report: a name, and its figures in columns. */
export function row(name: string, ...cells: string[]): string {
  return `  ${name.padEnd(12)} ${cells.map((cell) => cell.padStart(18)).join('  ')}`;
}

export function whole(number: number): string {
  return Math.round(number)
    .toString()
    .replaceAll(/\B(?=(\d{3})+$)/g, ',');
}
