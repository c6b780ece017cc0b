import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONTEXT_BOUNDS, storedContext } from '../../src/config/stored-context';
import { CONTEXT_MODES } from '../../src/language/context';
import { contextPolicy } from '../../src/services/context-input';

/** Path and message of what is wrong first; null: nothing is. */
function fault(policy: unknown): [string, string] | null {
	const issue = contextPolicy.safeParse(policy).error?.issues[0];
	return issue ? [issue.path.join('.'), issue.message] : null;
}

const policies = fc.record(
	{
		mode: fc.constantFrom(...CONTEXT_MODES),
		summarizer: fc.constantFrom('a/b', 'profile:p', 'cheap'),
		maxInputTokens: fc.integer({ min: 1, max: CONTEXT_BOUNDS.maxInputTokens }),
		maxOutputTokens: fc.integer({ min: 1, max: CONTEXT_BOUNDS.maxOutputTokens }),
	},
	{ requiredKeys: [] },
);

describe('a context policy', () => {
	it('takes every field at both ends of its bounds', () => {
		const least = { mode: 'trim', summarizer: 'm', maxInputTokens: 1, maxOutputTokens: 1 };
		const most = { mode: 'off', maxInputTokens: 100_000_000, maxOutputTokens: 10_000_000 };
		for (const policy of [{}, least, most]) expect(contextPolicy.parse(policy)).toEqual(policy);
	});

	it.each<[unknown, string, string]>([
		[{ mode: 'squeeze' }, 'mode', 'A mode is one of trim, summarize, refuse, off.'],
		[{ mode: null }, 'mode', 'A mode is one of'],
		[{ summarizer: '' }, 'summarizer', 'must be named'],
		[{ summarizer: ['a/b'] }, 'summarizer', 'expected string'],
		[{ maxInputTokens: 0 }, 'maxInputTokens', 'maxInputTokens is a whole number from 1 to 100,000,000 tokens.'],
		[{ maxInputTokens: -1 }, 'maxInputTokens', 'from 1 to 100,000,000'],
		[{ maxInputTokens: 100_000_001 }, 'maxInputTokens', 'from 1 to 100,000,000'],
		[{ maxInputTokens: 1e300 }, 'maxInputTokens', 'from 1 to 100,000,000'],
		[{ maxInputTokens: 1.5 }, 'maxInputTokens', 'a whole number'],
		[{ maxInputTokens: Number.NaN }, 'maxInputTokens', 'a whole number'],
		[{ maxInputTokens: null }, 'maxInputTokens', 'a whole number'],
		[{ maxOutputTokens: '8000' }, 'maxOutputTokens', 'a whole number'],
		[{ maxOutputTokens: 10_000_001 }, 'maxOutputTokens', 'from 1 to 10,000,000 tokens'],
		[{ maxTokens: 3 }, '', 'maxTokens'],
		['trim', '', 'expected object'],
	])('refuses %j, naming the field and what to do', (policy, path, message) => {
		const found = fault(policy);
		expect(found?.[0]).toBe(path);
		expect(found?.[1]).toContain(message);
	});

	it('is read back from where it is stored as it was written', () => {
		fc.assert(
			fc.property(policies, (policy) => {
				const written = JSON.parse(JSON.stringify(contextPolicy.parse(policy)));
				expect(JSON.parse(JSON.stringify(storedContext.parse(written)))).toEqual(policy);
			}),
		);
	});

	it('that is damaged never lets more through than it did', () => {
		const damage = fc.oneof(fc.string(), fc.constant(null), fc.boolean(), fc.double({ noNaN: true }), fc.object());
		const maxima = fc.constantFrom('maxInputTokens' as const, 'maxOutputTokens' as const);
		fc.assert(
			fc.property(policies, maxima, damage, (policy, field, wrong) => {
				const read = storedContext.parse(JSON.parse(JSON.stringify({ ...policy, [field]: wrong })))[field];
				expect(Number.isInteger(read)).toBe(true);
				expect(read).toBeGreaterThanOrEqual(1);
				expect(read).toBeLessThanOrEqual(typeof wrong === 'number' ? Math.max(1, wrong) : 1);
			}),
		);
	});
});
