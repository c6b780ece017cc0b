/** Parts of a snapshot, so that a test says only what it is about. */
import type { AgentConfig, Caller, Choice, Credential } from '../../src/gateway/ports';

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
