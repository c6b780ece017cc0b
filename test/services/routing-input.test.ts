import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storedRouting } from '../../src/config/stored-routing';
import { STRATEGIES } from '../../src/language/routing';
import { routingPolicy, sharedRoutingPolicy } from '../../src/services/routing-input';

const MODEL = { model: 'openai/gpt-4o' };
const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `groq/model-${at}`);

/** Path and message of what is wrong first; null: nothing is. */
function fault(schema: typeof routingPolicy | typeof sharedRoutingPolicy, policy: unknown): [string, string] | null {
	const result = schema.safeParse(policy);
	const issue = result.error?.issues[0];
	return issue ? [issue.path.join('.'), issue.message] : null;
}

describe('a routing policy', () => {
	it('takes every field at both ends of its bounds', () => {
		const least = {
			strategy: 'priority',
			candidates: [{ ...MODEL, weight: 0.001 }],
			weight: 0.001,
			sticky: false,
			residency: ['a'],
			contextFallbacks: [],
			contentFilterFallbacks: [],
			maxAttempts: 1,
			firstEventTimeoutMs: 1,
			idleTimeoutMs: 1,
			totalTimeoutMs: 1,
			commitTimeoutMs: 1,
		};
		const most = {
			strategy: 'weighted',
			candidates: names(7).map((model) => ({ model, weight: 1_000 })),
			weight: 1_000,
			sticky: true,
			residency: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'.repeat(32)],
			contextFallbacks: names(7),
			contentFilterFallbacks: names(7),
			maxAttempts: 10,
			firstEventTimeoutMs: 600_000,
			idleTimeoutMs: 600_000,
			totalTimeoutMs: 3_600_000,
			commitTimeoutMs: 3_600_000,
		};
		for (const policy of [{}, least, most]) expect(routingPolicy.parse(policy)).toEqual(policy);
	});

	it.each<[unknown, string, string]>([
		[{ strategy: 'random' }, 'strategy', 'one of priority, weighted, round-robin'],
		[{ candidates: [] }, 'candidates', 'leave it out'],
		[{ candidates: names(50).map((model) => ({ model })) }, 'candidates', 'at most 7 candidates'],
		[{ candidates: ['openai/gpt-4o'] }, 'candidates.0', 'expected object'],
		[{ candidates: [{ ...MODEL, weight: 0 }] }, 'candidates.0.weight', 'from 0.001 to 1,000'],
		[{ candidates: [{ ...MODEL, weight: -1 }] }, 'candidates.0.weight', 'from 0.001 to 1,000'],
		[{ candidates: [{ ...MODEL, weight: 1e12 }] }, 'candidates.0.weight', 'from 0.001 to 1,000'],
		[{ candidates: [{ ...MODEL, weight: Number.NaN }] }, 'candidates.0.weight', 'is a number'],
		[{ candidates: [{ ...MODEL, share: 1 }] }, 'candidates.0', 'share'],
		[{ candidates: [{ weight: 1 }] }, 'candidates.0.model', 'expected string'],
		[{ weight: '3' }, 'weight', 'is a number'],
		[{ weight: Number.POSITIVE_INFINITY }, 'weight', 'is a number'],
		[{ sticky: 'no' }, 'sticky', 'true or false'],
		[{ residency: [] }, 'residency', 'leave it out'],
		[{ residency: ['EU'] }, 'residency.0', 'lower-case'],
		[{ residency: ['eu', 'eu'] }, 'residency', 'twice'],
		[{ residency: 'eu' }, 'residency', 'a list of tags'],
		[{ residency: names(9).map((_, at) => `t${at}`) }, 'residency', 'at most 8 tags'],
		[{ contextFallbacks: names(50) }, 'contextFallbacks', 'at most 7 names'],
		[{ contentFilterFallbacks: names(8) }, 'contentFilterFallbacks', 'at most 7 names'],
		[{ contextFallbacks: [''] }, 'contextFallbacks.0', 'must be named'],
		[{ maxAttempts: 0 }, 'maxAttempts', 'from 1 to 10'],
		[{ maxAttempts: 11 }, 'maxAttempts', 'from 1 to 10'],
		[{ maxAttempts: 1.5 }, 'maxAttempts', 'a whole number'],
		[{ firstEventTimeoutMs: 600_001 }, 'firstEventTimeoutMs', 'from 1 to 600,000 ms'],
		[{ firstEventTimeoutMs: -1 }, 'firstEventTimeoutMs', 'from 1 to 600,000 ms'],
		[{ idleTimeoutMs: '60000' }, 'idleTimeoutMs', 'a whole number'],
		[{ totalTimeoutMs: 3_600_001 }, 'totalTimeoutMs', 'from 1 to 3,600,000 ms'],
		[{ totalTimeoutMs: 1e300 }, 'totalTimeoutMs', 'from 1 to 3,600,000 ms'],
		[{ commitTimeoutMs: null }, 'commitTimeoutMs', 'a whole number'],
		[{ commitTimeoutMs: 2, totalTimeoutMs: 1 }, 'commitTimeoutMs', 'at most totalTimeoutMs (1)'],
		[{ firstEventTimeoutMs: 9, totalTimeoutMs: 8 }, 'firstEventTimeoutMs', 'firstEventTimeoutMs (9) is at most'],
		[{ retries: 3 }, '', 'retries'],
	])('refuses %j, naming the field and what to do', (policy, path, message) => {
		const found = fault(routingPolicy, policy);
		expect(found?.[0]).toBe(path);
		expect(found?.[1]).toContain(message);
	});

	it('of an organization has neither candidates nor a weight', () => {
		expect(fault(sharedRoutingPolicy, { strategy: 'weighted', residency: ['eu'] })).toBeNull();
		expect(fault(sharedRoutingPolicy, { candidates: [MODEL] })?.[1]).toContain('candidates');
		expect(fault(sharedRoutingPolicy, { weight: 1 })?.[1]).toContain('weight');
		expect(fault(sharedRoutingPolicy, { commitTimeoutMs: 2, totalTimeoutMs: 1 })?.[0]).toBe('commitTimeoutMs');
	});

	it('is read back from where it is stored as it was written', () => {
		const weight = fc.double({ min: 0.001, max: 1_000, noNaN: true });
		const ms = fc.integer({ min: 1, max: 600_000 });
		const policies = fc.record(
			{
				strategy: fc.constantFrom(...STRATEGIES),
				candidates: fc.array(fc.record({ model: fc.constant('a/b'), weight }), { minLength: 1, maxLength: 7 }),
				weight,
				residency: fc.uniqueArray(fc.constantFrom('eu', 'us', 'de-1'), { minLength: 1 }),
				contextFallbacks: fc.constantFrom([], names(7)),
				maxAttempts: fc.integer({ min: 1, max: 10 }),
				idleTimeoutMs: ms,
				totalTimeoutMs: fc.integer({ min: 600_000, max: 3_600_000 }),
				firstEventTimeoutMs: ms,
			},
			{ requiredKeys: [] },
		);
		fc.assert(
			fc.property(policies, (policy) => {
				const written = routingPolicy.parse(policy);
				expect(JSON.parse(JSON.stringify(storedRouting.parse(JSON.parse(JSON.stringify(written)))))).toEqual(
					JSON.parse(JSON.stringify(policy)),
				);
			}),
		);
	});
});
