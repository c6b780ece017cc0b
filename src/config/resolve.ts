/**
 * Layers in, effective configuration out, each field with the layer that set it: default < environment < global <
 * organization < agent. Pure. Settings come with the model they were chosen for: an agent or a profile that names its
 * own model starts from nothing, one that follows another choice starts from that choice's settings. The organization's
 * policies of routing and context lie under all of them.
 */
import type { ModelOverrides } from '../catalog/override';
import type { AgentConfig, Choice, Origin, Sourced, SourcedContext, SourcedRouting } from '../gateway/ports';
import { type ModelSettings, SETTING_NAMES, type SettingName } from '../language/settings';
import { contextOf } from './context';
import { dictionary } from './dictionary';
import type { EnvironmentLayer } from './environment';
import { modelOverrides } from './model-overrides';
import { routingOf } from './routing';
import type { AgentRow, ConfigurationRows, GlobalRow, Profile, StoredSettings } from './rows';
import type { StoredContext } from './stored-context';
import type { StoredRouting } from './stored-routing';

/** What of the rows and the environment decides about models and settings. */
export interface Layers {
	readonly environment: Pick<EnvironmentLayer, 'defaultModel' | 'fallbackChain'>;
	readonly rows: ConfigurationRows;
}

export interface Effective {
	readonly defaultChoice: Choice;
	readonly profiles: Readonly<Record<string, Choice>>;
	/** Bare name → `provider/model` or `profile:<name>`; loops are left out. */
	readonly aliases: Readonly<Record<string, string>>;
	readonly agent: AgentConfig | null;
	readonly fallbackChain: Sourced<readonly string[]>;
	/** The organization's own, by the name they follow. */
	readonly fallbacks: Readonly<Record<string, readonly string[]>>;
	/** The organization's own; absent: it says nothing. */
	readonly routing?: SourcedRouting;
	/** The same. */
	readonly context?: SourcedContext;
	/** The organization's own; null: it names none. */
	readonly embeddingModel: string | null;
	readonly models: ModelOverrides;
}

/** What one layer says about which model answers, and how. */
export interface Statement {
	readonly origin: Origin;
	/** What in that layer says it: a profile, a row's id, an agent's slug; null: the layer as a whole. */
	readonly name: string | null;
	/** `provider/model`; null: whatever those before it say. */
	readonly model: string | null;
	readonly settings?: StoredSettings | undefined;
	readonly routing?: StoredRouting | undefined;
	readonly context?: StoredContext | undefined;
	/** `llm_providers.id` of the key that goes with the model. */
	readonly rowId?: string | undefined;
}

/** Statements from the lowest to the highest: of model, key and each setting the last word counts. */
export type Path = readonly Statement[];

export interface Paths {
	/** What an absent or `default` model means. */
	readonly byDefault: Path;
	readonly profiles: ReadonlyMap<string, Path>;
	/** null: no agent was asked for, or there is none of that slug. */
	readonly agent: Path | null;
}

/** Where nothing names a model: it needs no key and says so by answering. */
const LAST_RESORT: Statement = { origin: 'default', name: null, model: 'mock/echo' };

type SourcedSettings = Choice['settings'];
type MutableSettings = { -readonly [K in SettingName]?: Sourced<NonNullable<ModelSettings[K]>> };

function set<K extends SettingName>(into: MutableSettings, name: K, value: MutableSettings[K]): void {
	into[name] = value;
}

/** The choice that a path leads to. */
export function choiceOf(path: Path): Choice {
	let last = LAST_RESORT;
	const settings: MutableSettings = {};
	for (const statement of path) {
		if (statement.model !== null) last = statement;
		if (statement.settings) layer(settings, statement.settings, statement.origin);
	}
	const routing = routingOf(path);
	const context = contextOf(path);
	return {
		model: { value: last.model ?? '', origin: last.origin },
		settings: settings satisfies SourcedSettings,
		...(last.rowId !== undefined && { credentialRowId: last.rowId }),
		...(routing && { routing }),
		...(context && { context }),
	};
}

/** Field by field over what is there. */
function layer(settings: MutableSettings, above: StoredSettings, origin: Origin): void {
	for (const name of SETTING_NAMES) {
		const value = above[name];
		if (value !== undefined) set(settings, name, { value, origin } as MutableSettings[typeof name]);
	}
}

/** What an organization itself says is in force on these plans; a free one follows the operator's choices. */
export const inForce = ({ organization }: Pick<ConfigurationRows, 'organization'>): boolean =>
	organization.plan !== 'free';

type OwnConfiguration = ConfigurationRows['organization']['configuration'];

const ownConfiguration = (rows: ConfigurationRows): OwnConfiguration =>
	inForce(rows) ? rows.organization.configuration : {};

const keyName = (provider: string, name: string): string => `${provider}/${name}`;

function ownStatement(name: string, profile: Profile, keys: ReadonlyMap<string, string>): Statement {
	const { provider, model, keyRef, settings, routing, context } = profile;
	const rowId = keyRef === undefined ? undefined : keys.get(keyName(provider, keyRef));
	return { origin: 'organization', name, model: `${provider}/${model}`, settings, routing, context, rowId };
}

