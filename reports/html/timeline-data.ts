/** What the page of one run carries. */
export interface TimelinePageData {
  /** A timeline as `packTimeline` packs it. */
  readonly packed: string;
}
