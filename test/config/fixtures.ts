/** A small registry and rows to configure, so that these tests know no real provider. */
import { type EnvironmentLayer, environmentLayer } from '../../src/config/environment';
import {
	type AgentRow,
	type ConfigurationRows,
	type GlobalRow,
	type ModelRow,
	type OrganizationRow,
	type ProviderRow,
	ROWS_FORMAT,
} from '../../src/config/rows';
import { parseSettings } from '../../src/env';
import type { Registry } from '../../src/gateway/ports';
import type { Provider } from '../../src/providers/provider';

const provider = (id: string, change: Partial<Provider> = {}): Provider => ({
	id,
	label: id,
	baseUrl: `https://api.${id}.example/v1`,
	wire: 'openai-chat',
	auth: { kind: 'bearer' },
	defaultModel: `${id}-small`,
	...change,
});

const PROVIDERS: readonly Provider[] = [
	provider('north', { embeddings: { wire: 'openai-embeddings', defaultModel: 'north-embed', maxInputs: 16 } }),
	provider('south', { auth: { kind: 'header', name: 'x-api-key' } }),
	provider('workshop', { auth: { kind: 'optional' }, baseUrl: 'http://localhost:1234/v1', local: true }),
	provider('cellar', { auth: { kind: 'none' }, baseUrl: 'http://localhost:11434', local: true }),
	provider('regional', {
		baseUrl: null,
		config: ['region'],
		routing: { baseUrl: ({ region }) => (region ? `https://${region}.regional.example` : null) },
	}),
	provider('custom', { auth: { kind: 'optional' }, baseUrl: null }),
	provider('mock', { auth: { kind: 'none' }, baseUrl: null, wire: 'mock', builtin: true, defaultModel: 'echo' }),
];

export const registry: Pick<Registry, 'ids' | 'provider'> = {
	ids: PROVIDERS.map(({ id }) => id),
	provider: (id) => PROVIDERS.find((known) => known.id === id) ?? null,
};

export const environment = (variables: Readonly<Record<string, string>> = {}): EnvironmentLayer =>
	environmentLayer(parseSettings(variables), registry);

export const organizationRow = (change: Partial<OrganizationRow> = {}): OrganizationRow => ({
	id: 'o1',
	slug: 'acme',
	plan: 'pro',
	configuration: {},
	version: 3,
	requestsPerMinute: null,
	requestsPerDay: null,
	budgetDayNanoUsd: null,
	budgetMonthNanoUsd: null,
	...change,
});

export const providerRow = (change: Partial<ProviderRow> = {}): ProviderRow => ({
	id: 'p1',
	provider: 'north',
	name: 'north',
	sealedApiKey: 'sealed',
	keyLast4: null,
	baseUrl: null,
	config: {},
	...change,
});

export const agentRow = (change: Partial<AgentRow> = {}): AgentRow => ({
	id: 'a1',
	slug: 'support',
	profile: null,
	settings: {},
	fallbacks: [],
	routing: {},
	context: {},
	preferences: null,
	...change,
});

type Preferences = NonNullable<AgentRow['preferences']>;

export const preferences = (change: Partial<Preferences> = {}): Preferences => ({
	provider: null,
	model: null,
	params: {},
	embeddingModel: null,
	fallbacks: [],
	prompt: null,
	...change,
});

export const globalRow = (change: Partial<GlobalRow> = {}): GlobalRow => ({
	id: 'default',
	provider: null,
	model: null,
	settings: {},
	isDefault: false,
	inputPricePico: null,
	outputPricePico: null,
	version: 1,
	...change,
});

/** As the seeds have it: a default that follows the environment. */
export const SEEDED = globalRow({ isDefault: true, settings: { temperature: 0.7, maxTokens: 2000 } });

export const modelRow = (change: Partial<ModelRow> = {}): ModelRow => ({
	provider: 'north',
	model: 'own',
	displayName: null,
	limits: {},
	capabilities: {},
	prices: null,
	version: 1,
	...change,
});

export const rowsOf = (change: Partial<ConfigurationRows> = {}): ConfigurationRows => ({
	format: ROWS_FORMAT,
	organization: organizationRow(),
	globals: [SEEDED],
	providers: [],
	models: [],
	agent: null,
	...change,
});
