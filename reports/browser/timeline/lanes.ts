import { beliefsAt } from '../../../scenarios/timeline/beliefs.ts';
import { ownStateAt } from '../../../scenarios/timeline/own-states.ts';
import { rowInWords } from '../../../scenarios/timeline/words.ts';
import { causesOf } from '../../../scenarios/timeline/causes.ts';
import { el } from '../dom.ts';
import type { Colours } from './colours.ts';
import { listenForGestures } from './gestures.ts';
import { AXIS, Geometry } from './geometry.ts';
import { type Line, lineAt, linesInSight, paintMessages } from './messages.ts';
import type { Model } from './model.ts';
import { isFaded, paintLanes } from './paint-lanes.ts';
import { marksBetween, secondsInWords, timeInWords } from './scale.ts';
import { Sheet } from './sheet.ts';
import type { View } from './view.ts';

/** Room for the names. */
const WIDEST_NAMES = 120;
const LEAST_NAMES = 30;

/** The lanes of all nodes: beliefs, states, faults, and messages where they can be told apart. */
export class Lanes {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #view: View;
  readonly #sheet: Sheet;
  readonly #geometry: Geometry;
  readonly #room = el('div', { class: 'room' });
  readonly #tip = el('div', { class: 'tip', role: 'tooltip', hidden: true });
  readonly #status: (text: string) => void;
  #lines: readonly Line[] = [];
  #hovered: number | undefined;

