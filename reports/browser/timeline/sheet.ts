/** A canvas that is as sharp as the screen, and painted in pixels of the page. */
export class Sheet {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  width = 1;
  height = 1;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d')!;
  }

  /** True when the size is another one. */
  fit(width: number, height: number): boolean {
    const scale = devicePixelRatio;
    const [inner, outer] = [Math.round(width * scale), Math.round(height * scale)];
    if (this.canvas.width === inner && this.canvas.height === outer) return false;
    this.canvas.width = inner;
    this.canvas.height = outer;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    [this.width, this.height] = [width, height];
    return true;
  }

  begin(): CanvasRenderingContext2D {
    const scale = devicePixelRatio;
    this.context.setTransform(scale, 0, 0, scale, 0, 0);
    this.context.clearRect(0, 0, this.width, this.height);
    return this.context;
  }
}
