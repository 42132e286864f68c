import type { Axis } from './chart-spec.ts';
import { colour } from './theme.ts';

export function commonOptions() {
  return {
    // A report is read, not watched; and whoever asked for less motion gets none.
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    font: { family: 'system-ui, sans-serif', size: 12 },
  } as const;
}

export function axisOptions(axis: Axis) {
  const { title, log = false, min, max } = axis;
  return {
    type: log ? ('logarithmic' as const) : ('linear' as const),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    title: { display: true, text: title, color: colour('--ink-soft') },
    grid: { color: colour('--line'), drawTicks: false },
    border: { color: colour('--line') },
    ticks: {
      color: colour('--ink-soft'),
      maxTicksLimit: 8,
      padding: 6,
      callback: (value: string | number) => written(axis, Number(value)),
    },
  };
}

export function tipOptions() {
  return {
    backgroundColor: colour('--raised'),
    bodyColor: colour('--ink'),
    titleColor: colour('--ink'),
    borderColor: colour('--line-strong'),
    borderWidth: 1,
    displayColors: false,
    padding: 8,
  };
}

export function written({ format }: Axis, value: number): string {
  return format === undefined ? String(Number(value.toPrecision(4))) : format(value);
}
