import { el } from '../dom.ts';
import type { Colours } from './colours.ts';
import type { Model } from './model.ts';
import { Sheet } from './sheet.ts';
import type { View } from './view.ts';

const HEIGHT = 58;
const FAULTS = 12;
/** How near to an edge of the window a drag moves that edge. */
const GRIP = 7;

/** The whole run as a strip: how much happened when, its faults, and the window that is looked at, to be dragged. */
export class Overview {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #view: View;
  readonly #sheet: Sheet;
  /** What does not move is painted once. */
  readonly #still = new Sheet(document.createElement('canvas'));
  #left = 0;

  constructor(model: Model, view: View) {
    this.#model = model;
    this.#view = view;
    const canvas = el('canvas', {
      role: 'img',
      'aria-label':
        'The whole run: how many messages and events there were when. Drag to move the window that the lanes show.',
    });
    this.#sheet = new Sheet(canvas);
    this.element = el('div', { class: 'overview' }, canvas);
    this.#listen(canvas);
  }

  paint(left: number, colours: Colours, anew: boolean): void {
    const width = this.element.clientWidth;
    this.#left = left;
    const resized = this.#sheet.fit(width, HEIGHT);
    if (this.#still.fit(width, HEIGHT) || resized || anew) this.#paintStill(colours);
    const context = this.#sheet.begin();
    context.drawImage(this.#still.canvas, 0, 0, width, HEIGHT);
    const { from, to, cursor } = this.#view;
    const [x1, x2] = [this.#x(from), Math.max(this.#x(to), this.#x(from) + 2)];
    context.fillStyle = colours.ground;
    context.globalAlpha = 0.62;
    context.fillRect(left, 0, x1 - left, HEIGHT);
    context.fillRect(x2, 0, width - x2, HEIGHT);
    context.globalAlpha = 1;
    context.strokeStyle = colours.accent;
    context.lineWidth = 1.5;
    context.strokeRect(x1 + 0.5, 0.75, x2 - x1 - 1, HEIGHT - 1.5);
    context.fillStyle = colours.accent;
    for (const x of [x1, x2]) context.fillRect(x - 1.5, HEIGHT / 2 - 8, 3, 16);
    if (cursor !== undefined) context.fillRect(this.#x(cursor) - 0.5, 0, 1, HEIGHT);
  }

  #paintStill(colours: Colours): void {
    const { density, run } = this.#model.timeline;
    const { width } = this.#sheet;
    const context = this.#still.begin();
    const base = HEIGHT - FAULTS;
    const room = base - 3;
    const pixels = Math.max(1, Math.floor(width - this.#left));
    const sums = (counts: readonly number[]): Float64Array => {
      const sum = new Float64Array(pixels);
      counts.forEach((count, bucket) => {
        const x = Math.min(pixels - 1, Math.floor(((bucket * density.bucket) / this.#model.end) * pixels));
        sum[x] = (sum[x] as number) + count;
      });
      return spread(sum, (density.bucket / this.#model.end) * pixels);
    };
    const bars = [
      { sums: sums(density.messages), colour: colours.message, alpha: 0.45 },
      { sums: sums(density.lost), colour: colours.lost, alpha: 0.75 },
      { sums: sums(density.events), colour: colours.ink, alpha: 0.7 },
    ];
    // Roots: what happens a thousand times must not hide what happens once.
    const highest = Math.sqrt(
      Math.max(1, ...bars.map((bar) => bar.sums.reduce((most, sum) => Math.max(most, sum), 0))),
    );
    for (const { sums: counts, colour, alpha } of bars) {
      context.fillStyle = colour;
      context.globalAlpha = alpha;
      counts.forEach((count, x) => {
        if (count === 0) return;
        const height = Math.max(1, (Math.sqrt(count) / highest) * room);
        context.fillRect(this.#left + x, base - height, 1, height);
      });
    }
    context.globalAlpha = 1;
    this.#paintFaults(context, colours, base);
    if (run.violation !== null) {
      context.fillStyle = colours.fail;
      context.fillRect(Math.min(this.#x(run.violation.at), width - 2) - 1, 0, 2, HEIGHT);
    }
  }

  #paintFaults(context: CanvasRenderingContext2D, colours: Colours, top: number): void {
    context.globalAlpha = 0.5;
    for (const { from, to, fault } of this.#model.spans) {
      context.fillStyle = fault.kind === 'command' ? colours['series-6'] : colours.fault;
      context.fillRect(this.#x(from), top + 3, Math.max(1.5, this.#x(to) - this.#x(from)), FAULTS - 5);
    }
    context.globalAlpha = 1;
  }

  #x(time: number): number {
    return this.#left + (time / this.#model.end) * (this.#sheet.width - this.#left);
  }

  #time(x: number): number {
    return ((x - this.#left) / (this.#sheet.width - this.#left)) * this.#model.end;
  }

  #listen(canvas: HTMLCanvasElement): void {
    const view = this.#view;
    let drag: ((time: number) => void) | undefined;
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      const x = event.offsetX;
      const time = this.#time(x);
      const { from, to } = view;
      const [first, last] = [this.#x(from), this.#x(to)];
      if (Math.abs(x - first) < GRIP && x < (first + last) / 2) drag = (now) => view.show(Math.min(now, to), to);
      else if (Math.abs(x - last) < GRIP) drag = (now) => view.show(from, Math.max(now, from));
      else if (x > first && x < last && (from > 0 || to < this.#model.end))
        drag = (now) => view.show(from + now - time, to + now - time);
      else if (from === 0 && to === this.#model.end)
        drag = (now) => view.show(Math.min(time, now), Math.max(time, now));
      else {
        const half = (to - from) / 2;
        drag = (now) => view.show(now - half, now + half);
        drag(time);
      }
    });
    canvas.addEventListener('pointermove', (event) => {
      const x = event.offsetX;
      const near = [view.from, view.to].some((time) => Math.abs(this.#x(time) - x) < GRIP);
      canvas.style.cursor = near ? 'ew-resize' : 'grab';
      drag?.(this.#time(x));
    });
    for (const over of ['pointerup', 'pointercancel']) canvas.addEventListener(over, () => (drag = undefined));
    canvas.addEventListener('wheel', (event) => {
      event.preventDefault();
      view.zoom(event.deltaY > 0 ? 1.25 : 0.8, this.#time(event.offsetX));
    });
  }
}

/** Buckets wider than a pixel cover all of their pixels. */
function spread(sums: Float64Array, pixelsPerBucket: number): Float64Array {
  if (pixelsPerBucket <= 1) return sums;
  let last = 0;
  let until = 0;
  return sums.map((sum, x) => {
    if (sum > 0) [last, until] = [sum, x + pixelsPerBucket];
    return x < until ? last : 0;
  });
}
