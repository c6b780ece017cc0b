import type { AlternativeWire, Provider } from './provider';

/** What OpenAI's models need the Responses API for, at Azure too. */
export const onResponses: AlternativeWire = {
	wire: 'openai-responses',
	models: ['*-pro', '*-pro-20*', '*codex*', '*deep-research*', 'computer-use*'],
	// "Function tools with reasoning_effort are not supported for gpt-5.4 in /v1/chat/completions."
	toolModels: ['gpt-5.4*', 'gpt-5.5*', 'gpt-5.6*', 'gpt-6*'],
	sealedReasoning: true,
};

export const openai: Provider = {
	id: 'openai',
	label: 'OpenAI',
	baseUrl: 'https://api.openai.com/v1',
	wire: 'openai-chat',
	alternatives: [onResponses],
	auth: { kind: 'bearer' },
	quirks: {
		maxTokensField: 'max_completion_tokens',
		maxStops: 4,
		developerRole: true,
		reasoning: 'effort',
		refusalField: true,
		dialect: 'whole',
		metadataNeedsStore: true,
		streamObfuscation: true,
		base64Embeddings: true,
		cacheField: 'prompt_cache_breakpoint',
		cacheModels: ['gpt-5.6*', 'gpt-6*'],
		withoutSampling: ['stop', 'logprobs', 'presencePenalty', 'frequencyPenalty'],
	},
	capabilities: {
		topK: { dropped: 'OpenAI has no top_k.' },
		cache: { lossy: 'Breakpoints count from GPT-5.6 on; older models cache by themselves.' },
		metadata: { lossy: 'Kept only with stored answers (`store` in providerOptions).' },
	},
	config: ['organization', 'project'],
	routing: {
		headers: ({ organization, project }) => ({
			...(organization !== undefined && { 'openai-organization': organization }),
			...(project !== undefined && { 'openai-project': project }),
		}),
	},
	defaultModel: 'gpt-5-mini',
	embeddings: { wire: 'openai-embeddings', defaultModel: 'text-embedding-3-small', maxInputs: 2048 },
	modelsPath: '/models',
	counting: 'openai-responses',
	passthrough: [
		'/images/generations',
		'/images/edits',
		'/images/variations',
		'/audio/speech',
		'/audio/transcriptions',
		'/audio/translations',
		'/moderations',
		'/completions',
	],
};
