import { type Standing, STANDINGS } from '../../../scenarios/timeline/beliefs.ts';
import type { FaultSpan } from '../../../scenarios/timeline/fault-spans.ts';
import type { OwnSpell } from '../../../scenarios/timeline/own-states.ts';
import type { ColourName, Colours } from './colours.ts';
import { kindColour } from './kinds.ts';
import type { Geometry } from './geometry.ts';
import { type Lane, lowerBound, type Model } from './model.ts';
import type { View } from './view.ts';

type Context = CanvasRenderingContext2D;

const COLOUR_OF: Readonly<Record<Standing, ColourName>> = {
  unknown: 'ground',
  alive: 'alive',
  left: 'left',
  suspected: 'suspected',
  'dead to some': 'dead-some',
  'dead to all': 'dead-all',
};
const STANDING_COLOURS = STANDINGS.map((standing) => COLOUR_OF[standing]);
const ALIVE = STANDINGS.indexOf('alive');
/** What few believe is seen all the same. */
const LEAST_SHARE = 0.3;
/** More marks than this are a grey mass; the density strip tells of them. Beliefs show as colours already. */
const MOST_DEEDS = 4_000;
const MOST_CHANGES_PER_LANE = 20;
const MOST_DIAMONDS = 600;
const SMALL = 2.5;
/** Edges of more faults than this are only noise. */
const MOST_EDGES = 40;

/** Everything behind and on the lanes but the messages. */
export function paintLanes(context: Context, model: Model, view: View, geometry: Geometry, colours: Colours): void {
  paintFaults(context, model, view, geometry, colours);
  const shown = geometry.visibleLanes();
  for (let lane = shown.first; lane < shown.last; lane++)
    paintLane(context, model, model.lanes[lane]!, lane, view, geometry, colours);
  context.globalAlpha = 1;
  paintMarks(context, model, view, geometry, colours);
}

function paintFaults(context: Context, model: Model, view: View, geometry: Geometry, colours: Colours): void {
  const spans = [...model.spans.entries()].filter(([, { from, to }]) => to >= view.from && from <= view.to);
  // Many on top of each other must not hide what they did.
  const shade = Math.max(0.03, Math.min(0.15, 1 / Math.max(1, spans.length)));
  for (const [number, span] of spans) {
    const [strong, dimmed] = [view.fault === number, view.fault !== undefined && view.fault !== number];
    for (const side of [0, 1]) {
      context.fillStyle = side === 0 ? colours.fault : colours['fault-other'];
      context.globalAlpha = strong ? 0.45 : dimmed ? shade / 3 : shade;
      paintSide(context, span, side, geometry, false);
      if (spans.length > MOST_EDGES && !strong) continue;
      context.globalAlpha = strong ? 1 : dimmed ? shade : shade * 3.3;
      paintSide(context, span, side, geometry, true);
    }
  }
  context.globalAlpha = 1;
}

/** The lanes on one side of a fault, or the edges where they begin. */
function paintSide(context: Context, span: FaultSpan, side: number, geometry: Geometry, edges: boolean): void {
  const { left, width, height } = geometry;
  const from = Math.max(left, geometry.x(span.from));
  for (const run of geometry.runsOf(span)) {
    if (run.side % 2 !== side) continue;
    const [top, bottom] = [geometry.top(run.first), geometry.top(run.last)];
    const until = Math.min(left + width, Math.max(geometry.x(run.to), from + 1.5));
    if (until < left || bottom < 0 || top > height) continue;
    context.fillRect(from, top, edges ? 1 : until - from, bottom - top);
  }
}

function paintLane(
  context: Context,
  model: Model,
  lane: Lane,
  index: number,
  view: View,
  geometry: Geometry,
  colours: Colours,
): void {
  const { laneHeight } = geometry;
  const top = geometry.top(index);
  const gap = laneHeight >= 12 ? Math.round(laneHeight * 0.14) : laneHeight >= 6 ? 1 : 0;
  const height = Math.max(1, laneHeight - 2 * gap);
  const believes = model.hasBeliefs && !lane.bystander;
  const ownHeight = believes ? Math.max(1, Math.round(height * (laneHeight < 12 ? 0.16 : 0.24))) : height;
  context.globalAlpha = isFaded(lane.name, view) ? 0.22 : 1;
  if (believes) {
    const bandHeight = height - ownHeight - (laneHeight >= 12 ? 1 : 0);
    paintBand(context, lane, view, geometry, colours, top + gap, bandHeight);
  }
  paintOwn(context, lane.own, view, geometry, colours, top + gap + height - ownHeight, ownHeight, believes);
}

