import type { Provider } from './provider';

/** Meta's Model API (Muse models), which replaced the Llama API on 6 July 2026. */
export const metaLlama: Provider = {
	id: 'meta-llama',
	label: 'Meta',
	baseUrl: 'https://api.meta.ai/v1',
	wire: 'openai-chat',
	alternatives: [{ wire: 'openai-responses', sealedReasoning: true }],
	auth: { kind: 'bearer' },
	quirks: {
		maxTokensField: 'max_completion_tokens',
		reasoning: 'effort',
		// Its models always reason.
		efforts: ['minimal', 'low', 'medium', 'high', 'xhigh'],
		toolChoices: 'auto',
	},
	capabilities: {
		audio: { refused: "Meta's models take no audio." },
		'toolChoice.none': { lossy: 'The tools are left out.' },
		'toolChoice.required': { dropped: 'Meta leaves it to the model whether to call a tool.' },
		'toolChoice.named': { dropped: 'Meta leaves it to the model which tool to call.' },
		topK: { dropped: 'Meta has no top_k.' },
		stop: { dropped: 'Meta has no stop sequences.' },
		metadata: { dropped: 'Meta takes no metadata.' },
	},
	defaultModel: 'muse-spark-1.3',
	modelsPath: '/models',
};
