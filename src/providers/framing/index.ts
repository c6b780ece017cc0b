import type { Framer, Framing } from '../provider';
import { awsEventsFramer } from './aws-events';
import { ndjsonFramer } from './ndjson';
import { sseFramer } from './sse';

const FRAMERS: Readonly<Record<Framing, () => Framer>> = {
	sse: sseFramer,
	ndjson: ndjsonFramer,
	'aws-events': awsEventsFramer,
};

/** A new framer: one for each body. */
export const framerOf = (framing: Framing): Framer => FRAMERS[framing]();
