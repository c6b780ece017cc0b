import type { Provider } from './provider';

export const openai: Provider = {
	id: 'openai',
	label: 'OpenAI',
	baseUrl: 'https://api.openai.com/v1',
	wire: 'openai-chat',
	auth: { kind: 'bearer' },
	quirks: {
		maxTokensField: 'max_completion_tokens',
		developerRole: true,
		reasoning: 'effort',
		refusalField: true,
		metadataNeedsStore: true,
		streamObfuscation: true,
		base64Embeddings: true,
		unsupported: ['topK'],
		withoutSampling: ['stop', 'logprobs', 'presencePenalty', 'frequencyPenalty'],
	},
	defaultModel: 'gpt-5-mini',
	embeddings: { wire: 'openai-embeddings', defaultModel: 'text-embedding-3-small', maxInputs: 2048 },
	modelsPath: '/models',
};
