import { el } from './dom.ts';
import { colour } from './theme.ts';

export interface LegendEntry {
  readonly name: string;
  readonly line: string;
  readonly dash: readonly number[];
}

const MARGIN = 16;
const LINE_HEIGHT = 20;
const FONT = 'system-ui, sans-serif';

/** Hands a chart to the browser as a download that explains itself: with its title, its legend and its ground. */
export function savePng(chart: HTMLCanvasElement, title: string, legend: readonly LegendEntry[]): void {
  const scale = devicePixelRatio;
  const width = chart.width / scale;
  const height = chart.height / scale;
  const top = MARGIN + LINE_HEIGHT;
  const picture = el('canvas', {
    width: (width + 2 * MARGIN) * scale,
    height: (top + height + legend.length * LINE_HEIGHT + 2 * MARGIN) * scale,
  });
  const context = picture.getContext('2d');
  if (context === null) return;
  context.scale(scale, scale);
  context.fillStyle = colour('--ground');
  context.fillRect(0, 0, picture.width, picture.height);
  context.fillStyle = colour('--ink');
  context.font = `600 14px ${FONT}`;
  context.textBaseline = 'middle';
  context.fillText(title, MARGIN, MARGIN + LINE_HEIGHT / 2);
  context.drawImage(chart, MARGIN, top + MARGIN / 2, width, height);
  context.font = `12px ${FONT}`;
  for (const [index, { name, line, dash }] of legend.entries()) {
    const y = top + MARGIN + height + (index + 0.5) * LINE_HEIGHT;
    context.strokeStyle = line;
    context.lineWidth = 2;
    context.setLineDash([...dash]);
    context.beginPath();
    context.moveTo(MARGIN, y);
    context.lineTo(MARGIN + 32, y);
    context.stroke();
    context.fillText(name, MARGIN + 42, y);
  }
  picture.toBlob((blob) => {
    if (blob === null) return;
    const address = URL.createObjectURL(blob);
    el('a', { href: address, download: `${fileName(title)}.png` }).click();
    URL.revokeObjectURL(address);
  });
}

function fileName(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
