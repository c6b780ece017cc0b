/**
 * Layers in, effective configuration out, each field with the layer that set it: default < environment < global <
 * organization < agent. Pure. Settings come with the model they were chosen for: an agent or a profile that names its
 * own model starts from nothing, one that follows another choice starts from that choice's settings.
 */
import type { AgentConfig, Choice, Origin, Sourced } from '../gateway/ports';
import { dictionary } from './dictionary';
import type { AgentRow, ConfigurationRows, ModelSettings, Profile } from './rows';

/** What of the rows and the environment decides about models and settings. */
export interface Layers {
	/** `provider/model` of the environment; null where it names none. */
	readonly environmentModel: string | null;
	readonly rows: ConfigurationRows;
}

export interface Effective {
	readonly defaultChoice: Choice;
	readonly profiles: Readonly<Record<string, Choice>>;
	/** Bare name → `provider/model` or `profile:<name>`; loops are left out. */
	readonly aliases: Readonly<Record<string, string>>;
	readonly agent: AgentConfig | null;
}

/** Where nothing names a model: it needs no key and says so by answering. */
const LAST_RESORT = 'mock/echo';
const PROFILE_PREFIX = 'profile:';
const SETTINGS = ['temperature', 'maxTokens', 'topP', 'timeoutMs'] as const satisfies readonly (keyof ModelSettings)[];

type SourcedSettings = Choice['settings'];

/** `above` over `below`, field by field. */
function layered(below: SourcedSettings, above: ModelSettings | undefined, origin: Origin): SourcedSettings {
	const merged: { -readonly [K in keyof SourcedSettings]: SourcedSettings[K] } = { ...below };
	for (const name of SETTINGS) {
		const value = above?.[name];
		if (value !== undefined) merged[name] = { value, origin };
	}
	return merged;
}

/** What an organization itself says is in force on these plans; a free one follows the operator's choices. */
function ownConfiguration(rows: ConfigurationRows): ConfigurationRows['organization']['configuration'] {
	return rows.organization.plan === 'free' ? {} : rows.organization.configuration;
}

function profileChoice(profile: Profile, rows: ConfigurationRows, below: SourcedSettings): Choice {
	const row = rows.providers.find(({ provider, name }) => provider === profile.provider && name === profile.keyRef);
	return {
		model: { value: `${profile.provider}/${profile.model}`, origin: 'organization' },
		settings: layered(below, profile.settings, 'organization'),
		...(row && { credentialRowId: row.id }),
	};
}

/** The model where no organization chooses one. */
function sharedModel({ environmentModel, rows: { global } }: Layers): Sourced<string> {
	if (global?.provider && global.model) return { value: `${global.provider}/${global.model}`, origin: 'global' };
	if (environmentModel !== null) return { value: environmentModel, origin: 'environment' };
	return { value: LAST_RESORT, origin: 'default' };
}

/** The global settings lie under the default choice alone, whoever chose its model. */
function defaultChoice(layers: Layers, profiles: ReadonlyMap<string, Profile>): Choice {
	const { rows } = layers;
	const settings = layered({}, rows.global?.settings, 'global');
	const profile = profiles.get(ownConfiguration(rows).defaultProfile ?? '');
	return profile ? profileChoice(profile, rows, settings) : { model: sharedModel(layers), settings };
}

/** The end of a chain of aliases; the name itself where it is none, or where the chain loops. */
function followed(name: string, aliases: ReadonlyMap<string, string>): string {
	const seen = new Set<string>();
	let current = name;
	for (let next = aliases.get(current); next !== undefined; next = aliases.get(current)) {
		if (seen.has(current)) return name;
		seen.add(current);
		current = next;
	}
	return current;
}

function agentChoice(
	agent: AgentRow,
	rows: ConfigurationRows,
	profiles: ReadonlyMap<string, Profile>,
	fallback: Choice,
): Choice {
	const own = agent.preferences;
	if (own?.provider && own.model)
		return {
			model: { value: `${own.provider}/${own.model}`, origin: 'agent' },
			settings: layered({}, own.params, 'agent'),
		};
	const profile = profiles.get(agent.profile ?? '');
	const base = profile ? profileChoice(profile, rows, {}) : fallback;
	return { ...base, settings: layered(base.settings, agent.settings, 'agent') };
}

/** Pure: the same layers give the same answer, and nothing but the layers is in it. */
export function resolve(layers: Layers): Effective {
	const { rows } = layers;
	const organization = ownConfiguration(rows);
	const profiles = new Map(Object.entries(organization.profiles ?? {}));
	const aliases = new Map(Object.entries(organization.aliases ?? {}).filter(([name]) => !name.includes('/')));
	const byDefault = defaultChoice(layers, profiles);

	const modelOf = (name: string): string => {
		const target = followed(name, aliases);
		const profile = target.startsWith(PROFILE_PREFIX) ? profiles.get(target.slice(PROFILE_PREFIX.length)) : undefined;
		return profile ? `${profile.provider}/${profile.model}` : target;
	};
	const agentConfig = (agent: AgentRow): AgentConfig => {
		const own = agent.preferences;
		return {
			id: agent.id,
			slug: agent.slug,
			choice: agentChoice(agent, rows, profiles, byDefault),
			fallbacks: (own?.provider ? own.fallbacks : agent.fallbacks).map(modelOf),
			embeddingModel: own?.embeddingModel ? modelOf(own.embeddingModel) : null,
			systemPrompt: own?.systemPrompt || null,
		};
	};
	return {
		defaultChoice: byDefault,
		profiles: dictionary([...profiles].map(([name, profile]) => [name, profileChoice(profile, rows, {})] as const)),
		aliases: dictionary(
			[...aliases.keys()].flatMap((name) => {
				const target = followed(name, aliases);
				return target === name ? [] : [[name, target] as const];
			}),
		),
		agent: rows.agent && agentConfig(rows.agent),
	};
}
