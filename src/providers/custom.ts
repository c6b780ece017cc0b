import type { Provider } from './provider';

/** Any server that speaks OpenAI Chat Completions, at the URL the operator or a tenant gives. */
export const custom: Provider = {
	id: 'custom',
	label: 'OpenAI-compatible',
	baseUrl: null,
	wire: 'openai-chat',
	auth: { kind: 'optional' },
	quirks: { reasoning: 'effort' },
	defaultModel: 'default',
	embeddings: { wire: 'openai-embeddings', defaultModel: 'default', maxInputs: 256 },
	modelsPath: '/models',
	liveModels: { path: '/models', shape: 'openai' },
	named: true,
	passthrough: [
		'/completions',
		'/rerank',
		'/moderations',
		'/images/generations',
		'/images/edits',
		'/audio/speech',
		'/audio/transcriptions',
		'/audio/translations',
	],
};
