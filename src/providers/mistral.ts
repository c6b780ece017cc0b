import type { Provider } from './provider';

/** Unknown fields are refused there (422), so that nothing is sent on trust. */
export const mistral: Provider = {
	id: 'mistral',
	label: 'Mistral',
	baseUrl: 'https://api.mistral.ai/v1',
	wire: 'openai-chat',
	auth: { kind: 'bearer' },
	quirks: {
		seedField: 'random_seed',
		dimensionsField: 'output_dimension',
		maxTemperature: 1.5,
		reasoning: 'effort',
		efforts: ['none', 'high'],
		streamUsage: false,
		requiredChoice: 'any',
		shortCallIds: true,
		textRequired: true,
		assistantAfterTools: true,
		documentParts: true,
		anonymousEmbeddings: true,
	},
	capabilities: {
		'messages.name': { dropped: 'Mistral takes no names of users.' },
		'file.url': 'exact',
		topK: { dropped: 'Mistral has no top_k.' },
		logprobs: { dropped: 'Mistral gives no log probabilities.' },
		user: { dropped: 'Mistral takes no user.' },
		metadata: { dropped: 'Mistral takes no metadata.' },
	},
	defaultModel: 'mistral-small-latest',
	embeddings: { wire: 'openai-embeddings', defaultModel: 'mistral-embed', maxInputs: 32 },
	modelsPath: '/models',
};
