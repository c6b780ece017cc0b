import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inForce, type Layers, resolve } from '../../src/config/resolve';
import type { ConfigurationRows, StoredSettings } from '../../src/config/rows';
import type { StoredContext } from '../../src/config/stored-context';
import type { StoredRouting } from '../../src/config/stored-routing';
import type { Choice, Origin, SourcedContext, SourcedRouting } from '../../src/gateway/ports';
import { CONTEXT_FIELDS, type ContextField } from '../../src/language/context';
import { ROUTING_FIELDS, type RoutingField } from '../../src/language/routing';
import { SETTING_NAMES, type SettingName } from '../../src/language/settings';
import { organizationRow, rowsOf } from './fixtures';
import { deepFrozen, layersArbitrary, organizationArbitrary, withOrganization } from './layers';

const json = (value: unknown): string =>
	JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part));

/** Every value that a layer gives a setting, wherever it stands in it. */
function saidBy(origin: Origin, setting: SettingName, rows: ConfigurationRows): unknown[] {
	const ofAll = (all: readonly (StoredSettings | undefined)[]): unknown[] => all.map((settings) => settings?.[setting]);
	switch (origin) {
		case 'global':
			return ofAll(rows.globals.map(({ settings }) => settings));
		case 'organization':
			return ofAll(Object.values(rows.organization.configuration.profiles ?? {}).map(({ settings }) => settings));
		case 'agent':
			return ofAll([rows.agent?.settings, rows.agent?.preferences?.params]);
		default:
			return [];
	}
}

function modelsOf(origin: Origin, { rows, environment }: Layers): unknown[] {
	const named = ({ provider, model }: { provider: string | null; model: string | null }) => `${provider}/${model}`;
	switch (origin) {
		case 'default':
			return ['mock/echo'];
		case 'environment':
			return [environment.defaultModel];
		case 'global':
			return rows.globals.map(named);
		case 'organization':
			return Object.values(rows.organization.configuration.profiles ?? {}).map(named);
		case 'agent':
			return rows.agent?.preferences ? [named(rows.agent.preferences)] : [];
		case 'request':
			return [];
	}
}

/** Every value that a layer gives a field of routing, wherever it stands in it. */
function policiesOf(origin: Origin, { organization, agent }: ConfigurationRows): (StoredRouting | undefined)[] {
	switch (origin) {
		case 'organization': {
			const { profiles = {}, routing } = organization.configuration;
			return [routing, ...Object.values(profiles).map((profile) => profile.routing)];
		}
		case 'agent':
			return [agent?.routing];
		default:
			return [];
	}
}

function expectRouting(routing: SourcedRouting = {}, { rows }: Layers): void {
	for (const field of ROUTING_FIELDS) {
		const sourced = routing[field];
		if (sourced) expect(policiesOf(sourced.origin, rows).map((said) => said?.[field])).toContainEqual(sourced.value);
	}
}

function expectOrigins(choice: Choice, layers: Layers): void {
	expectRouting(choice.routing, layers);
	expect(modelsOf(choice.model.origin, layers)).toContain(choice.model.value);
	for (const setting of SETTING_NAMES) {
		const sourced = choice.settings[setting];
		if (sourced) expect(saidBy(sourced.origin, setting, layers.rows)).toContainEqual(sourced.value);
	}
}

const choicesOf = (layers: Layers): readonly Choice[] => {
	const { defaultChoice, profiles, agent } = resolve(layers);
	return [defaultChoice, ...Object.values(profiles), ...(agent ? [agent.choice] : [])];
};

/** What each layer comes to, read off the rows. `known`: every profile there is. */
function saying({ rows }: Layers, known: readonly string[]) {
	const { profiles = {}, routing, defaultProfile } = inForce(rows) ? rows.organization.configuration : {};
	const organization = (field: RoutingField): unknown =>
		field === 'candidates' || field === 'weight' ? undefined : routing?.[field];
	const profile = (name: string | undefined, field: RoutingField): unknown =>
		profiles[name ?? '']?.routing?.[field] ?? organization(field);
	const chosen = rows.agent?.profile;
	const followed = chosen && known.includes(chosen) ? chosen : defaultProfile;
	return {
		profiles: Object.keys(profiles),
		organization,
		profile,
		agent: (field: RoutingField): unknown =>
			rows.agent
				? (rows.agent.routing[field] ?? profile(rows.agent.preferences?.provider ? undefined : followed, field))
				: undefined,
	};
}

