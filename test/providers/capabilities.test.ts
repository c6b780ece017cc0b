import { describe, expect, it } from 'vitest';
import { signed } from '../../src/language/signature';
import { CAPABILITIES, type Capability } from '../../src/providers/capability';
import { type FitTarget, fitRequest, supportOf } from '../../src/providers/fit';
import { findProvider, providerIds, wires } from '../../src/providers/index';
import type { ModelTraits, Provider, Quirks, ReasoningOption, Wire, WireId } from '../../src/providers/provider';
import { type CapabilityUse, capabilityUses } from '../support/capability-use';

/** Signed reasoning as each wire gives it. */
const SIGNATURES: Readonly<Record<WireId, string>> = {
	'openai-chat': JSON.stringify({ format: 'anthropic-claude-v1', index: 0, signature: 'c2ln', type: 'reasoning.text' }),
	'openai-responses': signed('openai', JSON.stringify({ id: 'rs_1', encrypted_content: 'c2ln' })),
	'anthropic-messages': signed('anthropic', 'c2ln'),
	'google-generate': signed('google', 'c2ln'),
	'bedrock-converse': signed('anthropic', 'c2ln'),
	'ollama-chat': signed('anthropic', 'c2ln'),
	'cohere-chat': signed('anthropic', 'c2ln'),
	mock: 'mock-c2ln',
};

/** Models that can do what the table says, where the provider's first choice can't. */
const MODELS: Readonly<Record<string, string>> = { bedrock: 'anthropic.claude-sonnet-4-5-20250929-v1:0' };

const EFFORT: ReasoningOption = {
	type: 'effort',
	values: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
};
const BUDGET: ReasoningOption = { type: 'budget', min: null, max: null };

/** A model that can do everything, so that only wire and provider count; it thinks where that is what is asked. */
const able = (capability: Capability): ModelTraits => ({
	maxOutput: 32_000,
	reasoning: capability.startsWith('reasoning'),
	reasoningOptions: optionsFor(capability),
	sampling: true,
	structuredOutput: true,
	input: ['text', 'image', 'audio', 'video', 'pdf'],
	tools: true,
});

function optionsFor(capability: Capability): ReasoningOption[] {
	if (!capability.startsWith('reasoning')) return [];
	return [capability === 'reasoning.budget' ? BUDGET : EFFORT];
}

interface Pair {
	readonly provider: Provider;
	readonly wire: Wire;
	readonly quirks: Quirks;
}

const registered: Readonly<Record<string, Wire>> = wires;

function pairsOf(provider: Provider): Pair[] {
	const own = { wire: provider.wire, quirks: provider.quirks ?? {} };
	const others = (provider.alternatives ?? []).map(({ wire, quirks }) => ({ wire, quirks: quirks ?? own.quirks }));
	return [own, ...others].flatMap(({ wire: id, quirks }) => {
		const wire = registered[id];
		return wire ? [{ provider, wire, quirks }] : [];
	});
}

const pairs = providerIds.flatMap((id) => {
	const provider = findProvider(id);
	return provider ? pairsOf(provider) : [];
});

const targetOf = ({ provider, wire, quirks }: Pair, capability: Capability): FitTarget => ({
	name: `${provider.id}/${provider.defaultModel}`,
	wire,
	provider,
	quirks,
	traits: able(capability),
});

/** What reaches the wire, and all that is said about it. */
function sent(request: CapabilityUse['with'], pair: Pair, capability: Capability) {
	const { provider, wire, quirks } = pair;
	const fitted = fitRequest(request, targetOf(pair, capability));
	const { body, warnings } = wire.toRequest(fitted.request, {
		providerId: provider.id,
		model: MODELS[provider.id] ?? provider.defaultModel,
		stream: false,
		quirks,
		traits: able(capability),
	});
	return { body, fields: [...fitted.warnings, ...warnings].map(({ field }) => field.split('.', 1)[0]) };
}

const fieldOf = (capability: Capability): string => capability.split('.', 1)[0] ?? '';

/** Media are named with the messages they stand in. */
const namesOf = (capability: Capability): string[] =>
	/^(?:image|file|audio)\b/.test(capability) ? [fieldOf(capability), 'messages'] : [fieldOf(capability)];

describe('the capability tables', () => {
	it('are there for every wire, complete', () => {
		expect(pairs.length).toBeGreaterThan(5);
		for (const wire of Object.values(registered))
			expect(Object.keys(wire.capabilities).sort(), wire.id).toEqual([...CAPABILITIES].sort());
	});

	it('are reached by a provider each', () => {
		expect(new Set(pairs.map(({ wire }) => wire.id))).toEqual(new Set(Object.keys(registered)));
	});
});

describe.each(pairs.map((pair) => ({ ...pair, name: `${pair.provider.id} on ${pair.wire.id}` })))('$name', (pair) => {
	const uses = capabilityUses(SIGNATURES[pair.wire.id]);

	it.each(CAPABILITIES)('does with %s what its table says', (capability) => {
		const support = supportOf(capability, targetOf(pair, capability));
		const use = uses[capability];
		if (support !== 'exact' && 'refused' in support) {
			const refusal = expect.objectContaining({ code: 'invalid_request', param: use.param });
			expect(() => sent(use.with, pair, capability)).toThrow(refusal);
			return;
		}
		const asked = sent(use.with, pair, capability);
		const without = sent(use.without, pair, capability);
		const named = asked.fields.filter((field) => namesOf(capability).includes(field ?? ''));
		if (support === 'exact') {
			expect(named).toEqual([]);
			expect(asked.body).not.toBe(without.body);
		} else if ('lossy' in support) {
			expect(named).not.toEqual([]);
			const strict = () => sent({ ...use.with, strict: true }, pair, capability);
			if (capability !== 'cache') expect(strict).toThrow(expect.objectContaining({ param: use.param }));
		} else {
			expect(asked.body).toBe(without.body);
			// Breakpoints are hints: they go in silence.
			expect(named.length).toBe(capability === 'cache' ? 0 : 1);
		}
	});
});
