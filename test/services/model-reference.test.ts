import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/catalog';
import type { OrganizationConfiguration } from '../../src/db/schema';
import { GatewayError } from '../../src/errors';
import { embedWires, findProvider, providerIds, wires } from '../../src/providers';
import { type AgentChoice, checkChoice, checkEmbeddingModel, checkFallbacks } from '../../src/services/agent-choice';
import { type Declared, UNDECLARED } from '../../src/services/declared';
import { checkName, followed, pathOf } from '../../src/services/model-name';
import { checkModel } from '../../src/services/model-reference';

const ctx = { catalog: catalog(), registry: { provider: findProvider, ids: providerIds, wires, embedWires } };

const configuration: OrganizationConfiguration = {
	profiles: { careful: { provider: 'anthropic', model: 'claude-sonnet-4-5' } },
	aliases: {
		best: 'profile:careful',
		top: 'best',
		cheap: 'groq/llama-3.1-8b-instant',
		'gpt-4o': 'openai/gpt-4o-mini',
		vectors: 'openai/text-embedding-3-small',
		a: 'b',
		b: 'a',
		in: 'a',
	},
};

const declared: Declared = {
	configuration,
	globalProfiles: new Map([
		['fast', { provider: 'groq', model: 'llama-3.1-8b-instant' }],
		['follows', null],
	]),
	models: {
		'openai/gpt-99': { declared: true, contextWindow: 1_000 },
		'custom/vectors': { declared: true, contextWindow: 1_000, kind: 'embedding' },
	},
	keys: [
		{ provider: 'custom', name: 'rack' },
		{ provider: 'openai', name: 'spare' },
	],
};

const refused = (param: string, message: string) =>
	expect.objectContaining({ code: 'invalid_request', param, message: expect.stringContaining(message) });

describe('a model', () => {
	it.each([
		['openai/gpt-4o', { provider: 'openai', model: 'gpt-4o' }],
		['gpt-4o-mini', { provider: 'openai', model: 'gpt-4o-mini' }],
		['groq/openai/gpt-oss-20b', { provider: 'groq', model: 'openai/gpt-oss-20b' }],
		['custom/anything', { provider: 'custom', model: 'anything' }],
		['ollama/llama9', { provider: 'ollama', model: 'llama9' }],
		['azure-openai/my-deployment', { provider: 'azure-openai', model: 'my-deployment' }],
		['openai/gpt-99', { provider: 'openai', model: 'gpt-99' }],
		['rack/llama', { provider: 'rack', model: 'llama' }],
	])('%s is taken', (text, reference) => {
		expect(checkModel(ctx, text, 'model', 'chat', declared)).toEqual(reference);
	});

	it.each([
		['openai/gpt-98', 'declare it as a custom model'],
		['openai/', 'names no model'],
		['spare/gpt-4o', "Unknown provider 'spare'"],
		['constructor/x', "Unknown provider 'constructor'"],
		['toString', "Unknown model 'toString'"],
		['openai/text-embedding-3-small', 'is an embedding model'],
		['custom/vectors', 'is an embedding model'],
	])('%s is refused, naming the field', (text, message) => {
		expect(() => checkModel(ctx, text, 'model', 'chat', declared)).toThrow(refused('model', message));
	});

	it('that is declared by another organization is not known in this one', () => {
		expect(() => checkModel(ctx, 'openai/gpt-99', 'model')).toThrow(refused('model', 'has no model'));
		expect(() => checkModel(ctx, 'rack/llama', 'model')).toThrow(refused('model', 'Unknown provider'));
	});

	it('for embeddings belongs to a provider that has them', () => {
		expect(checkEmbeddingModel(ctx, 'custom/vectors', declared)).toBe('custom/vectors');
		expect(checkEmbeddingModel(ctx, 'vectors', declared)).toBe('vectors');
		expect(() => checkEmbeddingModel(ctx, 'anthropic/claude-sonnet-4-5', declared)).toThrow(
			refused('embeddingModel', 'has no embeddings'),
		);
		expect(() => checkEmbeddingModel(ctx, 'cheap', declared)).toThrow(refused('embeddingModel', 'no embeddings'));
		expect(() => checkEmbeddingModel(ctx, 'profile:careful', declared)).toThrow(GatewayError);
	});
});