  constructor(model: Model, view: View, status: (text: string) => void) {
    this.#model = model;
    this.#view = view;
    this.#status = status;
    this.#geometry = new Geometry(view, model.lanes.length);
    const canvas = el('canvas', {
      id: 'lanes',
      tabindex: 0,
      role: 'application',
      'aria-label':
        'A lane per node over time. Arrow keys move, plus and minus zoom, up and down go through the events, which are told in the list.',
    });
    this.#sheet = new Sheet(canvas);
    this.element = el('div', { class: 'lanes' }, canvas, this.#room, this.#tip);
    this.element.addEventListener('scroll', () => this.#view.repaint());
    listenForGestures(canvas, this.#geometry, view, {
      hover: (x, y) => this.#hover(x, y),
      leave: () => this.#leave(),
      click: (x, y) => this.#click(x, y),
      overflows: () => this.element.scrollHeight > this.element.clientHeight + 1,
    });
  }

  /** Where time begins: names stand left of it. */
  get left(): number {
    return this.#geometry.left;
  }

  paint(colours: Colours): void {
    const geometry = this.#geometry;
    const { clientWidth: width, clientHeight: height } = this.element;
    this.#sheet.fit(width, height);
    const context = this.#sheet.begin();
    context.font = FONT;
    const widest = this.#model.lanes.reduce((most, { name }) => Math.max(most, context.measureText(name).width), 0);
    geometry.resize(Math.min(WIDEST_NAMES, Math.max(LEAST_NAMES, Math.ceil(widest) + 14)), width, height);
    this.#room.style.height = `${Math.max(0, geometry.wholeHeight - height)}px`;
    geometry.scrolled = this.element.scrollTop;
    context.save();
    context.beginPath();
    context.rect(geometry.left, AXIS, geometry.width, height - AXIS);
    context.clip();
    paintGrid(context, this.#view, geometry, colours);
    paintLanes(context, this.#model, this.#view, geometry, colours);
    const { lines, count } = linesInSight(this.#model, this.#view, geometry);
    this.#lines = lines;
    paintMessages(context, lines, colours, this.#hovered ?? this.#view.row);
    this.#paintWhy(context, colours);
    this.#paintTimes(context, colours);
    context.restore();
    this.#paintNames(context, colours);
    paintAxis(context, this.#view, geometry, colours);
    this.#paintFlag(context, colours);
    this.#status(messagesInWords(lines.length, count));
  }

  /** From the selected row back to what led to it. */
  #paintWhy(context: CanvasRenderingContext2D, colours: Colours): void {
    const { row } = this.#view;
    if (row === undefined) return;
    const { rows } = this.#model.timeline;
    const points = causesOf(this.#model.timeline, row)
      .filter((step) => (rows.host[step.row] as number) > 0)
      .map((step) => ({
        x: this.#geometry.x(rows.at[step.row] as number),
        y: this.#geometry.middle((rows.host[step.row] as number) - 1),
      }));
    context.strokeStyle = colours.ink;
    context.lineWidth = 1.5;
    context.setLineDash([2, 3]);
    context.beginPath();
    points.forEach(({ x, y }, index) => (index === 0 ? context.moveTo(x, y) : context.lineTo(Math.max(x, -10_000), y)));
    context.stroke();
    context.setLineDash([]);
    points.forEach(({ x, y }, index) => {
      context.beginPath();
      context.arc(x, y, index === 0 ? 5.5 : 3.5, 0, Math.PI * 2);
      context.fillStyle = index === 0 ? colours.accent : colours.ground;
      context.fill();
      context.stroke();
    });
  }

  #paintTimes(context: CanvasRenderingContext2D, colours: Colours): void {
    const { violation } = this.#model.timeline.run;
    const { cursor } = this.#view;
    const { height } = this.#geometry;
    if (violation !== null) {
      const x = Math.min(this.#geometry.x(violation.at), this.#geometry.left + this.#geometry.width - 1);
      if (violation.at <= this.#view.to && violation.at >= this.#view.from) {
        context.fillStyle = colours.fail;
        context.fillRect(x - 1, AXIS, 2, height);
      }
    }
    if (cursor === undefined) return;
    context.fillStyle = colours.accent;
    context.fillRect(this.#geometry.x(cursor) - 0.5, AXIS, 1, height);
  }

  /** Where the rule broke, said on the axis. */
  #paintFlag(context: CanvasRenderingContext2D, colours: Colours): void {
    const { violation } = this.#model.timeline.run;
    if (violation === null || violation.at < this.#view.from || violation.at > this.#view.to) return;
    const text = `✕ ${violation.invariant}`;
    const width = context.measureText(text).width + 12;
    const right = Math.min(this.#geometry.x(violation.at) + width / 2, this.#geometry.left + this.#geometry.width);
    context.fillStyle = colours.fail;
    context.fillRect(right - width, 2, width, AXIS - 5);
    context.fillStyle = colours.ground;
    context.fillText(text, right - width + 6, AXIS / 2);
  }

  #paintNames(context: CanvasRenderingContext2D, colours: Colours): void {
    const geometry = this.#geometry;
    const { first, last } = geometry.visibleLanes();
    // Where lanes are lower than letters, only some names have room.
    const every = Math.max(1, Math.ceil(11 / geometry.laneHeight));
    const blamed = (this.#model.timeline.run.violation?.subject ?? '').split('>');
    context.font = FONT;
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    for (let lane = first; lane < last; lane++) {
      const { name } = this.#model.lanes[lane]!;
      const chosen = this.#view.nodes.includes(name);
      if (lane % every !== 0 && !chosen && !blamed.includes(name)) continue;
      const y = geometry.middle(lane);
      if (y < AXIS + 2) continue;
      context.globalAlpha = isFaded(name, this.#view) ? 0.4 : 1;
      context.fillStyle = blamed.includes(name) ? colours.fail : chosen ? colours.accent : colours['ink-soft'];
      context.fillText(name, geometry.left - 7, y, geometry.left - 9);
    }
    context.globalAlpha = 1;
    context.textAlign = 'left';
  }

  #hover(x: number, y: number): void {
    const line = lineAt(this.#lines, x, y);
    const fault = line === undefined ? this.#faultsAt(x, y)[0] : undefined;
    this.#view.highlight(fault);
    if (line?.row !== this.#hovered) {
      this.#hovered = line?.row;
      this.#view.repaint();
    }
    this.#explain(x, y, line);
  }

  #leave(): void {
    this.#tip.hidden = true;
    this.#hovered = undefined;
    this.#view.highlight(undefined);
  }

  #click(x: number, y: number): void {
    if (x < this.#geometry.left) {
      const lane = this.#model.lanes[this.#geometry.laneAt(y)];
      if (lane !== undefined) this.#view.toggleNode(lane.name);
      return;
    }
    const line = lineAt(this.#lines, x, y);
    if (line !== undefined) return this.#view.select(line.row);
    this.#view.select(undefined);
    this.#view.point(this.#geometry.time(x));
  }

  #faultsAt(x: number, y: number): number[] {
    const geometry = this.#geometry;
    const lane = geometry.laneAt(y);
    if (lane < 0 || x < geometry.left) return [];
    const reach = (2 * (this.#view.to - this.#view.from)) / geometry.width;
    const time = geometry.time(x);
    return this.#model.spans.flatMap((span, number) => {
      const touched = span.lanes.find((touch) => touch.lane === lane);
      return touched !== undefined && time >= span.from - reach && time <= Math.max(touched.to, span.from + reach)
        ? [number]
        : [];
    });
  }

  #explain(x: number, y: number, line: Line | undefined): void {
    const lane = this.#geometry.laneAt(y);
    if (lane < 0 || x < this.#geometry.left) {
      this.#tip.hidden = true;
      return;
    }
    const time = this.#geometry.time(x);
    const { timeline } = this.#model;
    const texts =
      line === undefined
        ? this.#laneInWords(lane, time)
        : [
            `${timeInWords(timeline.rows.at[line.row] as number, 6)} s`,
            `${rowInWords(timeline, line.row).host} ${rowInWords(timeline, line.row).words}`,
          ];
    const faults = line === undefined ? this.#faultsAt(x, y).map((number) => this.#model.spans[number]!.words) : [];
    const [head = '', ...rest] = texts;
    this.#tip.replaceChildren(
      el('b', {}, head),
      ...rest.map((text) => el('span', {}, text)),
      ...faults.slice(0, 6).map((text) => el('span', { class: 'of-fault' }, text)),
    );
    this.#tip.hidden = false;
    const { offsetWidth, offsetHeight } = this.#tip;
    const { clientWidth, clientHeight } = this.element;
    this.#tip.style.left = `${Math.max(2, x + 14 + offsetWidth > clientWidth ? x - offsetWidth - 14 : x + 14)}px`;
    this.#tip.style.top = `${this.element.scrollTop + Math.max(2, Math.min(y + 14, clientHeight - offsetHeight - 4))}px`;
  }

  #laneInWords(index: number, time: number): string[] {
    const lane = this.#model.lanes[index]!;
    const { state, health } = ownStateAt(lane.own, time);
    const own = `itself: ${state}${health > 0 ? `, health ${health}` : ''}`;
    const head = `${lane.name} at ${timeInWords(time)} s`;
    if (!this.#model.hasBeliefs || lane.bystander) return [head, own];
    const { asked, alive, suspect, dead, left } = beliefsAt(lane.beliefs, time);
    const counts = [
      [alive, 'hold it alive'],
      [suspect, 'suspect it'],
      [dead, 'hold it dead'],
      [left, 'saw it leave'],
      [asked - alive - suspect - dead - left, 'do not know it'],
    ] as const;
    const told = counts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
    return [head, own, asked === 0 ? 'nobody is there to ask' : `of ${asked} others, ${told.join(', ')}`];
  }
}

const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

function paintGrid(context: CanvasRenderingContext2D, view: View, geometry: Geometry, colours: Colours): void {
  context.fillStyle = colours.line;
  for (const time of marksBetween(view.from, view.to, geometry.width / 90).times)
    context.fillRect(Math.round(geometry.x(time)), AXIS, 1, geometry.height);
}

function paintAxis(context: CanvasRenderingContext2D, view: View, geometry: Geometry, colours: Colours): void {
  const { times, step } = marksBetween(view.from, view.to, geometry.width / 90);
  context.font = FONT;
  context.textBaseline = 'middle';
  context.fillStyle = colours['ink-soft'];
  for (const time of times) {
    const x = Math.round(geometry.x(time));
    const text = secondsInWords(time, step);
    const { width } = context.measureText(text);
    context.fillText(
      text,
      Math.min(Math.max(x - width / 2, geometry.left), geometry.left + geometry.width - width),
      AXIS / 2,
    );
  }
}

function messagesInWords(drawn: number, count: number | undefined): string {
  if (drawn > 0) return `${drawn.toLocaleString('en')} messages drawn`;
  if (count === 0) return 'no messages here';
  return count === undefined ? 'zoom in to see messages' : `zoom in to see ${count.toLocaleString('en')} messages`;
}
