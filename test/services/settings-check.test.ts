import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/catalog';
import type { ModelOverride } from '../../src/catalog/override';
import { GatewayError } from '../../src/errors';
import type { ModelSettings } from '../../src/language/settings';
import { embedWires, findProvider, providerIds, wires } from '../../src/providers';
import { UNDECLARED } from '../../src/services/declared';
import { checkSettings } from '../../src/services/settings-check';

const ctx = { catalog: catalog(), registry: { provider: findProvider, ids: providerIds, wires, embedWires } };

function check(name: string, settings: ModelSettings, override?: ModelOverride): void {
	const slash = name.indexOf('/');
	const model = { provider: name.slice(0, slash), model: name.slice(slash + 1) };
	const declared = override ? { ...UNDECLARED, models: { [name]: override } } : UNDECLARED;
	checkSettings(ctx, settings, model, 'settings', declared);
}

describe('settings of a model', () => {
	it.each<[string, ModelSettings, string, string]>([
		['openai/gpt-5', { temperature: 0.2 }, 'temperature', "'openai/gpt-5' refuses temperature"],
		['openai/gpt-5', { topP: 0.5 }, 'topP', 'refuses topP'],
		['anthropic/claude-opus-4-8', { topK: 40 }, 'topK', 'refuses topK'],
		['openai/gpt-5', { temperature: 0.2, reasoning: { effort: 'low' } }, 'temperature', 'refuses'],
		['openai/gpt-4o', { maxTokens: 16_385 }, 'maxTokens', 'at most 16384 tokens'],
		['openai/gpt-4o', { reasoning: { effort: 'low' } }, 'reasoning', 'does not reason'],
		['openai/gpt-4o', { reasoning: { budgetTokens: 100 } }, 'reasoning', 'does not reason'],
		['openai/gpt-4o', { reasoning: { summary: 'auto' } }, 'reasoning', 'does not reason'],
		['openai/gpt-5', { reasoning: { effort: 'max' } }, 'reasoning.effort', 'choose minimal, low, medium, high'],
		['google/gemini-2.5-pro', { reasoning: { budgetTokens: 127 } }, 'reasoning.budgetTokens', 'at least 128'],
		['google/gemini-2.5-pro', { reasoning: { budgetTokens: 32_769 } }, 'reasoning.budgetTokens', 'at most 32768'],
		['mistral/mistral-small-latest', { temperature: 1.6 }, 'temperature', 'at most 1.5'],
		['openai/gpt-4o', { stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop', 'at most 4 stop texts'],
	])('%s refuses %j, naming the field', (name, settings, param, message) => {
		const refused = () => check(name, settings);
		expect(refused).toThrow(GatewayError);
		expect(refused).toThrow(expect.objectContaining({ code: 'invalid_request', param: `settings.${param}` }));
		expect(refused).toThrow(message);
	});

	it.each<[string, ModelSettings]>([
		['openai/gpt-4o', { temperature: 2, topP: 0, maxTokens: 16_384, stop: ['a', 'b', 'c', 'd'] }],
		['openai/gpt-5', { temperature: 1, topP: 1, reasoning: { effort: 'minimal' } }],
		['openai/gpt-5.1', { temperature: 0.2, reasoning: { effort: 'none' } }],
		['openai/gpt-4o', { reasoning: { effort: 'none' } }],
		['anthropic/claude-sonnet-4-5', { reasoning: { effort: 'high' } }],
		['anthropic/claude-sonnet-4-5', { reasoning: { budgetTokens: 1_024 } }],
		['google/gemini-2.5-pro', { reasoning: { budgetTokens: 128 } }],
		['mock/echo', { reasoning: { effort: 'max', budgetTokens: 1 } }],
		['anthropic/claude-sonnet-4-5', {}],
	])('%s takes %j', (name, settings) => {
		expect(() => check(name, settings)).not.toThrow();
	});

	it('are not held against a model that nobody knows, but for its provider’s own limits', () => {
		const any: ModelSettings = { temperature: 2, maxTokens: 10_000_000, reasoning: { effort: 'max' } };
		expect(() => check('custom/mine', any)).not.toThrow();
		expect(() => checkSettings(ctx, any, null, 'settings')).not.toThrow();
		expect(() => check('mistral/not-listed', { temperature: 1.6 })).toThrow('at most 1.5');
	});

	it('are held against what the organization says of the model', () => {
		expect(() => check('custom/mine', { maxTokens: 1_001 }, { declared: true, maxOutput: 1_000 })).toThrow(
			'at most 1000 tokens',
		);
		expect(() => check('custom/mine', { maxTokens: 5_000 }, { declared: true, contextWindow: 4_096 })).toThrow(
			'at most 4096 tokens',
		);
		expect(() => check('openai/gpt-4o', { maxTokens: 20_000 }, { declared: true, maxOutput: 32_000 })).not.toThrow();
		const reasons = { declared: true, reasoning: true } as const;
		expect(() => check('openai/gpt-4o', { reasoning: { effort: 'low' } }, reasons)).not.toThrow();
		const never = { declared: true, reasoning: false } as const;
		expect(() => check('openai/gpt-5', { reasoning: { effort: 'low' } }, never)).toThrow('does not reason');
	});

	it('that are absent are never refused, whatever the others are', () => {
		const settings = fc.record(
			{
				presencePenalty: fc.double({ min: -2, max: 2, noNaN: true }),
				seed: fc.integer(),
				timeoutMs: fc.integer({ min: 1, max: 600_000 }),
				maxTokens: fc.integer({ min: 1, max: 8_192 }),
			},
			{ requiredKeys: [] },
		);
		const models = fc.constantFrom('openai/gpt-5', 'openai/gpt-4o', 'anthropic/claude-opus-4-8', 'mock/echo');
		fc.assert(
			fc.property(models, settings, (name, given) => {
				expect(() => check(name, given)).not.toThrow();
			}),
		);
	});
});
