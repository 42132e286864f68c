import type { ReportData } from '../html/data.ts';
import type { Filter } from './filter.ts';

/** One part of the page, with its own entry in the navigation. */
export interface Section {
  /** Its address: `report.html#id`. */
  readonly id: string;
  readonly title: string;
  /** What stands below the heading; undefined when the results say nothing about it: then it is left out. */
  render(data: ReportData, filter: Filter): readonly Node[] | undefined;
}
