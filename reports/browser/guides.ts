import type { Plugin } from 'chart.js';
import type { Guide } from './chart-spec.ts';
import { colour } from './theme.ts';

/** Lines across a chart, behind what it shows, with their names. */
export function guidePlugin(guides: () => readonly Guide[]): Plugin {
  return {
    id: 'guides',
    beforeDatasetsDraw({ ctx, chartArea, scales }) {
      ctx.save();
      ctx.strokeStyle = colour('--line-strong');
      ctx.fillStyle = colour('--ink-soft');
      ctx.font = '11px system-ui, sans-serif';
      ctx.textAlign = 'left';
      for (const { y, label } of guides()) {
        const height = Math.round(scales['y']!.getPixelForValue(y)) + 0.5;
        ctx.setLineDash([2, 3]);
        ctx.beginPath();
        ctx.moveTo(chartArea.left, height);
        ctx.lineTo(chartArea.right, height);
        ctx.stroke();
        ctx.fillText(label, chartArea.left + 4, height - 3);
      }
      ctx.restore();
    },
  };
}
