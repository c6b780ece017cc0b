import type { Provider } from './provider';

export const lmstudio: Provider = {
	id: 'lmstudio',
	label: 'LM Studio',
	baseUrl: 'http://localhost:1234/v1',
	wire: 'openai-chat',
	auth: { kind: 'optional' },
	quirks: {
		reasoning: 'effort',
		jsonModes: 'schema',
		toolChoices: 'words',
		anonymousEmbeddings: true,
		textEmbeddings: true,
		dialect: ['logit_bias'],
	},
	capabilities: {
		'image.url': { refused: 'LM Studio fetches no URLs: send the data.' },
		'file.data': { refused: 'LM Studio takes no files.' },
		'file.fileId': { refused: 'LM Studio takes no files.' },
		audio: { refused: 'LM Studio takes no audio.' },
		'toolChoice.named': { lossy: 'That tool alone is sent, as required.' },
		parallelToolCalls: { dropped: 'LM Studio can not be kept to one call.' },
		logprobs: { dropped: 'LM Studio gives no log probabilities.' },
		user: { dropped: 'LM Studio takes no user.' },
		metadata: { dropped: 'LM Studio takes no metadata.' },
	},
	defaultModel: 'openai/gpt-oss-20b',
	embeddings: { wire: 'openai-embeddings', defaultModel: 'text-embedding-nomic-embed-text-v1.5', maxInputs: 256 },
	modelsPath: '/models',
	liveModels: { path: '/models', shape: 'lmstudio' },
	local: true,
	passthrough: ['/completions'],
};
