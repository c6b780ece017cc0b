import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/catalog';
import type { RoutingPolicy } from '../../src/language/routing';
import { embedWires, findProvider, providerIds, wires } from '../../src/providers';
import { type Declared, UNDECLARED } from '../../src/services/declared';
import { checkRouting, routingBeside } from '../../src/services/routing-check';

const ctx = { catalog: catalog(), registry: { provider: findProvider, ids: providerIds, wires, embedWires } };

const declared: Declared = {
	...UNDECLARED,
	configuration: {
		profiles: {
			here: { provider: 'openai', model: 'gpt-4o', keyRef: 'a' },
			there: { provider: 'openai', model: 'gpt-4o', keyRef: 'b' },
			anywhere: { provider: 'openai', model: 'gpt-4o' },
		},
		aliases: { best: 'profile:there', vague: 'custom/vague', round: 'trip', trip: 'round' },
	},
	models: { 'custom/wide': { declared: true, contextWindow: 900_000 } },
	keys: [
		{ provider: 'openai', name: 'a' },
		{ provider: 'openai', name: 'b' },
	],
};

const HERE = { provider: 'openai', model: 'gpt-4o', keyRef: 'a' };
const GPT_4O = { provider: 'openai', model: 'gpt-4o' };

const check = (policy: RoutingPolicy, first: typeof GPT_4O | null = GPT_4O) =>
	checkRouting(ctx, policy, { param: 'routing', first, firstIs: "the agent's own model" }, declared);

describe('the names of a policy', () => {
	it('are stored as models with their provider, aliases and profiles by name', () => {
		const policy = {
			strategy: 'weighted' as const,
			candidates: [{ model: 'gpt-4o-mini', weight: 2 }, { model: 'vague' }],
			contextFallbacks: ['gemini-2.5-pro'],
			contentFilterFallbacks: ['vague'],
		};
		expect(check(policy)).toEqual({
			...policy,
			candidates: [{ model: 'openai/gpt-4o-mini', weight: 2 }, { model: 'vague' }],
			contextFallbacks: ['google/gemini-2.5-pro'],
		});
	});

	it.each<[RoutingPolicy, string, string]>([
		[{ candidates: [{ model: 'openai/gpt-99' }] }, 'candidates[0].model', "no model 'gpt-99'"],
		[{ candidates: [{ model: 'vague' }, { model: 'nowhere/x' }] }, 'candidates[1].model', 'Unknown provider'],
		[{ candidates: [{ model: 'gpt-4o' }] }, 'candidates[0].model', "the agent's own model"],
		[{ candidates: [{ model: 'best' }] }, 'candidates[0].model', "the agent's own model"],
		[{ candidates: [{ model: 'vague' }, { model: 'custom/vague' }] }, 'candidates[1].model', 'twice in the candidates'],
		[{ candidates: [{ model: 'text-embedding-3-small' }] }, 'candidates[0].model', 'embedding model'],
		[{ candidates: [{ model: 'profile:gone' }] }, 'candidates[0].model', "no profile 'gone'"],
		[{ candidates: [{ model: 'agent:other' }] }, 'candidates[0].model', "can't be named here"],
		[{ contextFallbacks: ['round'] }, 'contextFallbacks[0]', 'round → trip → round'],
		[{ contextFallbacks: ['gemini-2.5-pro', 'google/gemini-2.5-pro'] }, 'contextFallbacks[1]', 'comes twice'],
		[{ contentFilterFallbacks: ['openai/gpt-4o'] }, 'contentFilterFallbacks[0]', 'a fallback is another one'],
		[{ contentFilterFallbacks: ['mock/echo', 'openai/gpt-99'] }, 'contentFilterFallbacks[1]', "no model 'gpt-99'"],
	])('refuses %j, naming the field', (policy, param, message) => {
		expect(() => check(policy)).toThrow(
			expect.objectContaining({
				code: 'invalid_request',
				param: `routing.${param}`,
				message: expect.stringContaining(message),
			}),
		);
	});

	it('may be one model by keys that profiles tell apart', () => {
		expect(() => check({ candidates: [{ model: 'best' }] }, HERE)).not.toThrow();
		expect(() => check({ candidates: [{ model: 'profile:here' }, { model: 'best' }] }, null)).not.toThrow();
		expect(() => check({ candidates: [{ model: 'profile:anywhere' }] }, HERE)).toThrow("the agent's own model");
		expect(() => check({ candidates: [{ model: 'best' }, { model: 'profile:there' }] }, null)).toThrow('comes twice');
	});
});

describe('who follows a conversation that is too long', () => {
	it('takes more than the model, where both are known: else both figures are named', () => {
		const larger = ['google/gemini-2.5-pro', 'custom/wide', 'custom/vague'];
		expect(check({ contextFallbacks: larger }).contextFallbacks).toEqual(larger);
		expect(() => check({ contextFallbacks: ['custom/wide', 'openai/gpt-4o-mini'] })).toThrow(
			expect.objectContaining({
				param: 'routing.contextFallbacks[1]',
				message: expect.stringMatching(/'openai\/gpt-4o-mini' takes 128000 .* the 128000 of 'openai\/gpt-4o'/),
			}),
		);
	});

	it('may be anybody where the model is not known, or where it is about none in particular', () => {
		expect(() => check({ contextFallbacks: ['openai/gpt-4o'] }, { provider: 'custom', model: 'vague' })).not.toThrow();
		expect(() => check({ contextFallbacks: ['openai/gpt-4o'] }, null)).not.toThrow();
	});
});

describe('a policy under another model', () => {
	it('names that one no more, and keeps the rest', () => {
		const policy: RoutingPolicy = {
			candidates: [{ model: 'openai/gpt-4o-mini', weight: 2 }, { model: 'profile:anywhere' }],
			weight: 3,
			contextFallbacks: ['openai/gpt-4o-mini'],
			contentFilterFallbacks: ['mock/echo'],
		};
		const mini = { provider: 'openai', model: 'gpt-4o-mini' };
		expect(routingBeside(ctx, policy, mini, declared)).toEqual({
			candidates: [{ model: 'profile:anywhere' }],
			weight: 3,
			contextFallbacks: [],
			contentFilterFallbacks: ['mock/echo'],
		});
		const alone = { candidates: [{ model: 'openai/gpt-4o-mini' }] };
		expect(routingBeside(ctx, alone, mini, declared)).toEqual({});
		expect(routingBeside(ctx, policy, null, declared)).toEqual(policy);
	});
});
