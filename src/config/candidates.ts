/** Every statement that could be heard on model and settings of a request, with why it is not. Pure. */
import type { Caller, Origin } from '../gateway/ports';
import type { ModelSettings } from '../language/settings';
import { describe, type Word } from './decided';
import { inForce, type Layers, type Path, type Paths, pathsOf, type Statement } from './resolve';

/** What a request says that decides about its configuration. */
export interface Asking {
	/** As the request names it; null: it leaves the choice to the configuration. */
	readonly model: string | null;
	/** Name of the profile that `model` stands for; null: it stands for a model, or for nothing. */
	readonly profile: string | null;
	readonly agentSlug: string | null;
	readonly settings: ModelSettings;
}

export interface Candidate {
	readonly statement: Statement;
	/** null: it is heard. */
	readonly barred: string | null;
}

export const PLAN_FREE = "Plan free: the organization's own configuration is not in force.";

const RANK: Readonly<Record<Origin, number>> = {
	default: 0,
	environment: 1,
	global: 2,
	organization: 3,
	agent: 4,
	request: 5,
};

const identity = ({ origin, name }: Statement): string => `${origin} ${name ?? ''}`;

/** Whose word counts, and what that keeps away from all others. */
export interface Ruling {
	readonly path: Path;
	readonly why: string;
}

/** Whose settings count for this request. */
export function heardPath(asking: Asking, layers: Layers, paths: Paths): Ruling {
	const { agent } = layers.rows;
	if (asking.profile !== null)
		return {
			path: paths.profiles.get(asking.profile) ?? [],
			why: `The request names profile '${asking.profile}', which brings its own model and settings.`,
		};
	if (paths.agent && agent && asking.agentSlug !== null) {
		const own = agent.preferences?.provider ? 'names a model of its own' : `follows profile '${agent.profile}'`;
		return { path: paths.agent, why: `Agent '${agent.slug}' ${own}.` };
	}
	if (asking.model !== null)
		return { path: [], why: 'The request names its model itself, which brings no settings with it.' };
	return { path: paths.byDefault, why: 'Nothing asks for it.' };
}

/**
 * What of an agent stays where a profile is named in its model's place: its own settings, for a key that may not
 * override any.
 */
export const keptOfAgent = ({ profile }: Asking, { agent }: Paths, { mayOverrideSettings }: Caller): Path =>
	profile === null || mayOverrideSettings
		? []
		: (agent ?? []).flatMap(({ origin, name, settings }) =>
				origin === 'agent' ? [{ origin, name, model: null, settings }] : [],
			);

/** From the lowest layer to the highest. Heard are those on the path or in `kept`; those of a plan not in force are barred. */
export function candidatesOf(asking: Asking, layers: Layers, kept: Path = [], ruling?: Ruling): readonly Candidate[] {
	const { rows } = layers;
	const organization = { ...rows.organization, plan: 'pro' } as const;
	const inForcePaths = pathsOf(layers);
	const anyPaths = inForce(rows) ? inForcePaths : pathsOf({ ...layers, rows: { ...rows, organization } });
	const { path, why } = ruling ?? heardPath(asking, layers, inForcePaths);
	const heard = new Set([...path, ...kept].map(identity));
	const all = new Map<string, Statement>();
	const sources = [anyPaths, inForcePaths].flatMap(({ byDefault, profiles, agent }) => [
		...byDefault,
		...((asking.profile !== null && profiles.get(asking.profile)) || []),
		...(agent ?? []),
	]);
	for (const statement of sources) if (!all.has(identity(statement))) all.set(identity(statement), statement);
	const barredOf = (statement: Statement): string | null => {
		if (heard.has(identity(statement))) return null;
		return statement.origin === 'organization' && !inForce(rows) ? PLAN_FREE : why;
	};
	return [...all.values()]
		.sort((left, right) => RANK[left.origin] - RANK[right.origin])
		.map((statement) => ({ statement, barred: barredOf(statement) }));
}

/** Who says which model. */
export function modelWords(
	candidates: readonly Candidate[],
	{ model, profile, agentSlug }: Asking,
	{ mayOverrideModel }: Caller,
): readonly Word<string>[] {
	const words = candidates.flatMap(({ statement: { origin, name, model: value }, barred }) =>
		value === null ? [] : [{ origin, name, value, barred }],
	);
	if (model === null || profile !== null) return words;
	const kept = agentSlug !== null && !mayOverrideModel;
	const barred = kept ? "This key may not put another model in an agent's place." : null;
	return [...words, { origin: 'request', name: null, value: model, barred }];
}

/** Who says what of one setting. */
export function settingWords<K extends keyof ModelSettings>(
	setting: K,
	candidates: readonly Candidate[],
	{ settings }: Asking,
	{ mayOverrideSettings }: Caller,
): readonly Word<NonNullable<ModelSettings[K]>>[] {
	const words = candidates.flatMap(({ statement: { origin, name, settings: said }, barred }) => {
		const value = said?.[setting] as ModelSettings[K];
		return value === undefined || value === null ? [] : [{ origin, name, value, barred }];
	});
	const own = settings[setting];
	if (own === undefined || own === null) return words;
	const configured = words.findLast(({ barred }) => barred === null);
	const kept = !mayOverrideSettings && configured !== undefined;
	const barred = kept ? `This key may not override what ${describe(configured)} sets.` : null;
	return [...words, { origin: 'request', name: null, value: own, barred }];
}
