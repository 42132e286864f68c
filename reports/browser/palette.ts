/** How many colours the style sheet has for lines; eyes of all kinds tell them apart. */
const COLOURS = 8;

/** Lines differ by their dashes too: for eyes that see no colours, for paper, and when there are more than eight. */
const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 2], [9, 3, 2, 3]];

export function seriesColour(place: number): `--series-${number}` {
  return `--series-${place % COLOURS}`;
}

export function seriesDash(place: number): readonly number[] {
  return DASHES[(place + Math.floor(place / COLOURS)) % DASHES.length]!;
}

/** Of what is drawn for comparison: a formula, or what somebody else measured. */
export const THEORY_DASH: readonly number[] = [4, 4];

const SVG = 'http://www.w3.org/2000/svg';

/** A piece of the line, to stand beside its name; without a place, the room for one. */
export function swatch(place?: number, theory = false): SVGElement {
  const picture = document.createElementNS(SVG, 'svg');
  picture.setAttribute('class', 'swatch');
  picture.setAttribute('viewBox', '0 0 24 8');
  picture.setAttribute('aria-hidden', 'true');
  if (place === undefined) return picture;
  const line = document.createElementNS(SVG, 'line');
  const dash = theory ? THEORY_DASH : seriesDash(place);
  const ends = { x1: 0, y1: 4, x2: 24, y2: 4, 'stroke-width': theory ? 1.5 : 2.5, 'stroke-dasharray': dash.join(' ') };
  for (const [name, value] of Object.entries(ends)) line.setAttribute(name, String(value));
  line.style.stroke = `var(${seriesColour(place)})`;
  picture.append(line);
  return picture;
}
