/** An agent as its form holds it, and as the API takes it. */
import { type ContextDraft, contextDraftOf, contextOf, NO_CONTEXT } from '../context/context-draft';
import { CONTEXT } from '../context/context-text';
import type { Agent, CreateAgent } from '../data/types';
import { NO_ROUTING, ROUTING_FIELDS, type RoutingDraft, routingDraftOf, routingOf } from '../routing/routing-draft';
import { type ListedModel, listed, namesOf } from '../ui/listed-models';
import {
	NO_SETTINGS,
	SETTING_FIELDS,
	type SettingsDraft,
	settingsDraftOf,
	settingsOf,
} from '../ui/model-settings-draft';

/** '' is a field left empty. */
export interface AgentDraft {
	readonly slug: string;
	readonly name: string;
	readonly description: string;
	readonly model: string;
	readonly fallbacks: readonly ListedModel[];
	/** Of a new one: the first text of its prompt. */
	readonly systemPrompt: string;
	readonly embeddingModel: string;
	readonly settings: SettingsDraft;
	readonly routing: RoutingDraft;
	readonly context: ContextDraft;
}

export const MAX_FALLBACKS = 7;

/** Parameters of the API that the form has a field for. */
export const FIELDS = [
	'slug',
	'name',
	'description',
	'model',
	'fallbacks',
	'systemPrompt',
	'embeddingModel',
	...SETTING_FIELDS.map((field) => `settings.${field}`),
	...ROUTING_FIELDS.map((field) => `routing.${field}`),
	...CONTEXT.fields.map((field) => `context.${field}`),
] as const;

export const NEW_AGENT: AgentDraft = {
	slug: '',
	name: '',
	description: '',
	model: '',
	fallbacks: [],
	systemPrompt: '',
	embeddingModel: '',
	settings: NO_SETTINGS,
	routing: NO_ROUTING,
	context: NO_CONTEXT,
};

export const draftOf = (agent: Agent): AgentDraft => ({
	slug: agent.slug,
	name: agent.name,
	description: agent.description ?? '',
	model: agent.model,
	fallbacks: listed(agent.fallbacks),
	systemPrompt: '',
	embeddingModel: agent.embeddingModel ?? '',
	settings: settingsDraftOf(agent.settings),
	routing: routingDraftOf(agent.routing),
	context: contextDraftOf(agent.context),
});

const orNull = (text: string): string | null => (text.trim() === '' ? null : text);

/** All but the prompt, which has a form of its own. */
export const fieldsOf = (draft: AgentDraft) => ({
	slug: draft.slug.trim(),
	name: draft.name.trim(),
	model: draft.model.trim(),
	fallbacks: namesOf(draft.fallbacks),
	description: orNull(draft.description),
	embeddingModel: orNull(draft.embeddingModel),
	settings: settingsOf(draft.settings),
	routing: routingOf(draft.routing),
	context: contextOf(draft.context),
});

export const createInput = (draft: AgentDraft): CreateAgent => ({
	...fieldsOf(draft),
	...(draft.systemPrompt.trim() !== '' && { systemPrompt: draft.systemPrompt }),
});

/** A slug from a name, until the user writes one. */
export const slugOf = (name: string): string =>
	name
		.normalize('NFKD')
		.toLowerCase()
		.replace(/\p{M}/gu, '')
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-+|-+$/g, '')
		.slice(0, 64);
