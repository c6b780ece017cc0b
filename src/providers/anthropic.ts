import type { Provider } from './provider';

export const anthropic: Provider = {
	id: 'anthropic',
	label: 'Anthropic',
	baseUrl: 'https://api.anthropic.com',
	wire: 'anthropic-messages',
	auth: { kind: 'header', name: 'x-api-key' },
	headers: { 'anthropic-version': '2023-06-01' },
	defaultModel: 'claude-haiku-4-5',
	modelsPath: '/v1/models',
	counting: true,
};
