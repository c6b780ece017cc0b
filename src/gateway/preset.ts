/** Settings of the configuration in a request: where it says nothing, and, where its key may not, in place of its own. Pure. */
import { GatewayError } from '../errors';
import type { ChatRequest, Reasoning, Warning } from '../language/request';
import { type ModelSettings, SETTING_NAMES, type SettingName } from '../language/settings';
import type { Caller, Choice, Settings } from './ports';

export interface Preset {
	/** The same object where nothing had to change. */
	readonly request: ChatRequest;
	/** Every value that the configuration sets. */
	readonly settings: Settings;
	/** Names what the caller asked for in vain. */
	readonly warnings: readonly Warning[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** Settings that are fields of a request too. */
type Field = Exclude<SettingName, 'timeoutMs'>;

const FIELDS = SETTING_NAMES.filter((name): name is Field => name !== 'timeoutMs');
const NONE: Settings = {};

function put<K extends SettingName>(into: Mutable<ModelSettings>, name: K, value: Mutable<ModelSettings>[K]): void {
	into[name] = value;
}

function settingsOf(choice: Choice | null): Settings {
	if (!choice) return NONE;
	const values: Mutable<Settings> = {};
	for (const name of SETTING_NAMES) {
		const sourced = choice.settings[name];
		if (sourced) put(values, name, sourced.value);
	}
	return values;
}

/** Equal content, whatever the order of keys. */
function same(left: unknown, right: unknown): boolean {
	if (Object.is(left, right)) return true;
	if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
	const mine = Object.entries(left);
	const theirs = new Map(Object.entries(right));
	return mine.length === theirs.size && mine.every(([key, value]) => theirs.has(key) && same(value, theirs.get(key)));
}

/** How much to reason is one question, effort or budget; how to show it another. */
function reasoningOf(below: Reasoning, above: Reasoning): Reasoning {
	if (above.effort === undefined && above.budgetTokens === undefined) return { ...below, ...above };
	const { effort: _effort, budgetTokens: _budget, ...shown } = below;
	return { ...shown, ...above };
}

/** In words, of what a key may not put its own value in place of. */
export const barred = (field: string): string => `This key may not override ${field}, which the configuration sets`;

/**
 * With a key that may not override settings, the configuration's values stay and the answer says so; so do options
 * passed on to the provider, under which any setting could hide. Throws `forbidden` there where the request is strict.
 */
export function withPresets(
	request: ChatRequest,
	choice: Choice | null,
	{ mayOverrideSettings }: Pick<Caller, 'mayOverrideSettings'>,
): Preset {
	const settings = settingsOf(choice);
	const added: Mutable<ModelSettings> = {};
	const warnings: Warning[] = [];
	const refuse = (field: string, outcome: string): void => {
		if (request.strict) throw new GatewayError('forbidden', `${barred(field)}.`, { param: field });
		warnings.push({ field, message: `${barred(field)}: ${outcome}.` });
	};
	for (const name of FIELDS) {
		const preset = settings[name];
		if (preset === undefined) continue;
		const own = request[name];
		const value = own === undefined ? preset : merged(name, settings, request, mayOverrideSettings);
		if (same(value, own)) continue;
		if (own !== undefined && !mayOverrideSettings && !holds(own, value)) refuse(name, 'its value was kept');
		put(added, name, value as Mutable<ModelSettings>[typeof name]);
	}
	const hidden = !mayOverrideSettings && request.providerOptions !== undefined && Object.keys(settings).length > 0;
	if (hidden) refuse('providerOptions', 'they were left out');
	if (!hidden && Object.keys(added).length === 0) return { request, settings, warnings };
	const { providerOptions, ...plain } = request;
	return { request: { ...(hidden ? plain : request), ...added }, settings, warnings };
}

/** What counts where both the configuration and the request say something. */
function merged(name: Field, settings: Settings, request: ChatRequest, mayOverride: boolean): unknown {
	const { reasoning } = settings;
	if (name === 'reasoning' && reasoning && request.reasoning)
		return mayOverride ? reasoningOf(reasoning, request.reasoning) : reasoningOf(request.reasoning, reasoning);
	return mayOverride ? request[name] : settings[name];
}

/** Nothing that was asked for is lost: more was put beside it. */
const holds = (own: unknown, value: unknown): boolean =>
	typeof own === 'object' && !Array.isArray(own) && same({ ...(value as object), ...own }, value);
