import type { Provider } from './provider';

export const cohere: Provider = {
	id: 'cohere',
	label: 'Cohere',
	baseUrl: 'https://api.cohere.com',
	wire: 'cohere-chat',
	auth: { kind: 'bearer' },
	defaultModel: 'command-a-03-2025',
	embeddings: { wire: 'cohere-embeddings', defaultModel: 'embed-v4.0', maxInputs: 96 },
	modelsPath: '/v1/models?page_size=1',
	passthrough: [
		'/v2/rerank',
		'/v1/rerank',
		'/v1/tokenize',
		'/v1/detokenize',
		'/v1/classify',
		'/v2/audio/transcriptions',
	],
};
