import type { Plugin } from 'chart.js';

/** A point with the values between which most others lie. */
interface Spread {
  readonly x: number;
  readonly low?: number;
  readonly high?: number;
}

/** Half the width of the stroke at either end. */
const CAP = 3;

/** Between where most values lie, behind the points of a line. */
export const whiskers: Plugin<'line'> = {
  id: 'whiskers',
  beforeDatasetsDraw({ ctx, chartArea, data, scales }) {
    const { top, bottom } = chartArea;
    const inside = (value: number): number => {
      const pixel = scales['y']!.getPixelForValue(value);
      return Number.isFinite(pixel) ? Math.min(bottom, Math.max(top, pixel)) : bottom;
    };
    ctx.save();
    ctx.lineWidth = 1;
    ctx.globalAlpha = 0.65;
    for (const { borderColor, data: points } of data.datasets) {
      ctx.strokeStyle = borderColor as string;
      for (const { x: value, low, high } of points as unknown as Spread[]) {
        if (low === undefined || high === undefined) continue;
        const x = scales['x']!.getPixelForValue(value);
        const [from, to] = [inside(low), inside(high)];
        ctx.beginPath();
        ctx.moveTo(x, from);
        ctx.lineTo(x, to);
        for (const end of [from, to]) {
          ctx.moveTo(x - CAP, end);
          ctx.lineTo(x + CAP, end);
        }
        ctx.stroke();
      }
    }
    ctx.restore();
  },
};
