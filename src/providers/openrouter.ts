import type { Provider } from './provider';

/** Its own options (`provider`, `plugins`, `transforms`, `models` …) are `providerOptions.openrouter`. */
export const openrouter: Provider = {
	id: 'openrouter',
	label: 'OpenRouter',
	baseUrl: 'https://openrouter.ai/api/v1',
	wire: 'openai-chat',
	auth: { kind: 'bearer' },
	quirks: {
		maxStops: 4,
		reasoning: 'openrouter',
		reasoningReplay: 'reasoning_details',
		claudeModels: ['anthropic/*'],
		cacheField: 'cache_control',
		parsesFiles: true,
		fallbackModels: true,
		reportsCost: true,
		dialect: 'whole',
		embeddingInputTypes: true,
	},
	capabilities: {
		'file.url': 'exact',
		'file.fileId': { refused: 'OpenRouter keeps no files: send a URL or the data.' },
		'reasoning.budget': 'exact',
		'reasoning.replay': 'exact',
		cache: 'exact',
		metadata: { dropped: 'OpenRouter takes no metadata.' },
	},
	config: ['referer', 'title'],
	routing: {
		headers: ({ referer, title }) => ({
			...(referer !== undefined && { 'http-referer': referer }),
			...(title !== undefined && { 'x-title': title }),
		}),
	},
	defaultModel: 'openai/gpt-5-mini',
	embeddings: { wire: 'openai-embeddings', defaultModel: 'openai/text-embedding-3-small', maxInputs: 1024 },
	modelsPath: '/models',
	healthPath: '/key',
	liveModels: { path: '/models', shape: 'openrouter', public: true },
	passthrough: ['/completions', '/rerank', '/audio/speech', '/audio/transcriptions', '/models/*/endpoints'],
};
