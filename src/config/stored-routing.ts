/** A routing policy as it is stored, and within which bounds each field of it counts. */
import * as z from 'zod';
import { STRATEGIES } from '../language/routing';
import { RESIDENCY } from '../providers/config';

export const ROUTING_BOUNDS = {
	/** Candidates beside the model itself, and names in a chain: with the first there are 8. */
	names: 7,
	weight: [0.001, 1_000],
	residency: 8,
	attempts: 10,
	/** ms: to the first event, and between events. */
	silenceMs: 600_000,
	/** ms: of the request, and to its first content. */
	totalMs: 3_600_000,
} as const;

const { names, weight: weights, residency, attempts, silenceMs, totalMs } = ROUTING_BOUNDS;

const weight = z.number().min(weights[0]).max(weights[1]);
const chain = z.array(z.string()).max(names).optional().catch(undefined);
const silence = z.int().min(1).max(silenceMs).optional().catch(undefined);
const total = z.int().min(1).max(totalMs).optional().catch(undefined);

/** A field that a layer may not set is as if it were not set, but for residency: policies are checked when written. */
export const storedRouting = z.object({
	strategy: z.enum(STRATEGIES).optional().catch(undefined),
	candidates: z
		.array(z.object({ model: z.string().min(1), weight: weight.exactOptional() }))
		.min(1)
		.max(names)
		.optional()
		.catch(undefined),
	weight: weight.optional().catch(undefined),
	sticky: z.boolean().optional().catch(undefined),
	// What can't be read rules out everybody: data must not leave because a row is damaged.
	residency: z.array(z.string().regex(RESIDENCY)).max(residency).optional().catch([]),
	contextFallbacks: chain,
	contentFilterFallbacks: chain,
	maxAttempts: z.int().min(1).max(attempts).optional().catch(undefined),
	firstEventTimeoutMs: silence,
	idleTimeoutMs: silence,
	totalTimeoutMs: total,
	commitTimeoutMs: total,
});

/** In place of a policy that is none at all: it may have said where data stays. */
export const UNREADABLE_ROUTING = { residency: [] };

/** As read: a field may be there without a value. */
export type StoredRouting = z.output<typeof storedRouting>;
