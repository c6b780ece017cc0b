import type { Provider } from './provider';

/** `transformers serve`, itself experimental: it refuses the fields of OpenAI's API that it does not implement. */
export const transformers: Provider = {
	id: 'transformers',
	label: 'Transformers (experimental)',
	baseUrl: 'http://localhost:8000/v1',
	wire: 'openai-chat',
	auth: { kind: 'optional' },
	quirks: { jsonModes: 'none', toolChoices: 'auto', streamUsage: false, textRequired: true },
	capabilities: {
		'file.data': { refused: 'This server takes no files.' },
		'file.fileId': { refused: 'This server takes no files.' },
		audio: { refused: 'This server takes no audio in a chat.' },
		'toolChoice.none': { lossy: 'The tools are left out.' },
		'toolChoice.required': { dropped: 'This server leaves it to the model whether to call a tool.' },
		'toolChoice.named': { dropped: 'This server leaves it to the model which tool to call.' },
		parallelToolCalls: { dropped: 'This server can not be kept to one call.' },
		'responseFormat.json': { lossy: 'Sent as an instruction.' },
		'responseFormat.schema': { lossy: 'Sent as an instruction.' },
		topK: { dropped: 'This server has no top_k.' },
		presencePenalty: { dropped: 'This server has no presence penalty.' },
		logprobs: { dropped: 'This server gives no log probabilities.' },
		'reasoning.effort': { dropped: 'This server has no effort.' },
		'reasoning.budget': { dropped: 'This server has no budget of reasoning.' },
		user: { dropped: 'This server takes no user.' },
		metadata: { dropped: 'This server takes no metadata.' },
	},
	defaultModel: 'Qwen/Qwen3-4B-Instruct-2507',
	modelsPath: '/models',
	liveModels: { path: '/models', shape: 'openai' },
	local: true,
	passthrough: ['/audio/transcriptions'],
};
