/** The settings beside a conversation, as they are typed, and as a request. */
import type { ChatInput } from '../../client';
import type { ContextMode } from '../data/types';
import type { Figure } from '../ui/figure';

export const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof EFFORTS)[number];

/** '' is a field left empty: not sent. */
export interface Draft {
	/** `provider/model`, `agent:<slug>`, `profile:<name>` or `default`. */
	readonly model: string;
	readonly system: string;
	/** JSON: a list of tools. */
	readonly tools: string;
	readonly temperature: Figure;
	readonly maxTokens: Figure;
	readonly effort: Effort | '';
	readonly fallback: boolean;
	/** What may be done so that the conversation fits. */
	readonly contextMode: ContextMode | '';
}

export const NEW_DRAFT: Draft = {
	model: 'default',
	system: '',
	tools: '',
	temperature: '',
	maxTokens: '',
	effort: '',
	fallback: true,
	contextMode: '',
};

export const EXAMPLE_TOOLS = JSON.stringify(
	[
		{
			name: 'weather',
			description: 'The weather at a place, now.',
			parameters: {
				type: 'object',
				properties: { place: { type: 'string', description: 'Town and country' } },
				required: ['place'],
			},
		},
	],
	null,
	2,
);

export type Tool = NonNullable<ChatInput['tools']>[number];
type Parsed = { readonly tools: Tool[]; readonly error: null } | { readonly tools: null; readonly error: string };

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** A tool in our form, or in OpenAI's (`{type: 'function', function: {…}}`), which people have at hand. */
function toolOf(value: unknown): Tool | null {
	const tool = isObject(value) && isObject(value.function) ? value.function : value;
	if (!isObject(tool) || typeof tool.name !== 'string' || tool.name === '') return null;
	const { name, description, parameters } = tool;
	return {
		name,
		...(typeof description === 'string' && { description }),
		...(isObject(parameters) && { parameters }),
	};
}

export function parseTools(text: string): Parsed {
	if (text.trim() === '') return { tools: [], error: null };
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (thrown) {
		return { tools: null, error: `This is not JSON: ${thrown instanceof Error ? thrown.message : 'it can’t be read'}` };
	}
	if (!Array.isArray(json)) return { tools: null, error: 'Tools are a JSON list: [{"name": …}].' };
	const tools: Tool[] = [];
	for (const [at, value] of json.entries()) {
		const tool = toolOf(value);
		if (!tool) return { tools: null, error: `Tool ${at + 1} needs a name.` };
		tools.push(tool);
	}
	return { tools, error: null };
}

/** Without the messages. `tools`: as parsed. */
export function settingsOf(draft: Draft, tools: readonly Tool[]) {
	const { model, temperature, maxTokens, effort, fallback, contextMode } = draft;
	return {
		model: model.trim() || 'default',
		...(tools.length > 0 && { tools: [...tools] }),
		...(temperature !== '' && { temperature }),
		...(maxTokens !== '' && { maxTokens }),
		...(effort !== '' && { reasoning: { effort } }),
		...(!fallback && { fallback }),
		...(contextMode !== '' && { context: { mode: contextMode } }),
	};
}
