/** Canonical fields in the words that this request used for them. */
import type { Message } from '../../language/message';
import type { ChatRequest } from '../../language/request';
import type { Spelling } from '../respell';
import type { ChatBody } from './schema';
import type { AskedTools } from './tools';

const WORDS: Readonly<Record<string, string>> = {
	toolChoice: 'tool_choice',
	parallelToolCalls: 'parallel_tool_calls',
	responseFormat: 'response_format',
	maxTokens: 'max_completion_tokens',
	topP: 'top_p',
	topK: 'top_k',
	presencePenalty: 'presence_penalty',
	frequencyPenalty: 'frequency_penalty',
	reasoning: 'reasoning_effort',
	'reasoning.effort': 'reasoning_effort',
	'reasoning.budgetTokens': 'reasoning.max_tokens',
	budgetTokens: 'max_tokens',
	'context.mode': 'switchyard.context.mode',
	variables: 'switchyard.variables',
	providerOptions: 'switchyard.provider_options',
};

/** Fields that can be said in two ways. */
function wordsOf(body: ChatBody, legacy: boolean): Spelling['words'] {
	const words: Record<string, string> = { ...WORDS };
	if (legacy) words.toolChoice = 'function_call';
	if (legacy) words.tools = 'functions';
	if (body.max_tokens && !body.max_completion_tokens) words.maxTokens = 'max_tokens';
	if (body.safety_identifier && !body.user) words.user = 'safety_identifier';
	if (body.reasoning && !body.reasoning_effort) {
		words.reasoning = 'reasoning';
		words['reasoning.effort'] = 'reasoning.effort';
	}
	return words;
}

export interface Asked {
	readonly request: Pick<ChatRequest, 'messages'>;
	readonly body: ChatBody;
	readonly tools: Pick<AskedTools, 'places' | 'legacy'>;
}

/** Made where an error has to be said, not before. */
export function spellingOf({ request, body, tools }: Asked): Spelling {
	return {
		words: wordsOf(body, tools.legacy),
		place: (param) => {
			const [, tool, field] = /^tools\[(\d+)\](?:\.(.*))?$/.exec(param) ?? [];
			if (tool !== undefined) return toolPlace(tools, Number(tool), field);
			const [, message, part] = /^messages\[(\d+)\]\.content\[(\d+)\]$/.exec(param) ?? [];
			return message === undefined ? null : partPlace(request.messages[Number(message)], param, Number(part));
		},
	};
}

function toolPlace({ places, legacy }: Asked['tools'], index: number, field: string | undefined): string | null {
	const place = places[index];
	if (place === undefined || field === undefined) return place ?? null;
	if (field === 'cache') return `${place}.cache_control`;
	return legacy ? `${place}.${field}` : `${place}.function.${field}`;
}

/** An assistant's calls and reasoning stand beside its content here. */
function partPlace(message: Message | undefined, param: string, index: number): string | null {
	const part = message?.role === 'assistant' ? message.content[index] : undefined;
	if (message?.role !== 'assistant' || !part) return null;
	const base = param.slice(0, param.lastIndexOf('.'));
	const before = message.content.slice(0, index);
	const spoken = (kind: string): boolean => kind === 'text' || kind === 'refusal';
	switch (part.type) {
		case 'tool-call': {
			const at = before.filter((other) => other.type === 'tool-call').length;
			return part.id.startsWith('function_call_') ? `${base}.function_call` : `${base}.tool_calls[${at}]`;
		}
		case 'reasoning':
			return `${base}.${part.signature === undefined ? 'reasoning_content' : 'reasoning_details'}`;
		case 'text':
		case 'refusal':
			return `${base}.content[${before.filter((other) => spoken(other.type)).length}]`;
	}
}
