import type { Provider } from './provider';

export const groq: Provider = {
	id: 'groq',
	label: 'Groq',
	baseUrl: 'https://api.groq.com/openai/v1',
	wire: 'openai-chat',
	auth: { kind: 'bearer' },
	quirks: {
		maxTokensField: 'max_completion_tokens',
		reasoning: 'effort',
		unsupported: [
			'topK',
			'logprobs',
			'presencePenalty',
			'frequencyPenalty',
			'metadata',
			'messageName',
			'audio',
			'files',
		],
	},
	defaultModel: 'llama-3.3-70b-versatile',
	modelsPath: '/models',
};
