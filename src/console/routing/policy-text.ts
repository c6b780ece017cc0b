/** The fields of a routing policy in words. */
import type { RoutingPolicy } from '../data/types';
import type { PolicyWords } from '../policy/words';
import { duration } from '../ui/format';
import { ROUTING_FIELDS } from './routing-draft';
import { STRATEGIES } from './strategies';

const chain = (names: readonly string[]): string => (names.length === 0 ? 'nobody' : names.join(', then '));

export const ROUTING: PolicyWords<RoutingPolicy> = {
	fields: ROUTING_FIELDS,
	labels: {
		strategy: 'Strategy',
		candidates: 'Candidates',
		weight: 'Weight of the model itself',
		sticky: 'Conversations stay',
		residency: 'Residency',
		contextFallbacks: 'Where the context is too long',
		contentFilterFallbacks: 'Where a content filter refuses',
		maxAttempts: 'Tries per target',
		firstEventTimeoutMs: 'Limit to the first event',
		idleTimeoutMs: 'Limit of silence',
		totalTimeoutMs: 'Limit of the whole request',
		commitTimeoutMs: 'Limit to the first content',
	},
	texts: {
		strategy: (strategy) => STRATEGIES[strategy].label,
		candidates: (candidates) =>
			candidates.map(({ model, weight }) => (weight === undefined ? model : `${model} × ${weight}`)).join(', ') ||
			'none',
		weight: String,
		sticky: (sticky) => (sticky ? 'yes' : 'no'),
		// What is stored damaged is read as an empty list, which keeps every key out.
		residency: (tags) => tags.join(', ') || 'nowhere',
		contextFallbacks: chain,
		contentFilterFallbacks: chain,
		maxAttempts: String,
		firstEventTimeoutMs: duration,
		idleTimeoutMs: duration,
		totalTimeoutMs: duration,
		commitTimeoutMs: duration,
	},
};
