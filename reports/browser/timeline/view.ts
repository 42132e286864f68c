import { type Place, readPlace, writePlace } from './address.ts';
import type { Model } from './model.ts';

/** No closer than this: a handful of microseconds fill the screen. */
const NARROWEST = 50;
/** What an address without a width shows of a run. */
const USUAL_WIDTH = 4_000_000;

/** What changed since the last picture. */
export type Change = 'window' | 'cursor' | 'filter' | 'selection' | 'hover';

/** What is looked at: a window of time, a cursor in it, a selected row, and what is filtered by. */
export class View {
  readonly #model: Model;
  readonly #listeners: ((changes: ReadonlySet<Change>) => void)[] = [];
  readonly #changes = new Set<Change>();
  #from = 0;
  #to: number;
  #cursor: number | undefined;
  #row: number | undefined;
  #nodes: readonly string[] = [];
  #kinds: readonly string[] = [];
  #text = '';
  #fault: number | undefined;
  #waiting = false;

  constructor(model: Model) {
    this.#model = model;
    this.#to = model.end;
  }

  get from(): number {
    return this.#from;
  }

  get to(): number {
    return this.#to;
  }

  get cursor(): number | undefined {
    return this.#cursor;
  }

  get row(): number | undefined {
    return this.#row;
  }

  /** Empty for all. */
  get nodes(): readonly string[] {
    return this.#nodes;
  }

  /** Empty for the usual ones. */
  get kinds(): readonly string[] {
    return this.#kinds;
  }

  get text(): string {
    return this.#text;
  }

  /** The fault that stands out from the others. */
  get fault(): number | undefined {
    return this.#fault;
  }

  /** Called once per picture, however much changed. */
  onChange(listener: (changes: ReadonlySet<Change>) => void): void {
    this.#listeners.push(listener);
  }

  show(from: number, to: number): void {
    const { end } = this.#model;
    const width = Math.min(Math.max(to - from, NARROWEST), end);
    const start = Math.min(Math.max(0, from), end - width);
    if (start === this.#from && start + width === this.#to) return;
    this.#from = start;
    this.#to = start + width;
    this.#changed('window');
  }

  /** By a share of what is seen: -0.1 moves a tenth of it back. */
  pan(share: number): void {
    const by = (this.#to - this.#from) * share;
    const held = Math.min(Math.max(by, -this.#from), this.#model.end - this.#to);
    this.show(this.#from + held, this.#to + held);
  }

  /** `around` stays where it is. */
  zoom(factor: number, around = this.#centre()): void {
    const width = Math.min(Math.max((this.#to - this.#from) * factor, NARROWEST), this.#model.end);
    const place = (around - this.#from) / (this.#to - this.#from);
    this.show(around - place * width, around + (1 - place) * width);
  }

  #centre(): number {
    const { cursor } = this;
    return cursor !== undefined && cursor >= this.#from && cursor <= this.#to ? cursor : (this.#from + this.#to) / 2;
  }

  point(time: number | undefined): void {
    if (time === this.#cursor) return;
    this.#cursor = time;
    this.#changed('cursor');
  }

  /** Selects a row and brings its time into sight. */
  select(row: number | undefined): void {
    if (row !== undefined) {
      const at = this.#model.timeline.rows.at[row];
      if (at === undefined) return;
      this.point(at);
      this.bring(at);
    }
    if (row === this.#row) return;
    this.#row = row;
    this.#changed('selection');
  }

  /** Into the middle, if it is out of sight. */
  bring(time: number): void {
    const width = this.#to - this.#from;
    const margin = width / 50;
    if (time < this.#from + margin || time > this.#to - margin) this.show(time - width / 2, time + width / 2);
  }

  filter({
    nodes = this.#nodes,
    kinds = this.#kinds,
    text = this.#text,
  }: Partial<Pick<Place, 'nodes' | 'kinds' | 'text'>>): void {
    this.#nodes = nodes;
    this.#kinds = kinds;
    this.#text = text;
    this.#changed('filter');
  }

  toggleNode(name: string): void {
    const { nodes } = this;
    this.filter({ nodes: nodes.includes(name) ? nodes.filter((node) => node !== name) : [...nodes, name] });
  }

  /** Something that is no part of the view, such as a size, is another one. */
  repaint(): void {
    this.#changed('hover');
  }

  highlight(fault: number | undefined): void {
    if (fault === this.#fault) return;
    this.#fault = fault;
    this.#changed('hover');
  }

  /** The address of what is seen now. */
  address(): string {
    const whole = this.#from === 0 && this.#to === this.#model.end;
    return writePlace({
      ...(whole ? {} : { time: (this.#from + this.#to) / 2, width: this.#to - this.#from }),
      ...(this.#cursor === undefined ? {} : { cursor: this.#cursor }),
      nodes: this.#nodes,
      kinds: this.#kinds,
      text: this.#text,
      ...(this.#row === undefined ? {} : { row: this.#row }),
    });
  }

  follow(hash: string): void {
    const { time, width, cursor, nodes, kinds, text, row } = readPlace(hash);
    const { names, kinds: known } = this.#model.timeline;
    const { end } = this.#model;
    this.filter({
      nodes: nodes.filter((node) => names.includes(node)),
      kinds: kinds.filter((kind) => known.some(({ name }) => name === kind)),
      text,
    });
    const middle = Math.min(time ?? end / 2, end);
    const span = width ?? (time === undefined ? end : USUAL_WIDTH);
    this.show(middle - span / 2, middle + span / 2);
    // A time without a width was written by hand: it is what is meant.
    this.point(cursor ?? (width === undefined && time !== undefined ? middle : undefined));
    this.select(row);
  }

  #changed(change: Change): void {
    this.#changes.add(change);
    if (this.#waiting) return;
    this.#waiting = true;
    requestAnimationFrame(() => {
      this.#waiting = false;
      const changes = new Set(this.#changes);
      this.#changes.clear();
      for (const listener of this.#listeners) listener(changes);
    });
  }
}
