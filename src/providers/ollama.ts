import type { Provider } from './provider';

export const ollama: Provider = {
	id: 'ollama',
	label: 'Ollama',
	baseUrl: 'http://localhost:11434',
	wire: 'ollama-chat',
	// ollama.com wants a key, a server of one's own none.
	auth: { kind: 'optional' },
	defaultModel: 'llama3.2',
	embeddings: { wire: 'ollama-embeddings', defaultModel: 'nomic-embed-text', maxInputs: 256 },
	modelsPath: '/api/tags',
	liveModels: { path: '/api/tags', shape: 'ollama' },
	local: true,
	pulling: true,
	passthrough: ['/api/generate', '/api/show', '/api/tags', '/api/ps', '/api/version'],
};
