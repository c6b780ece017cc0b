import type { Provider } from './provider';

export const bedrock: Provider = {
	id: 'bedrock',
	label: 'Amazon Bedrock',
	baseUrl: null,
	wire: 'bedrock-converse',
	auth: { kind: 'aws', service: 'bedrock' },
	config: ['region'],
	routing: { baseUrl: ({ region }) => (region ? `https://bedrock-runtime.${region}.amazonaws.com` : null) },
	defaultModel: 'global.anthropic.claude-haiku-4-5-20251001-v1:0',
	embeddings: {
		wire: 'bedrock-embeddings',
		defaultModel: 'amazon.titan-embed-text-v2:0',
		maxInputs: 96,
		maxInputsOf: [
			['*cohere.embed-*', 96],
			['*', 1],
		],
	},
	counting: true,
	passthrough: ['/model/*/invoke', '/model/*/invoke-with-response-stream', '/guardrail/*/version/*/apply'],
};
