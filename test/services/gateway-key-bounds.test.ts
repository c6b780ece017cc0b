import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesName } from '../../src/providers/model-name';
import { exceeding } from '../../src/services/gateway-key-bounds';
import { DEFAULT_POLICY, type KeyPolicy, POLICY_FIELDS } from '../../src/services/gateway-key-policy';

const ANYTHING: KeyPolicy = { ...DEFAULT_POLICY, scopes: ['inference', 'manage'] };

const list = (...entries: string[]) => fc.option(fc.subarray(entries), { nil: null });
const limit = fc.option(fc.integer({ min: 1, max: 9 }), { nil: null });
const usd = fc.option(
	fc.integer({ min: 0, max: 30 }).map((tenths) => String(tenths / 10)),
	{ nil: null },
);
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 4 }).map((text) => `p/${text}`);

const policy: fc.Arbitrary<KeyPolicy> = fc.record({
	scopes: fc.subarray(['inference' as const, 'manage' as const], { minLength: 1 }),
	allowedModels: fc.option(fc.array(pattern, { maxLength: 3 }), { nil: null }),
	allowedAgents: list('support', 'sales'),
	allowedProviders: list('openai', 'mock'),
	origins: list('https://a.example', 'https://b.example'),
	mayOverrideModel: fc.boolean(),
	mayOverrideSettings: fc.boolean(),
	mayOverridePrompt: fc.boolean(),
	requestsPerMinute: limit,
	requestsPerDay: limit,
	budgetDayUsd: usd,
	budgetMonthUsd: usd,
	budgetTotalUsd: usd,
	expiresAt: limit,
});

describe('a policy', () => {
	it('never exceeds itself, nor one without limits', () => {
		fc.assert(
			fc.property(policy, (one) => {
				expect(exceeding(one, one)).toBeNull();
				expect(exceeding(one, ANYTHING)).toBeNull();
			}),
		);
	});

	it('within one that is within a third is within the third; origins, of which none is any, aside', () => {
		const field = fc.constantFrom(...POLICY_FIELDS.filter((each) => each !== 'origins'));
		fc.assert(
			fc.property(policy, policy, policy, field, (one, two, three, each) => {
				fc.pre(exceeding(one, two, [each]) === null && exceeding(two, three, [each]) === null);
				expect(exceeding(one, three, [each])).toBeNull();
			}),
			{ numRuns: 2_000 },
		);
	});

	it('within another lets no model through that the other does not', () => {
		const model = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 5 }).map((text) => `p/${text}`);
		const lets = ({ allowedModels }: KeyPolicy, name: string) =>
			allowedModels === null || allowedModels.some((each) => matchesName(each, name));
		fc.assert(
			fc.property(policy, policy, model, (one, bounds, name) => {
				fc.pre(exceeding(one, bounds, ['allowedModels']) === null && lets(one, name));
				expect(lets(bounds, name)).toBe(true);
			}),
			{ numRuns: 1_000 },
		);
	});

	it.each([
		[['openai/*'], ['openai/gpt-*', 'openai/o3'], null],
		[['*'], ['openai/*', '*'], null],
		[['openai/gpt-*'], ['openai/*'], 'allowedModels'],
		[['openai/*'], ['*'], 'allowedModels'],
		[[], [], null],
		[[], ['mock/echo'], 'allowedModels'],
		[['openai/*'], null, 'allowedModels'],
	])('bounded by %j, with %j, exceeds in %s', (bound, models, field) => {
		expect(exceeding({ ...ANYTHING, allowedModels: models }, { ...ANYTHING, allowedModels: bound })).toBe(field);
	});

	it('compares money exactly', () => {
		const of = (budgetTotalUsd: string) => ({ ...ANYTHING, budgetTotalUsd });
		expect(exceeding(of('9007199.254740993'), of('9007199.254740992'))).toBe('budgetTotalUsd');
		expect(exceeding(of('10'), of('9'))).toBe('budgetTotalUsd');
		expect(exceeding(of('9'), of('10.0'))).toBeNull();
	});
});
