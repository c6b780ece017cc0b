/** An agent as its form holds it, and as the API takes it. */
import type { Agent, CreateAgent } from '../data/types';

/** '' is a field left empty. */
export interface AgentDraft {
	readonly slug: string;
	readonly name: string;
	readonly description: string;
	readonly model: string;
	readonly fallbacks: readonly Fallback[];
	readonly systemPrompt: string;
	readonly embeddingModel: string;
	readonly temperature: number | '';
	readonly maxTokens: number | '';
	readonly topP: number | '';
	readonly timeoutSeconds: number | '';
}

/** The `key` stays with it when the order changes. */
export interface Fallback {
	readonly key: number;
	readonly model: string;
}

export const MAX_FALLBACKS = 8;

/** Parameters of the API that the form has a field for. */
export const FIELDS = [
	'slug',
	'name',
	'description',
	'model',
	'fallbacks',
	'systemPrompt',
	'embeddingModel',
	'settings.temperature',
	'settings.maxTokens',
	'settings.topP',
	'settings.timeoutMs',
] as const;

export const NEW_AGENT: AgentDraft = {
	slug: '',
	name: '',
	description: '',
	model: '',
	fallbacks: [],
	systemPrompt: '',
	embeddingModel: '',
	temperature: '',
	maxTokens: '',
	topP: '',
	timeoutSeconds: '',
};

export function draftOf(agent: Agent): AgentDraft {
	const { temperature, maxTokens, topP, timeoutMs } = agent.settings;
	return {
		slug: agent.slug,
		name: agent.name,
		description: agent.description ?? '',
		model: agent.model,
		fallbacks: agent.fallbacks.map((model, key) => ({ key, model })),
		systemPrompt: agent.systemPrompt ?? '',
		embeddingModel: agent.embeddingModel ?? '',
		temperature: temperature ?? '',
		maxTokens: maxTokens ?? '',
		topP: topP ?? '',
		timeoutSeconds: timeoutMs === undefined ? '' : timeoutMs / 1_000,
	};
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text);

export function inputOf(draft: AgentDraft): CreateAgent {
	const { temperature, maxTokens, topP, timeoutSeconds } = draft;
	return {
		slug: draft.slug.trim(),
		name: draft.name,
		model: draft.model,
		fallbacks: draft.fallbacks.map(({ model }) => model),
		description: orNull(draft.description),
		systemPrompt: orNull(draft.systemPrompt),
		embeddingModel: orNull(draft.embeddingModel),
		settings: {
			...(temperature !== '' && { temperature }),
			...(maxTokens !== '' && { maxTokens }),
			...(topP !== '' && { topP }),
			...(timeoutSeconds !== '' && { timeoutMs: Math.round(timeoutSeconds * 1_000) }),
		},
	};
}

/** A slug from a name, until the user writes one. */
export const slugOf = (name: string): string =>
	name
		.normalize('NFKD')
		.toLowerCase()
		.replace(/\p{M}/gu, '')
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-+|-+$/g, '')
		.slice(0, 64);