describe('the choice of an agent', () => {
	it.each<[string, AgentChoice]>([
		['default', { kind: 'default' }],
		['profile:careful', { kind: 'profile', name: 'careful' }],
		['profile:fast', { kind: 'profile', name: 'fast' }],
		['top', { kind: 'profile', name: 'careful' }],
		['cheap', { kind: 'model', provider: 'groq', model: 'llama-3.1-8b-instant' }],
		['gpt-4o', { kind: 'model', provider: 'openai', model: 'gpt-4o-mini' }],
		['openai/gpt-99', { kind: 'model', provider: 'openai', model: 'gpt-99' }],
	])('%s leads to %j', (text, choice) => {
		expect(checkChoice(ctx, text, configuration, declared)).toEqual(choice);
	});

	it.each([
		['profile:absent', "no profile 'absent'"],
		['profile:constructor', "no profile 'constructor'"],
		['agent:other', 'not another agent'],
		['in', 'a → b → a'],
	])('%s is refused', (text, message) => {
		expect(() => checkChoice(ctx, text, configuration, declared)).toThrow(refused('model', message));
	});
});

describe('fallbacks', () => {
	const first: AgentChoice = { kind: 'profile', name: 'careful' };
	const check = (names: readonly string[], choice = first) => checkFallbacks(ctx, names, choice, declared);

	it('are stored by model, alias and profile as they were named', () => {
		expect(check(['gpt-4o-mini', 'cheap', 'mock/echo', 'profile:follows'])).toEqual([
			'openai/gpt-4o-mini',
			'cheap',
			'mock/echo',
			'profile:follows',
		]);
	});

	it.each([
		[['openai/gpt-4o', 'mock/echo', 'openai/gpt-4o'], 'fallbacks[2]', 'comes twice'],
		[['cheap', 'profile:fast'], 'fallbacks[1]', 'comes twice'],
		[['gpt-4o', 'openai/gpt-4o-mini'], 'fallbacks[1]', 'comes twice'],
		[['anthropic/claude-sonnet-4-5'], 'fallbacks[0]', "the agent's own model"],
		[['mock/echo', 'top'], 'fallbacks[1]', "the agent's own model"],
		[['openai/text-embedding-3-small'], 'fallbacks[0]', 'is an embedding model'],
		[['vectors'], 'fallbacks[0]', 'is an embedding model'],
		[['in'], 'fallbacks[0]', 'a → b → a'],
		[['default'], 'fallbacks[0]', "'default' can't be named here"],
		[['agent:other'], 'fallbacks[0]', "'agent:other' can't be named here"],
		[Array.from({ length: 8 }, (_, at) => `custom/m${at}`), 'fallbacks', 'at most 7'],
	])('%j are refused, naming the one at fault', (names, param, message) => {
		expect(() => check(names)).toThrow(refused(param, message));
	});
});

describe('aliases', () => {
	const names = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'constructor', '__proto__');
	const aliases = fc.array(fc.tuple(names, names)).map((entries) => Object.fromEntries(entries));

	it('of any shape are followed to an end, or their loop is named', () => {
		fc.assert(
			fc.property(aliases, names, (record, name) => {
				const path = pathOf(name, record);
				const end = path.at(-1) ?? '';
				expect(path.length).toBeLessThanOrEqual(Object.keys(record).length + 1);
				if (path.indexOf(end) < path.length - 1) expect(() => followed(name, record, 'target')).toThrow(` → ${end}`);
				else expect(followed(name, record, 'target')).toBe(end);
			}),
		);
	});

	it('may not go by the name of what every object has', () => {
		expect(() => checkName(ctx, 'constructor', 'target', 'any', UNDECLARED)).toThrow(
			refused('target', 'Unknown model'),
		);
	});
});
