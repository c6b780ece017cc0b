import type { Provider } from './provider';

/** Its default models are the names that LocalAI's all-in-one images give to theirs. */
export const localai: Provider = {
	id: 'localai',
	label: 'LocalAI',
	baseUrl: 'http://localhost:8080/v1',
	wire: 'openai-chat',
	auth: { kind: 'optional' },
	quirks: { reasoning: 'effort', anonymousEmbeddings: true },
	capabilities: {
		'file.data': { refused: 'LocalAI takes no files.' },
		'file.fileId': { refused: 'LocalAI takes no files.' },
		user: { dropped: 'LocalAI takes no user.' },
	},
	defaultModel: 'gpt-4',
	embeddings: { wire: 'openai-embeddings', defaultModel: 'text-embedding-ada-002', maxInputs: 256 },
	modelsPath: '/models',
	liveModels: { path: '/models', shape: 'openai' },
	local: true,
	passthrough: [
		'/completions',
		'/rerank',
		'/tokenize',
		'/images/generations',
		'/audio/speech',
		'/audio/transcriptions',
		'/sound-generation',
	],
};
