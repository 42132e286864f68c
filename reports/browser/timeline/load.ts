import { decodeTimeline } from '../../../scenarios/timeline/codec.ts';
import type { Timeline } from '../../../scenarios/timeline/timeline.ts';
import type { TimelinePageData } from '../../html/timeline-data.ts';
import { readData } from '../dom.ts';

/** The run that this page carries. */
export async function loadTimeline(): Promise<Timeline> {
  const text = atob(readData<TimelinePageData>().packed);
  const packed = new Uint8Array(text.length);
  for (let place = 0; place < packed.length; place++) packed[place] = text.charCodeAt(place);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return decodeTimeline(new Uint8Array(await new Response(stream).arrayBuffer()));
}
