import type { Provider } from './provider';

/** Answers inside the Worker, scripted by the request: what a newcomer meets first. */
export const mock: Provider = {
	id: 'mock',
	label: 'Mock',
	baseUrl: 'mock:',
	wire: 'mock',
	auth: { kind: 'none' },
	defaultModel: 'echo',
	embeddings: { wire: 'mock-embeddings', defaultModel: 'embed', maxInputs: 2048 },
	builtin: true,
};
