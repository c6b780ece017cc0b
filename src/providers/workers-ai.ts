import type { Provider } from './provider';

/** Through its REST API. Where no `maxTokens` is asked for, most of its models stop at 256. */
export const workersAi: Provider = {
	id: 'workers-ai',
	label: 'Cloudflare Workers AI',
	baseUrl: null,
	wire: 'openai-chat',
	auth: { kind: 'bearer' },
	quirks: { reasoning: 'effort', efforts: ['low', 'medium', 'high'], thinkingSwitch: true, textRequired: true },
	capabilities: {
		'image.url': { refused: 'Workers AI fetches no URLs: send the data.' },
		'file.data': { refused: 'Workers AI takes no files.' },
		'file.fileId': { refused: 'Workers AI takes no files.' },
		audio: { refused: 'Workers AI takes no audio in a chat.' },
		topK: { dropped: 'Workers AI has no top_k in this API.' },
		metadata: { dropped: 'Workers AI takes no metadata.' },
	},
	config: ['accountId'],
	routing: {
		baseUrl: ({ accountId }) =>
			accountId === undefined ? null : `https://api.cloudflare.com/client/v4/accounts/${accountId}/ai`,
		path: (path, _model, _config, baseUrl) => {
			const native = path.startsWith('/run/') || path.startsWith('/models/');
			return native || /\/v1\/*$/.test(baseUrl) ? path : `/v1${path}`;
		},
	},
	defaultModel: '@cf/meta/llama-3.3-70b-instruct-fp8-fast',
	embeddings: { wire: 'workers-ai-embeddings', defaultModel: '@cf/baai/bge-m3', maxInputs: 100 },
	modelsPath: '/models/search?per_page=1',
	passthrough: ['/run/*'],
};