const globalStatement = ({ id, provider, model, settings }: GlobalRow): Statement => ({
	origin: 'global',
	name: id,
	model: provider !== null && model !== null ? `${provider}/${model}` : null,
	settings,
});

/** The organization's policies, which lie under whatever chooses the model; empty: it has none. */
export function basePath(rows: ConfigurationRows): Path {
	const { routing, context } = ownConfiguration(rows);
	return routing || context ? [{ origin: 'organization', name: null, model: null, routing, context }] : [];
}

/** The operator's profiles, and over those of the same name the organization's. */
function profilePaths(rows: ConfigurationRows, base: Path, environment: Path): ReadonlyMap<string, Path> {
	const keys = new Map(rows.providers.map(({ provider, name, id }) => [keyName(provider, name), id]));
	const paths = new Map<string, Path>();
	for (const row of rows.globals) {
		if (row.isDefault) continue;
		const statement = globalStatement(row);
		paths.set(row.id, statement.model === null ? [...environment, statement] : [...base, statement]);
	}
	for (const [name, profile] of Object.entries(ownConfiguration(rows).profiles ?? {}))
		paths.set(name, [...base, ownStatement(name, profile, keys)]);
	return paths;
}

function agentPath(
	{ slug, profile, settings, routing, context, preferences }: AgentRow,
	base: Path,
	paths: Omit<Paths, 'agent'>,
): Path {
	const statement = { origin: 'agent', name: slug, routing, context } as const;
	if (preferences?.provider && preferences.model) {
		const model = `${preferences.provider}/${preferences.model}`;
		return [...base, { ...statement, model, settings: preferences.params }];
	}
	const below = paths.profiles.get(profile ?? '') ?? paths.byDefault;
	return [...below, { ...statement, model: null, settings }];
}

/** Who says what about each choice there is, in the order in which it counts. */
export function pathsOf({ environment: { defaultModel }, rows }: Layers): Paths {
	const base = basePath(rows);
	const environment: Path =
		defaultModel === null
			? [...base, LAST_RESORT]
			: [...base, LAST_RESORT, { origin: 'environment', name: 'DEFAULT_PROVIDER', model: defaultModel }];
	const profiles = profilePaths(rows, base, environment);
	const shared = rows.globals.filter(({ isDefault }) => isDefault).map(globalStatement);
	const chosen = profiles.get(ownConfiguration(rows).defaultProfile ?? '') ?? [];
	// A profile that names no model follows the operator's default, where it is the default itself.
	const byDefault = [...environment, ...shared, ...chosen.filter((statement) => !environment.includes(statement))];
	return { byDefault, profiles, agent: rows.agent && agentPath(rows.agent, base, { byDefault, profiles }) };
}

/** Where a chain of aliases ends; null: it loops, so that it is longer than all there are. */
function endOf(name: string, aliases: ReadonlyMap<string, string>): string | null {
	let end = name;
	let steps = 0;
	for (let next = aliases.get(name); next !== undefined; next = aliases.get(next)) {
		if (steps > aliases.size) return null;
		end = next;
		steps += 1;
	}
	return end;
}

/** Each alias with the end of its chain; those that loop, or lead into a loop, are left out. */
function followedAliases(named: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
	const aliases = new Map<string, string>();
	for (const [name, target] of Object.entries(named)) if (!name.includes('/')) aliases.set(name, target);
	return dictionary(endsOf(aliases));
}

function* endsOf(aliases: ReadonlyMap<string, string>): Generator<readonly [string, string]> {
	for (const name of aliases.keys()) {
		const end = endOf(name, aliases);
		if (end !== null) yield [name, end];
	}
}

function agentConfig(agent: AgentRow, path: Path): AgentConfig {
	const own = agent.preferences;
	return {
		id: agent.id,
		slug: agent.slug,
		choice: choiceOf(path),
		fallbacks: own?.provider ? own.fallbacks : agent.fallbacks,
		embeddingModel: own?.embeddingModel || null,
		prompt: own?.prompt ?? null,
	};
}

/** Pure: the same layers give the same answer, and nothing but the layers is in it. */
export function resolve(layers: Layers): Effective {
	const { rows, environment } = layers;
	const { aliases, fallbackChain, fallbacks, embeddingModel } = ownConfiguration(rows);
	const paths = pathsOf(layers);
	const base = basePath(rows);
	const routing = routingOf(base);
	const context = contextOf(base);
	return {
		defaultChoice: choiceOf(paths.byDefault),
		profiles: dictionary([...paths.profiles].map(([name, path]) => [name, choiceOf(path)] as const)),
		aliases: followedAliases(aliases ?? {}),
		agent: rows.agent && paths.agent && agentConfig(rows.agent, paths.agent),
		fallbackChain: fallbackChain
			? { value: fallbackChain, origin: 'organization' }
			: { value: environment.fallbackChain, origin: 'environment' },
		fallbacks: dictionary(Object.entries(fallbacks ?? {})),
		...(routing && { routing }),
		...(context && { context }),
		embeddingModel: embeddingModel || null,
		models: modelOverrides(rows),
	};
}
