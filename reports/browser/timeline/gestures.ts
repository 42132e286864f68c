import type { Geometry } from './geometry.ts';
import type { View } from './view.ts';

interface Meanings {
  hover(x: number, y: number): void;
  leave(): void;
  click(x: number, y: number): void;
  /** There is more to scroll to: then the wheel scrolls. */
  overflows(): boolean;
}

/** A press that moves less is a click. */
const STEADY = 5;

/** Mouse, trackpad and fingers: drag to move, wheel or pinch to zoom. */
export function listenForGestures(canvas: HTMLCanvasElement, geometry: Geometry, view: View, meanings: Meanings): void {
  const pressed = new Map<number, { x: number; y: number; moved: number }>();

  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    pressed.set(event.pointerId, { x: event.offsetX, y: event.offsetY, moved: 0 });
  });
  canvas.addEventListener('pointermove', (event) => {
    const { offsetX: x, offsetY: y } = event;
    const press = pressed.get(event.pointerId);
    if (press === undefined) return meanings.hover(x, y);
    press.moved += Math.abs(x - press.x) + Math.abs(y - press.y);
    const [other] = [...pressed].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    if (other !== undefined) pinch(press, other, x);
    else if (press.moved >= STEADY) {
      meanings.leave();
      view.pan((press.x - x) / geometry.width);
    }
    [press.x, press.y] = [x, y];
  });
  canvas.addEventListener('pointerup', (event) => {
    const press = pressed.get(event.pointerId);
    pressed.delete(event.pointerId);
    if (press !== undefined && press.moved < STEADY) meanings.click(event.offsetX, event.offsetY);
  });
  canvas.addEventListener('pointercancel', (event) => pressed.delete(event.pointerId));
  canvas.addEventListener('pointerleave', () => meanings.leave());
  canvas.addEventListener('dblclick', (event) => view.zoom(0.25, geometry.time(event.offsetX)));
  canvas.addEventListener(
    'wheel',
    (event) => {
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
      const zooms = event.ctrlKey || event.metaKey || (!sideways && !meanings.overflows());
      if (!zooms && !sideways) return;
      event.preventDefault();
      if (zooms) view.zoom(1.002 ** event.deltaY, geometry.time(event.offsetX));
      else view.pan((event.deltaX || event.deltaY) / geometry.width);
    },
    { passive: false },
  );

  /** Both fingers keep the times that they touch. */
  function pinch(press: { x: number }, other: { x: number }, x: number): void {
    const [before, after] = [Math.abs(press.x - other.x), Math.abs(x - other.x)];
    if (before > 8 && after > 8) view.zoom(before / after, geometry.time(other.x));
  }
}
