/** Settings of a model as forms hold them, and as the API takes them. */
import type { CreateAgent, Model, ModelSettings } from '../data/types';
import type { Figure } from './figure';

type Reasoning = NonNullable<ModelSettings['reasoning']>;

export const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export const SUMMARIES = ['none', 'auto', 'concise', 'detailed'] as const;

/** '' is a field left empty. */
export interface SettingsDraft {
	readonly temperature: Figure;
	readonly topP: Figure;
	readonly topK: Figure;
	readonly maxTokens: Figure;
	readonly presencePenalty: Figure;
	readonly frequencyPenalty: Figure;
	readonly seed: Figure;
	/** Line breaks and tabs written as `\n` and `\t`. */
	readonly stop: readonly string[];
	readonly effort: NonNullable<Reasoning['effort']> | '';
	readonly budgetTokens: Figure;
	readonly summary: NonNullable<Reasoning['summary']> | '';
	readonly sealed: boolean;
	readonly timeoutSeconds: Figure;
}

/** Parameters of the API, below the one that holds the settings, that there is a field for. */
export const SETTING_FIELDS = [
	'temperature',
	'topP',
	'topK',
	'maxTokens',
	'presencePenalty',
	'frequencyPenalty',
	'seed',
	'stop',
	'reasoning',
	'timeoutMs',
] as const;

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '\\': '\\\\' };

const escaped = (text: string): string => text.replace(/[\n\t\r\\]/g, (sign) => ESCAPES[sign] ?? sign);

const unescaped = (text: string): string =>
	text.replace(/\\[ntr\\]/g, (written) => Object.keys(ESCAPES).find((sign) => ESCAPES[sign] === written) ?? written);

export const settingsDraftOf = (settings: ModelSettings): SettingsDraft => ({
	temperature: settings.temperature ?? '',
	topP: settings.topP ?? '',
	topK: settings.topK ?? '',
	maxTokens: settings.maxTokens ?? '',
	presencePenalty: settings.presencePenalty ?? '',
	frequencyPenalty: settings.frequencyPenalty ?? '',
	seed: settings.seed ?? '',
	stop: (settings.stop ?? []).map(escaped),
	effort: settings.reasoning?.effort ?? '',
	budgetTokens: settings.reasoning?.budgetTokens ?? '',
	summary: settings.reasoning?.summary ?? '',
	sealed: settings.reasoning?.sealed ?? false,
	timeoutSeconds: settings.timeoutMs === undefined ? '' : settings.timeoutMs / 1_000,
});

export const NO_SETTINGS: SettingsDraft = settingsDraftOf({});

type SettingsInput = NonNullable<CreateAgent['settings']>;

const FIGURES = [
	'temperature',
	'topP',
	'topK',
	'maxTokens',
	'presencePenalty',
	'frequencyPenalty',
	'seed',
] as const satisfies readonly (keyof SettingsDraft)[];

export function settingsOf(draft: SettingsDraft): SettingsInput {
	const { stop, effort, budgetTokens, summary, sealed, timeoutSeconds } = draft;
	const reasoning = {
		...(effort !== '' && { effort }),
		...(budgetTokens !== '' && { budgetTokens }),
		...(summary !== '' && { summary }),
		...(sealed && { sealed }),
	};
	return {
		...Object.fromEntries(FIGURES.flatMap((field) => (draft[field] === '' ? [] : [[field, draft[field]]]))),
		...(stop.length > 0 && { stop: stop.map(unescaped) }),
		...(Object.keys(reasoning).length > 0 && { reasoning }),
		...(timeoutSeconds !== '' && { timeoutMs: Math.round(timeoutSeconds * 1_000) }),
	};
}

/** Of what stands behind "more": shown from the start where one of them is set. */
export const hasRarer = (draft: SettingsDraft): boolean =>
	[draft.topK, draft.presencePenalty, draft.frequencyPenalty, draft.seed, draft.budgetTokens, draft.summary].some(
		(value) => value !== '',
	) ||
	draft.stop.length > 0 ||
	draft.sealed;

/** Efforts the model knows; all of them where that is not known. */
export function effortsOf(model: Model | undefined): readonly SettingsDraft['effort'][] {
	const known = (model?.reasoningOptions ?? []).flatMap((option) => (option.type === 'effort' ? option.values : []));
	const chosen = EFFORTS.filter((effort) => known.includes(effort));
	return chosen.length > 0 ? chosen : EFFORTS;
}

/** Tokens a model may reason with, as far as it says. */
export function budgetRange(model: Model | undefined): { readonly min: number; readonly max: number | null } {
	for (const option of model?.reasoningOptions ?? [])
		if (option.type === 'budget') return { min: option.min ?? 0, max: option.max };
	return { min: 0, max: null };
}