/** Under what some hold, what the others do: one ground of alive wherever anything graver is painted on it. */
function paintBand(
  context: Context,
  lane: Lane,
  view: View,
  geometry: Geometry,
  colours: Colours,
  top: number,
  height: number,
): void {
  const { left, width } = geometry;
  const stretches = [...lane.band.stretches(view.from, view.to, width)];
  context.fillStyle = colours.alive;
  let begun = -1;
  for (const { from, to, standing, share } of stretches) {
    const isGround = standing > ALIVE || (standing === ALIVE && share === 1);
    if (isGround && begun < 0) begun = from;
    if (!isGround && begun >= 0) {
      context.fillRect(left + begun, top, from - begun, height);
      begun = -1;
    }
    if (standing === ALIVE && share < 1) {
      const part = Math.max(1, Math.round(height * Math.max(LEAST_SHARE, share)));
      context.fillRect(left + from, top + height - part, to - from, part);
    }
  }
  if (begun >= 0) context.fillRect(left + begun, top, width - begun, height);
  for (let standing = ALIVE + 1; standing < STANDING_COLOURS.length; standing++) {
    context.fillStyle = colours[STANDING_COLOURS[standing]!];
    for (const stretch of stretches) {
      if (stretch.standing !== standing) continue;
      const part = Math.max(1, Math.round(height * Math.max(LEAST_SHARE, stretch.share)));
      context.fillRect(left + stretch.from, top + height - part, stretch.to - stretch.from, part);
    }
  }
}

export function isFaded(name: string, view: View): boolean {
  return view.nodes.length > 0 && !view.nodes.includes(name);
}

function paintOwn(
  context: Context,
  spells: readonly OwnSpell[],
  view: View,
  geometry: Geometry,
  colours: Colours,
  top: number,
  height: number,
  thin: boolean,
): void {
  const [first, last] = [geometry.left, geometry.left + geometry.width];
  for (let place = spellAt(spells, view.from); place < spells.length; place++) {
    const { at, state, health } = spells[place]!;
    if (at > view.to) break;
    const from = Math.max(first, geometry.x(at));
    const until = Math.min(last, geometry.x(spells[place + 1]?.at ?? view.to + 1));
    const width = Math.max(until - from, 0.75);
    if (state === 'down') continue;
    if (state === 'left') {
      context.fillStyle = colours.left;
      context.fillRect(from, top + height / 2 - 0.5, width, 1);
      continue;
    }
    context.fillStyle = state === 'paused' ? colours.paused : state === 'leaving' ? colours.leaving : colours.up;
    if (!thin && state === 'up') context.fillStyle = colours.alive;
    context.fillRect(from, top, width, height);
    if (state === 'paused' && width > 6) hatch(context, colours.ground, from, top, width, height);
    if (health > 0) {
      const part = Math.max(1, Math.min(height, (height * (health + 1)) / 8));
      context.fillStyle = colours.unwell;
      context.fillRect(from, top + height - part, width, part);
    }
  }
}

function spellAt(spells: readonly OwnSpell[], time: number): number {
  let [low, high] = [0, spells.length];
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if (spells[middle]!.at <= time) low = middle;
    else high = middle;
  }
  return low;
}

function hatch(context: Context, colour: string, left: number, top: number, width: number, height: number): void {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.beginPath();
  for (let x = left - height - ((left - height) % 5); x < left + width; x += 5) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.stroke();
  context.restore();
}

/** What programs told, on the lane of who told it. */
function paintMarks(context: Context, model: Model, view: View, geometry: Geometry, colours: Colours): void {
  const { at, kind, host } = model.timeline.rows;
  const marks = model.timeline.kinds.map(({ name }) => colours[kindColour(name)]);
  const size = Math.max(2, Math.min(5, geometry.laneHeight * 0.22));
  const limits = [
    [model.changes, model.lanes.length * MOST_CHANGES_PER_LANE],
    [model.deeds, MOST_DEEDS],
  ] as const;
  for (const [rows, most] of limits) {
    const first = lowerBound(rows, at, view.from);
    const last = lowerBound(rows, at, view.to);
    if (last - first > most) continue;
    for (let place = first; place < last; place++) {
      const row = rows[place] as number;
      const lane = (host[row] as number) - 1;
      if (lane < 0 || lane >= model.lanes.length || isFaded(model.lanes[lane]!.name, view)) continue;
      const middle = geometry.top(lane) + geometry.laneHeight - size - 1;
      if (middle < 0 || middle > geometry.height) continue;
      const x = geometry.x(at[row] as number);
      context.fillStyle = marks[kind[row] as number]!;
      // Small ones are dots: outlines would cost more than they show.
      if (size <= SMALL || last - first > MOST_DIAMONDS) context.fillRect(x - size / 2, middle - size / 2, size, size);
      else diamond(context, colours, x, middle, size);
    }
  }
}

function diamond(context: Context, colours: Colours, x: number, y: number, size: number): void {
  context.beginPath();
  context.moveTo(x, y - size);
  context.lineTo(x + size, y);
  context.lineTo(x, y + size);
  context.lineTo(x - size, y);
  context.closePath();
  context.fill();
  context.strokeStyle = colours.ground;
  context.lineWidth = 1;
  context.stroke();
}
