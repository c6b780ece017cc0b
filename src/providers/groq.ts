import type { Provider } from './provider';

export const groq: Provider = {
	id: 'groq',
	label: 'Groq',
	baseUrl: 'https://api.groq.com/openai/v1',
	wire: 'openai-chat',
	auth: { kind: 'bearer' },
	quirks: {
		maxTokensField: 'max_completion_tokens',
		maxStops: 4,
		reasoning: 'effort',
		reasoningFormat: ['qwen/*', 'deepseek-r1*'],
	},
	capabilities: {
		'messages.name': { dropped: 'Groq refuses names in messages.' },
		'file.data': { refused: 'Groq takes no files.' },
		'file.fileId': { refused: 'Groq takes no files.' },
		audio: { refused: 'Groq takes no audio in a chat.' },
		topK: { dropped: 'Groq has no top_k.' },
		presencePenalty: { dropped: 'Groq ignores penalties.' },
		frequencyPenalty: { dropped: 'Groq ignores penalties.' },
		logprobs: { dropped: 'Groq gives no log probabilities.' },
		metadata: { dropped: 'Groq refuses metadata.' },
	},
	defaultModel: 'llama-3.3-70b-versatile',
	modelsPath: '/models',
	passthrough: ['/audio/speech', '/audio/transcriptions', '/audio/translations'],
};
