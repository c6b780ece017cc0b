import type { Provider } from './provider';

export const deepseek: Provider = {
	id: 'deepseek',
	label: 'DeepSeek',
	baseUrl: 'https://api.deepseek.com',
	wire: 'openai-chat',
	auth: { kind: 'bearer' },
	quirks: {
		reasoning: 'deepseek',
		reasoningReplay: 'reasoning_content',
		jsonObjectOnly: true,
		stringContent: true,
		unsupported: ['topK', 'seed', 'parallelToolCalls', 'user', 'metadata', 'images', 'audio', 'files'],
	},
	defaultModel: 'deepseek-v4-flash',
	modelsPath: '/models',
};
