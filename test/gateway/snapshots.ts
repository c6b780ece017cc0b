/** Parts of a snapshot, so that a test says only what it is about. */
import type { ModelFacts } from '../../src/catalog/facts';
import type { Needs } from '../../src/gateway/candidate';
import type { AgentConfig, Caller, Choice, Credential, Snapshot, SourcedRouting } from '../../src/gateway/ports';
import type { RouteRequest } from '../../src/gateway/route';
import type { RankFacts } from '../../src/gateway/target';
import type { RoutingPolicy } from '../../src/language/routing';
import { findProvider, providerIds } from '../../src/providers';
import { type HealthScript, scriptedHealth } from '../support/scripted-health';

export const callerOf = (partial: Partial<Caller> = {}): Caller => ({
	kind: 'gateway-key',
	organizationId: 'org1',
	keyId: 'key1',
	mayOverrideModel: true,
	mayOverrideSettings: true,
	mayOverridePrompt: true,
	allowedModels: null,
	allowedAgents: null,
	allowedProviders: null,
	limits: null,
	...partial,
});

export const choiceOf = (model: string, settings: Choice['settings'] = {}): Choice => ({
	model: { value: model, origin: 'organization' },
	settings,
});

export const agentOf = (partial: Partial<AgentConfig> = {}): AgentConfig => ({
	id: 'agent1',
	slug: 'support',
	choice: choiceOf('groq/llama'),
	fallbacks: [],
	embeddingModel: null,
	prompt: null,
	...partial,
});

export const promptOf = (system: string) => ({ source: { system }, hash: `hash of ${system}`, version: 1 });

/** A row of the organization's own. */
export const rowOf = (rowId: string, change: Partial<Credential> = {}): Credential => ({
	rowId,
	name: rowId,
	source: 'organization',
	apiKey: `key of ${rowId}`,
	baseUrl: `https://${rowId}.test/v1`,
	trust: 'operator',
	config: {},
	...change,
});

/** A policy as a layer of the configuration says it. */
export const routingOf = (policy: RoutingPolicy): SourcedRouting =>
	Object.fromEntries(Object.entries(policy).map(([field, value]) => [field, { value, origin: 'agent' }]));

export const snapshotOf = (partial: Partial<Snapshot> = {}): Snapshot => ({
	version: 7,
	fresh: false,
	caller: callerOf(),
	organization: { id: 'org1', slug: 'one' },
	limits: { requestsPerMinute: null, requestsPerDay: null, budgetDayNanoUsd: null, budgetMonthNanoUsd: null },
	defaultChoice: choiceOf('openai/a'),
	profiles: {},
	agent: null,
	fallbackChain: [],
	credentials: { openai: [rowOf('o1')], groq: [rowOf('g1')], deepseek: [rowOf('d1')], mistral: [rowOf('m1')] },
	embeddingModels: {},
	...partial,
});

export const needsOf = (partial: Partial<Needs> = {}): Needs => ({
	tools: false,
	structuredOutput: false,
	input: [],
	promptTokens: 1_000,
	maxTokens: null,
	...partial,
});

export const requestOf = (partial: Partial<RouteRequest> = {}): RouteRequest => ({
	kind: 'chat',
	model: undefined,
	models: undefined,
	agentSlug: null,
	fallback: true,
	...partial,
});

const KNOWN: Omit<ModelFacts, 'provider' | 'model'> = {
	known: true,
	kind: 'chat',
	contextWindow: 128_000,
	inputLimit: null,
	maxOutput: 16_000,
	input: ['text', 'image'],
	tools: true,
	structuredOutput: true,
	reasoning: false,
	reasoningOptions: [],
	sampling: true,
	tokenizer: 'o200k',
	prices: { input: 1_000_000n, output: 2_000_000n, cacheRead: 100_000n },
	priceVersion: '2026-11-01',
};

export interface Stage extends HealthScript {
	readonly snapshot?: Partial<Snapshot>;
	/** `provider/model` → what differs from a capable model that caches prompts. */
	readonly models?: Readonly<Record<string, Partial<ModelFacts>>>;
	/** Row → the models of its own list. */
	readonly lists?: Readonly<Record<string, readonly string[]>>;
	readonly random?: () => number;
}

/** What a request is ranked by: everybody well, chance always in the middle. */
export function rankFactsOf(stage: Stage = {}) {
	const { health, affinity } = scriptedHealth(stage);
	return {
		snapshot: snapshotOf(stage.snapshot),
		catalog: {
			facts: (provider, model) => ({ ...KNOWN, provider, model, ...stage.models?.[`${provider}/${model}`] }),
			models: (_, credential) => stage.lists?.[credential?.rowId ?? ''] ?? [],
			locate: () => null,
			refresh: async () => undefined,
		},
		registry: { provider: findProvider, ids: providerIds },
		health,
		affinity,
		random: stage.random ?? (() => 0.5),
		time: { now: () => 1_000_000 },
	} satisfies RankFacts;
}

/** Numbers in [0, 1), always the same for a seed (mulberry32). */
export function randomOf(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let bits = Math.imul(state ^ (state >>> 15), state | 1);
		bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
		return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
	};
}
