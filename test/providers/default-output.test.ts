import { describe, expect, it } from 'vitest';
import type { ChatRequest, Reasoning } from '../../src/language/request';
import { findProvider, wires } from '../../src/providers';
import type { ModelTraits, WireTarget } from '../../src/providers/provider';
import { wireTarget } from '../support/wire-target';

const REQUEST: ChatRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] };
const EFFORTS: Partial<ModelTraits> = {
	reasoning: true,
	reasoningOptions: [{ type: 'effort', values: ['low', 'medium', 'high', 'max'] }],
};
const BUDGETS: Partial<ModelTraits> = {
	reasoning: true,
	reasoningOptions: [{ type: 'budget', min: 1_024, max: null }],
};
const ASKED: readonly (Reasoning | undefined)[] = [
	undefined,
	{ effort: 'none' },
	{ effort: 'high' },
	{ budgetTokens: 9_000 },
];

function asked(id: string, model: string, traits: Partial<ModelTraits>) {
	const provider = findProvider(id);
	if (!provider) throw new Error(`no provider ${id}`);
	return { wire: wires[provider.wire], target: wireTarget(provider, model, traits) };
}

/** The bound of the output in what is sent; null: there is none. */
function sent(request: ChatRequest, wire: (typeof wires)[keyof typeof wires], target: WireTarget): number | null {
	const body = JSON.parse(wire.toRequest(request, target).body);
	return body.max_tokens ?? body.inferenceConfig?.maxTokens ?? body.generationConfig?.maxOutputTokens ?? null;
}

describe('the bound of the output that a wire sends by itself', () => {
	it.each([
		['anthropic', 'claude-opus-4-6'],
		['bedrock', 'anthropic.claude-opus-4-6-v1:0'],
		['bedrock', 'amazon.nova-pro-v1:0'],
		['openai', 'gpt-4o'],
		['google', 'gemini-2.5-pro'],
	])('is what it says of %s/%s', (id, model) => {
		for (const maxOutput of [64_000, null])
			for (const traits of [EFFORTS, BUDGETS])
				for (const reasoning of ASKED) {
					const request = { ...REQUEST, ...(reasoning && { reasoning }) };
					const { wire, target } = asked(id, model, { ...traits, maxOutput });
					const says = wire.defaultOutput?.(request, target) ?? null;
					expect(says, JSON.stringify({ maxOutput, traits, reasoning })).toBe(sent(request, wire, target));
				}
	});
});
