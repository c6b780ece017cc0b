/** Layers of every kind for property tests: each text carries the mark of its organization, so that it shows where it went. */
import fc from 'fast-check';
import type { Layers } from '../../src/config/resolve';
import type { AgentRow, ConfigurationRows, GlobalRow, StoredSettings } from '../../src/config/rows';
import type { StoredContext } from '../../src/config/stored-context';
import type { StoredRouting } from '../../src/config/stored-routing';
import { CONTEXT_MODES } from '../../src/language/context';
import { STRATEGIES } from '../../src/language/routing';
import { agentRow, globalRow, modelRow, organizationRow, preferences, providerRow, rowsOf } from './fixtures';

/** What belongs to one organization. */
export type Own = Pick<ConfigurationRows, 'organization' | 'providers' | 'models' | 'agent'>;

export const settingsArbitrary: fc.Arbitrary<StoredSettings> = fc.record(
	{
		temperature: fc.double({ min: 0, max: 2, noNaN: true }),
		topP: fc.double({ min: 0, max: 1, noNaN: true }),
		topK: fc.integer({ min: 1, max: 99 }),
		maxTokens: fc.integer({ min: 1, max: 9_000 }),
		presencePenalty: fc.integer({ min: -2, max: 2 }),
		frequencyPenalty: fc.integer({ min: -2, max: 2 }),
		seed: fc.integer(),
		stop: fc.array(fc.constantFrom('END', 'STOP'), { maxLength: 2 }),
		reasoning: fc.record({ effort: fc.constantFrom('low' as const, 'high' as const) }),
		timeoutMs: fc.integer({ min: 1, max: 9_000 }),
	},
	{ requiredKeys: [] },
);

/** Of the rows in their order. */
const RESIDENCIES = [{ residency: 'eu' }, { residency: 'us' }];

/** Names of models carry the mark too. */
const routingArbitrary = (text: fc.Arbitrary<string>): fc.Arbitrary<StoredRouting> => {
	const names = fc.array(text, { maxLength: 2 });
	const ms = fc.integer({ min: 1, max: 600_000 });
	return fc.record(
		{
			strategy: fc.constantFrom(...STRATEGIES),
			candidates: fc.array(fc.record({ model: text, weight: fc.integer({ min: 1, max: 9 }) }), {
				minLength: 1,
				maxLength: 2,
			}),
			weight: fc.integer({ min: 1, max: 9 }),
			sticky: fc.boolean(),
			residency: fc.array(fc.constantFrom('eu', 'us'), { minLength: 1, maxLength: 2 }),
			contextFallbacks: names,
			contentFilterFallbacks: names,
			maxAttempts: fc.integer({ min: 1, max: 10 }),
			firstEventTimeoutMs: ms,
			idleTimeoutMs: ms,
			totalTimeoutMs: ms,
			commitTimeoutMs: ms,
		},
		{ requiredKeys: [] },
	);
};

const contextArbitrary = (text: fc.Arbitrary<string>): fc.Arbitrary<StoredContext> => {
	const tokens = fc.integer({ min: 1, max: 4 });
	return fc.record(
		{ mode: fc.constantFrom(...CONTEXT_MODES), summarizer: text, maxInputTokens: tokens, maxOutputTokens: tokens },
		{ requiredKeys: [] },
	);
};

/** Names that organization and operator may share. */
export const nameArbitrary = fc.constantFrom('one', 'two', 'three', 'four');
const plan = fc.constantFrom('free' as const, 'pro' as const, 'enterprise' as const);