/** What of those who speak, from the lowest on, is to hold. */
function counting(field: ContextField, said: readonly (StoredContext | undefined)[]): unknown {
	if (field === 'mode' || field === 'summarizer')
		return said.map((one) => one?.[field]).findLast((value) => value !== undefined);
	const figures = said.flatMap((one) => one?.[field] ?? []);
	return figures.length > 0 ? Math.min(...figures) : undefined;
}

describe('resolving, whatever the layers', () => {
	it('gives the same answer to the same layers, and leaves them as they were', () => {
		fc.assert(
			fc.property(layersArbitrary('own'), (layers) => {
				const frozen = deepFrozen(structuredClone(layers));
				const first = resolve(frozen);
				expect(resolve(frozen)).toEqual(first);
				expect(resolve(layers)).toEqual(first);
				expect(frozen).toEqual(layers);
			}),
		);
	});

	it('gives each field the value of the layer that it names', () => {
		fc.assert(
			fc.property(layersArbitrary('own'), (layers) => {
				for (const choice of choicesOf(layers)) expectOrigins(choice, layers);
				const { fallbackChain, routing } = resolve(layers);
				expectRouting(routing, layers);
				const { environment, rows } = layers;
				expect(fallbackChain.value).toEqual(
					fallbackChain.origin === 'organization'
						? rows.organization.configuration.fallbackChain
						: environment.fallbackChain,
				);
			}),
		);
	});

	it('lets nothing of an organization that is not in force into a field', () => {
		fc.assert(
			fc.property(layersArbitrary('own'), (layers) => {
				const { rows } = layers;
				const bare = { ...layers, rows: { ...rows, organization: { ...rows.organization, configuration: {} } } };
				if (!inForce(rows)) expect(resolve(layers)).toEqual(resolve(bare));
				for (const choice of choicesOf(bare))
					for (const { origin } of [
						choice.model,
						...Object.values(choice.settings),
						...Object.values(choice.routing ?? {}),
						...Object.values(choice.context ?? {}),
					])
						expect(origin).not.toBe('organization');
			}),
		);
	});

	it('changes nothing where a layer that is taken away said nothing', () => {
		fc.assert(
			fc.property(layersArbitrary('own'), (layers) => {
				const { rows } = layers;
				const { agent: _, ...others } = resolve(layers);
				expect(resolve({ ...layers, rows: { ...rows, agent: null } })).toEqual({ ...others, agent: null });
				const silent = rows.globals.map((row) => ({ ...row, provider: null, model: null, settings: {} }));
				const shared = { ...layers, rows: { ...rows, globals: silent.filter(({ isDefault }) => isDefault) } };
				const none = { ...layers, rows: { ...rows, globals: [] } };
				expect(resolve(shared)).toEqual(resolve(none));
			}),
		);
	});

	it('lets agent, then profile, then organization say what is done to a conversation, and the lowest maximum count', () => {
		fc.assert(
			fc.property(layersArbitrary('own'), (layers) => {
				const { rows } = layers;
				const { agent, profiles, context } = resolve(layers);
				const own = inForce(rows) ? rows.organization.configuration : {};
				const expectPolicy = (
					sourced: SourcedContext | undefined,
					said: readonly (StoredContext | undefined)[],
				): void => {
					for (const field of CONTEXT_FIELDS) expect(sourced?.[field]?.value).toEqual(counting(field, said));
				};
				expectPolicy(context, [own.context]);
				for (const name of Object.keys(own.profiles ?? {}))
					expectPolicy(profiles[name]?.context, [own.context, own.profiles?.[name]?.context]);
				if (!agent) return;
				const chosen = rows.agent?.profile;
				const followed = chosen && profiles[chosen] ? chosen : own.defaultProfile;
				const below = rows.agent?.preferences?.provider ? undefined : own.profiles?.[followed ?? '']?.context;
				expectPolicy(agent.choice.context, [own.context, below, rows.agent?.context]);
			}),
		);
	});

	it('lets agent, then profile, then organization say each field of routing', () => {
		fc.assert(
			fc.property(layersArbitrary('own'), (layers) => {
				const { agent, profiles, routing } = resolve(layers);
				const says = saying(layers, Object.keys(profiles));
				for (const field of ROUTING_FIELDS) {
					expect(routing?.[field]?.value).toEqual(says.organization(field));
					for (const name of says.profiles)
						expect(profiles[name]?.routing?.[field]?.value).toEqual(says.profile(name, field));
					expect(agent?.choice.routing?.[field]?.value).toEqual(says.agent(field));
				}
			}),
		);
	});

	it('lets the highest layer that names a model choose it', () => {
		fc.assert(
			fc.property(layersArbitrary('own'), (layers) => {
				const { rows, environment } = layers;
				const { configuration } = rows.organization;
				const profile = inForce(rows) ? configuration.profiles?.[configuration.defaultProfile ?? ''] : undefined;
				const chosen = inForce(rows) ? configuration.defaultProfile : undefined;
				const shared = rows.globals.find(({ id, isDefault, model }) => !isDefault && model !== null && id === chosen);
				const global = shared ?? rows.globals.find(({ isDefault, model }) => isDefault && model !== null);
				const named = profile ?? global;
				const expected = named ? `${named.provider}/${named.model}` : (environment.defaultModel ?? 'mock/echo');
				const { defaultChoice, agent } = resolve(layers);
				expect(defaultChoice.model.value).toBe(expected);
				if (agent && !rows.agent?.profile && !rows.agent?.preferences?.provider)
					expect(agent.choice.model).toEqual(defaultChoice.model);
			}),
		);
	});

	it("lets an agent's own word count for each setting, and its own model start from nothing", () => {
		fc.assert(
			fc.property(layersArbitrary('own'), (layers) => {
				const { agent } = layers.rows;
				const choice = resolve(layers).agent?.choice;
				if (!agent || !choice) return;
				const own = agent.preferences?.provider ? agent.preferences.params : agent.settings;
				const said = SETTING_NAMES.filter((setting) => own[setting] !== undefined);
				for (const setting of said) expect(choice.settings[setting]).toEqual({ value: own[setting], origin: 'agent' });
				if (agent.preferences?.provider) expect(Object.keys(choice.settings).sort()).toEqual([...said].sort());
			}),
		);
	});

	it('is untouched by anything another organization says, and puts nothing of it into an answer', () => {
		fc.assert(
			fc.property(
				layersArbitrary('shared'),
				organizationArbitrary('left'),
				organizationArbitrary('left'),
				organizationArbitrary('right'),
				(layers, left, changed, right) => {
					const theirs = withOrganization(layers, right);
					const alone = resolve(structuredClone(theirs));
					resolve(withOrganization(layers, left));
					const between = resolve(theirs);
					resolve(withOrganization(layers, changed));
					expect(resolve(theirs)).toEqual(alone);
					expect(between).toEqual(alone);
					expect(json(alone)).not.toContain('left');
				},
			),
		);
	});

	it('ends for any aliases, and leaves none that names another', () => {
		const names = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
		fc.assert(
			fc.property(fc.dictionary(names, fc.oneof(names, fc.constant('north/m'))), (aliases) => {
				const organization = organizationRow({ configuration: { aliases } });
				const environment = { defaultModel: null, fallbackChain: [] };
				const { aliases: followed } = resolve({ environment, rows: rowsOf({ organization }) });
				for (const [name, target] of Object.entries(followed)) {
					expect(Object.keys(aliases)).not.toContain(target);
					let end: string | undefined = name;
					for (let steps = 0; end !== undefined && end !== target && steps < 10; steps += 1) end = aliases[end];
					expect(end).toBe(target);
				}
				for (const [name, target] of Object.entries(aliases))
					if (target === 'north/m') expect(followed[name]).toBe('north/m');
			}),
		);
	});
});
