import type { Provider } from './provider';

export const google: Provider = {
	id: 'google',
	label: 'Google Gemini',
	baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
	wire: 'google-generate',
	auth: { kind: 'header', name: 'x-goog-api-key' },
	defaultModel: 'gemini-3.5-flash',
	embeddings: { wire: 'google-embeddings', defaultModel: 'gemini-embedding-001', maxInputs: 100 },
	modelsPath: '/models?pageSize=1',
	counting: true,
	passthrough: [
		'/models/*:generateContent',
		'/models/*:streamGenerateContent',
		'/models/*:predict',
		'/models/*:countTokens',
	],
};