export function organizationArbitrary(mark: string, providerId = `${mark}-provider`): fc.Arbitrary<Own> {
	const text = fc.nat(3).map((number) => `${mark}-${number}`);
	const provider = fc.constant(providerId);
	const routing = routingArbitrary(text);
	const context = contextArbitrary(text);
	const shared = routing.map(({ candidates: _candidates, weight: _weight, ...rest }) => rest);
	const profile = fc.record(
		{ provider, model: text, keyRef: text, settings: settingsArbitrary, routing, context },
		{ requiredKeys: ['provider', 'model'] },
	);
	const configuration = fc.record(
		{
			defaultProfile: nameArbitrary,
			profiles: fc.dictionary(nameArbitrary, profile),
			aliases: fc.dictionary(nameArbitrary, fc.oneof(nameArbitrary, text)),
			fallbackChain: fc.array(text, { maxLength: 2 }),
			fallbacks: fc.dictionary(nameArbitrary, fc.array(text, { maxLength: 2 })),
			routing: shared,
			context,
			embeddingModel: text,
		},
		{ requiredKeys: [] },
	);
	const own = fc.record({
		chosen: fc.option(fc.tuple(provider, text)),
		params: settingsArbitrary,
		embeddingModel: text,
	});
	const agent = fc
		.record({
			profile: fc.option(nameArbitrary),
			settings: settingsArbitrary,
			fallbacks: fc.array(text, { maxLength: 2 }),
			routing,
			context,
			own: fc.option(own),
		})
		.map(
			(made): AgentRow =>
				agentRow({
					id: `${mark}-agent`,
					profile: made.profile,
					settings: made.settings,
					fallbacks: made.fallbacks,
					routing: made.routing,
					context: made.context,
					preferences:
						made.own &&
						preferences({
							provider: made.own.chosen?.[0] ?? null,
							model: made.own.chosen?.[1] ?? null,
							params: made.own.params,
							embeddingModel: made.own.embeddingModel,
							prompt: { source: { system: mark }, hash: mark, version: 1 },
						}),
				}),
		);
	const keys = fc.uniqueArray(text, { maxLength: 3 });
	const models = fc.uniqueArray(text, { maxLength: 2 });
	return fc.record({ plan, configuration, agent: fc.option(agent), keys, models }).map((made) => ({
		organization: organizationRow({ id: mark, slug: mark, plan: made.plan, configuration: made.configuration }),
		providers: made.keys.map((name, at) =>
			providerRow({ id: `${name}-row`, provider: providerId, name, config: RESIDENCIES[at] ?? {} }),
		),
		models: made.models.map((model) => modelRow({ provider: providerId, model, prices: { input: '1', output: '2' } })),
		agent: made.agent,
	}));
}

const globalsArbitrary: fc.Arbitrary<GlobalRow[]> = fc
	.record({
		byDefault: fc.option(fc.record({ chosen: fc.boolean(), settings: settingsArbitrary })),
		profiles: fc.dictionary(nameArbitrary, fc.record({ chosen: fc.boolean(), settings: settingsArbitrary })),
	})
	.map(({ byDefault, profiles }) => [
		...(byDefault ? [['default', byDefault, true] as const] : []),
		...Object.entries(profiles).map(([id, made]) => [id, made, false] as const),
	])
	.map((rows) =>
		rows.map(([id, { chosen, settings }, isDefault]) =>
			globalRow({ id, isDefault, settings, ...(chosen && { provider: 'global', model: `of-${id}` }) }),
		),
	);

export const environmentArbitrary = fc.record({
	defaultModel: fc.option(fc.constant('environment/model')),
	fallbackChain: fc.array(fc.constant('environment/last'), { maxLength: 1 }),
});

export const layersArbitrary = (mark: string, providerId?: string): fc.Arbitrary<Layers> =>
	fc
		.record({
			environment: environmentArbitrary,
			globals: globalsArbitrary,
			own: organizationArbitrary(mark, providerId),
		})
		.map(({ environment, globals, own }) => ({ environment, rows: rowsOf({ globals, ...own }) }));

/** The same operator and environment, seen from another organization. */
export const withOrganization = (layers: Layers, own: Own): Layers => ({
	...layers,
	rows: { ...layers.rows, ...own },
});

/** Any change to it throws. */
export function deepFrozen<T>(value: T): T {
	if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
		Object.freeze(value);
		for (const part of Object.values(value)) deepFrozen(part);
	}
	return value;
}
