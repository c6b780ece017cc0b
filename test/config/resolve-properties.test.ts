import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolve } from '../../src/config/resolve';
import type { ConfigurationRows, ModelSettings } from '../../src/config/rows';
import type { Choice, Origin } from '../../src/gateway/ports';
import { agentRow, organizationRow, preferences, rowsOf } from './fixtures';

const SETTINGS = ['temperature', 'maxTokens', 'topP', 'timeoutMs'] as const;
const NAMES = ['one', 'two', 'three', 'four'] as const;

const settings: fc.Arbitrary<ModelSettings> = fc.record(
	{
		temperature: fc.double({ min: 0, max: 2, noNaN: true }),
		maxTokens: fc.integer({ min: 1, max: 9000 }),
		topP: fc.double({ min: 0, max: 1, noNaN: true }),
		timeoutMs: fc.integer({ min: 1, max: 9000 }),
	},
	{ requiredKeys: [] },
);
const name = fc.constantFrom(...NAMES);

/** Rows in which every text carries `mark`, so that its origin shows in the answer. */
function rowsMarked(mark: string): fc.Arbitrary<ConfigurationRows> {
	const model = fc.nat(3).map((number) => `${mark}-model-${number}`);
	const provider = fc.constant(`${mark}-provider`);
	const profile = fc.record({ provider, model, settings }, { requiredKeys: ['provider', 'model'] });
	const configuration = fc.record(
		{
			defaultProfile: name,
			profiles: fc.dictionary(name, profile),
			aliases: fc.dictionary(name, fc.oneof(name, model)),
		},
		{ requiredKeys: [] },
	);
	const own = fc.record({ chosen: fc.option(fc.tuple(provider, model)), params: settings, embeddingModel: model });
	const agent = fc.record({ profile: fc.option(name), settings, fallbacks: fc.array(model), own: fc.option(own) });
	return fc
		.record({
			plan: fc.constantFrom('free' as const, 'pro' as const, 'enterprise' as const),
			configuration,
			agent: fc.option(agent),
			global: fc.option(fc.record({ chosen: fc.boolean(), settings })),
		})
		.map((made) =>
			rowsOf({
				organization: organizationRow({ id: mark, slug: mark, plan: made.plan, configuration: made.configuration }),
				global: made.global && {
					provider: made.global.chosen ? 'global' : null,
					model: made.global.chosen ? 'global' : null,
					settings: made.global.settings,
				},
				agent:
					made.agent &&
					agentRow({
						profile: made.agent.profile,
						settings: made.agent.settings,
						fallbacks: made.agent.fallbacks,
						preferences:
							made.agent.own &&
							preferences({
								provider: made.agent.own.chosen?.[0] ?? null,
								model: made.agent.own.chosen?.[1] ?? null,
								params: made.agent.own.params,
								embeddingModel: made.agent.own.embeddingModel,
							}),
					}),
			}),
		);
}

const environmentModel = fc.option(fc.constant('environment/model'));

/** What a layer says of a setting; undefined where it can't have set it. */
function saidBy(origin: Origin, setting: (typeof SETTINGS)[number], model: string, rows: ConfigurationRows) {
	const profiles = Object.values(rows.organization.configuration.profiles ?? {});
	switch (origin) {
		case 'global':
			return [rows.global?.settings[setting]];
		case 'organization':
			return profiles
				.filter((profile) => `${profile.provider}/${profile.model}` === model)
				.map((profile) => profile.settings?.[setting]);
		case 'agent':
			return [rows.agent?.settings[setting], rows.agent?.preferences?.params[setting]];
		default:
			return [];
	}
}

function expectOrigins(choice: Choice, rows: ConfigurationRows): void {
	for (const setting of SETTINGS) {
		const sourced = choice.settings[setting];
		if (sourced) expect(saidBy(sourced.origin, setting, choice.model.value, rows)).toContain(sourced.value);
	}
}

describe('resolving, whatever the layers', () => {
	it('gives the same answer to the same layers, and leaves them as they were', () => {
		fc.assert(
			fc.property(rowsMarked('own'), environmentModel, (rows, model) => {
				const before = structuredClone(rows);
				const first = resolve({ environmentModel: model, rows });
				expect(resolve({ environmentModel: model, rows })).toEqual(first);
				expect(rows).toEqual(before);
			}),
		);
	});

	it('names for each field the layer that set it', () => {
		fc.assert(
			fc.property(rowsMarked('own'), environmentModel, (rows, model) => {
				const { defaultChoice, profiles, agent } = resolve({ environmentModel: model, rows });
				for (const choice of [defaultChoice, ...Object.values(profiles), ...(agent ? [agent.choice] : [])]) {
					expectOrigins(choice, rows);
					const owner = choice.model.value.split('/')[0];
					const origins: Record<string, readonly Origin[]> = {
						mock: ['default'],
						environment: ['environment'],
						global: ['global'],
						'own-provider': ['organization', 'agent'],
					};
					expect(origins[owner ?? '']).toContain(choice.model.origin);
				}
			}),
		);
	});

	it('lets an agent change nothing but itself', () => {
		fc.assert(
			fc.property(rowsMarked('own'), environmentModel, (rows, model) => {
				const { agent: _, ...others } = resolve({ environmentModel: model, rows });
				expect(resolve({ environmentModel: model, rows: { ...rows, agent: null } })).toEqual({
					...others,
					agent: null,
				});
			}),
		);
	});

	it('lets the highest layer that names a model choose it', () => {
		fc.assert(
			fc.property(rowsMarked('own'), environmentModel, (rows, model) => {
				const { configuration, plan } = rows.organization;
				const profile = plan !== 'free' && configuration.profiles?.[configuration.defaultProfile ?? ''];
				const expected = profile
					? `${profile.provider}/${profile.model}`
					: rows.global?.model
						? 'global/global'
						: (model ?? 'mock/echo');
				const { defaultChoice, agent } = resolve({ environmentModel: model, rows });
				expect(defaultChoice.model.value).toBe(expected);
				if (agent && !rows.agent?.profile && !rows.agent?.preferences?.provider)
					expect(agent.choice.model).toEqual(defaultChoice.model);
			}),
		);
	});

	it("puts nothing of one organization into another's answer, in whichever order they are asked for", () => {
		fc.assert(
			fc.property(rowsMarked('left'), rowsMarked('right'), environmentModel, (left, right, model) => {
				const shared = { ...right, global: left.global };
				const alone = resolve({ environmentModel: model, rows: structuredClone(shared) });
				resolve({ environmentModel: model, rows: left });
				const after = resolve({ environmentModel: model, rows: shared });
				expect(after).toEqual(alone);
				expect(JSON.stringify(after)).not.toContain('left');
			}),
		);
	});

	it('ends for any aliases, and leaves none that names another', () => {
		const names = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
		fc.assert(
			fc.property(fc.dictionary(names, fc.oneof(names, fc.constant('north/m'))), (aliases) => {
				const organization = organizationRow({ configuration: { aliases } });
				const { aliases: followed } = resolve({ environmentModel: null, rows: rowsOf({ organization }) });
				for (const target of Object.values(followed)) expect(Object.keys(aliases)).not.toContain(target);
			}),
		);
	});
});
