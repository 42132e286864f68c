import { ARRIVED, UNDER_WAY } from '../../../scenarios/timeline/timeline.ts';
import type { Colours } from './colours.ts';
import type { Geometry } from './geometry.ts';
import type { Model } from './model.ts';
import type { View } from './view.ts';

/** More lines than this are no picture. */
const MOST_LINES = 2_500;
/** So few are drawn with heads and rings. */
const FEW = 400;
/** A look at all messages in sight takes too long beyond this many. */
const MOST_LOOKED_AT = 60_000;
const CROSS = 3.5;

/** A message as a line from its sender to its receiver, in pixels. */
export interface Line {
  readonly row: number;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly kind: 'message' | 'stream' | 'lost';
}

export interface Seen {
  /** Empty when there are too many. */
  readonly lines: readonly Line[];
  /** How many messages there are in sight; undefined when they were not counted. */
  readonly count: number | undefined;
}

export function linesInSight(model: Model, view: View, geometry: Geometry): Seen {
  const { first, last, slow } = model.messagesWithin(view.from, view.to);
  const chosen = new Set(view.nodes);
  if (last - first > (chosen.size > 0 ? MOST_LOOKED_AT : MOST_LINES * 4))
    return { lines: [], count: chosen.size > 0 ? undefined : last - first };
  const lines: Line[] = [];
  let count = 0;
  const look = (row: number): void => {
    const line = lineOf(model, row, geometry, view, chosen);
    if (line === undefined) return;
    count++;
    if (count <= MOST_LINES) lines.push(line);
  };
  for (const row of slow) look(row);
  for (let place = first; place < last; place++) look(model.messages[place] as number);
  return { lines: count > MOST_LINES ? [] : lines, count };
}

function lineOf(
  model: Model,
  row: number,
  geometry: Geometry,
  view: View,
  chosen: ReadonlySet<string>,
): Line | undefined {
  const { rows, messages, kinds, names, hosts } = model.timeline;
  const [from, to] = [rows.host[row] as number, rows.peer[row] as number];
  if (chosen.size > 0 && !chosen.has(names[from]!) && !chosen.has(names[to]!)) return undefined;
  const place = rows.place[row] as number;
  const fate = messages.fate[place] as number;
  const at = rows.at[row] as number;
  const after = messages.after[place] as number;
  const isLost = fate !== ARRIVED && fate !== UNDER_WAY;
  const end = at + Math.max(0, after);
  if (Math.max(end, at) < view.from || at > view.to) return undefined;
  const y1 = geometry.middle(from - 1);
  const target = to > 0 && to <= hosts ? geometry.middle(to - 1) : y1 - geometry.laneHeight;
  // What was taken on its way ends halfway; what found nobody, at the lane of whom it was for.
  const share = (isLost && after <= 0) || after < 0 ? 0.5 : 1;
  const x1 = geometry.x(at);
  const travelled = isLost && after <= 0 ? TYPICAL_TRAVEL / 2 : fate === UNDER_WAY ? view.to - at : after;
  return {
    row,
    x1,
    y1,
    x2: geometry.x(at + travelled),
    y2: y1 + (target - y1) * (fate === UNDER_WAY ? 0.9 : share),
    kind: isLost ? 'lost' : kinds[rows.kind[row] as number]!.name === 'stream-send' ? 'stream' : 'message',
  };
}

/** What is lost at once is drawn as slanted as its neighbours. */
const TYPICAL_TRAVEL = 1_000;

export function paintMessages(
  context: CanvasRenderingContext2D,
  lines: readonly Line[],
  colours: Colours,
  marked: number | undefined,
): void {
  const detailed = lines.length <= FEW;
  context.save();
  for (const kind of ['message', 'stream', 'lost'] as const) {
    const chosen = lines.filter((line) => line.kind === kind);
    context.globalAlpha = detailed ? 0.85 : Math.max(0.25, 0.85 - lines.length / 3_000);
    context.strokeStyle = context.fillStyle = colours[kind];
    context.lineWidth = kind === 'message' ? 1 : 1.4;
    context.setLineDash(kind === 'lost' ? [4, 3] : []);
    context.beginPath();
    for (const { x1, y1, x2, y2 } of chosen) {
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
    }
    context.stroke();
    context.setLineDash([]);
    if (kind === 'lost') paintCrosses(context, chosen);
    else if (detailed) for (const line of chosen) paintHead(context, line);
  }
  const line = lines.find(({ row }) => row === marked);
  if (line !== undefined) {
    context.globalAlpha = 1;
    context.strokeStyle = context.fillStyle = colours.ink;
    context.lineWidth = 2.5;
    context.beginPath();
    context.moveTo(line.x1, line.y1);
    context.lineTo(line.x2, line.y2);
    context.stroke();
    if (line.kind === 'lost') paintCrosses(context, [line]);
    else paintHead(context, line);
  }
  context.restore();
}

/** Where they were lost. */
function paintCrosses(context: CanvasRenderingContext2D, lines: readonly Line[]): void {
  context.lineWidth = 2.2;
  context.globalAlpha = 1;
  context.beginPath();
  for (const { x2, y2 } of lines) {
    context.moveTo(x2 - CROSS, y2 - CROSS);
    context.lineTo(x2 + CROSS, y2 + CROSS);
    context.moveTo(x2 - CROSS, y2 + CROSS);
    context.lineTo(x2 + CROSS, y2 - CROSS);
  }
  context.stroke();
}

function paintHead(context: CanvasRenderingContext2D, { x1, y1, x2, y2 }: Line): void {
  const angle = Math.atan2(y2 - y1, x2 - x1);
  const size = 5;
  context.beginPath();
  context.moveTo(x2, y2);
  context.lineTo(x2 - size * Math.cos(angle - 0.45), y2 - size * Math.sin(angle - 0.45));
  context.lineTo(x2 - size * Math.cos(angle + 0.45), y2 - size * Math.sin(angle + 0.45));
  context.closePath();
  context.fill();
}

/** The line nearest to a point, within a few pixels. */
export function lineAt(lines: readonly Line[], x: number, y: number, reach = 6): Line | undefined {
  let best: Line | undefined;
  let nearest = reach;
  for (const line of lines) {
    const distance = distanceTo(line, x, y);
    if (distance >= nearest) continue;
    nearest = distance;
    best = line;
  }
  return best;
}

function distanceTo({ x1, y1, x2, y2 }: Line, x: number, y: number): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / length));
  return Math.hypot(x - (x1 + along * dx), y - (y1 + along * dy));
}
