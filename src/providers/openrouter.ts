import type { Provider } from './provider';

export const openrouter: Provider = {
	id: 'openrouter',
	label: 'OpenRouter',
	baseUrl: 'https://openrouter.ai/api/v1',
	wire: 'openai-chat',
	auth: { kind: 'bearer' },
	quirks: {
		reasoning: 'openrouter',
		reasoningReplay: 'reasoning_details',
		cacheControl: true,
		fileUrls: true,
		reportsCost: true,
		unsupported: ['metadata'],
	},
	defaultModel: 'openai/gpt-5-mini',
	embeddings: { wire: 'openai-embeddings', defaultModel: 'openai/text-embedding-3-small', maxInputs: 1024 },
	modelsPath: '/models',
	healthPath: '/key',
};
