/** Hugging Face's router, dedicated Inference Endpoints and TGI servers. */
import type { Provider } from './provider';
import { rootPath } from './root-path';

/**
 * The router's own inference is on its host outside `/v1`, which a dot segment leaves. A base URL that is a bare
 * host is an endpoint of one's own: chat under `/v1`, embeddings at its root.
 */
function pathOf(path: string, baseUrl: string): string {
	const root = rootPath(baseUrl);
	if (path.startsWith('/hf-inference/')) {
		if (root === '') return '/';
		return root.endsWith('/v1') ? `/..${path}` : path;
	}
	return root === '' ? `/v1${path}` : path;
}

export const huggingface: Provider = {
	id: 'huggingface',
	label: 'Hugging Face',
	baseUrl: 'https://router.huggingface.co/v1',
	wire: 'openai-chat',
	auth: { kind: 'bearer' },
	quirks: { reasoning: 'effort', maxStops: 4, maxTopLogprobs: 5, textRequired: true },
	capabilities: {
		'file.data': { refused: 'Hugging Face takes no files in a chat.' },
		'file.fileId': { refused: 'Hugging Face takes no files in a chat.' },
		topK: { dropped: "Hugging Face's router has no top_k." },
		user: { dropped: 'Hugging Face takes no user.' },
		metadata: { dropped: 'Hugging Face takes no metadata.' },
	},
	config: ['billTo'],
	routing: {
		path: (path, _model, _config, baseUrl) => pathOf(path, baseUrl),
		headers: ({ billTo }) => ({ ...(billTo !== undefined && { 'x-hf-bill-to': billTo }) }),
	},
	defaultModel: 'openai/gpt-oss-120b',
	embeddings: { wire: 'huggingface-embeddings', defaultModel: 'intfloat/multilingual-e5-large', maxInputs: 32 },
	modelsPath: '/models',
	// Of an endpoint of one's own (TGI, TEI).
	passthrough: ['/generate', '/generate_stream', '/tokenize', '/rerank', '/predict'],
};
