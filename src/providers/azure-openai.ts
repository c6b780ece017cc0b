/** Azure OpenAI and Foundry: OpenAI's API behind an address that depends on its version. */
import type { ProviderConfig } from './config';
import { onResponses } from './openai';
import type { Provider } from './provider';
import { rootPath } from './root-path';

/** Of Foundry's model inference, where the configuration names no other. */
const INFERENCE_VERSION = '2024-05-01-preview';
/** The last generally available dated version. */
const DATED_VERSION = '2024-10-21';

/**
 * What follows the base URL: `/openai/v1/…` with the deployment as `model`; with an `apiVersion` the dated API
 * `/openai/deployments/<deployment>/…?api-version=…`. A base URL that already says part of it is continued.
 */
function pathOf(path: string, deployment: string, { apiVersion }: ProviderConfig, baseUrl: string): string {
	const operation = path.replace(/^\/openai\/v1(?=\/)/, '');
	const root = rootPath(baseUrl);
	const version = (fallback: string) => `?api-version=${encodeURIComponent(apiVersion ?? fallback)}`;
	if (root.endsWith('/models')) return `${operation}${version(INFERENCE_VERSION)}`;
	if (root.includes('/openai/deployments/')) return `${operation}${version(DATED_VERSION)}`;
	if (root.endsWith('/openai/v1')) return apiVersion === undefined ? operation : `${operation}${version('')}`;
	const start = root.endsWith('/openai') ? '' : '/openai';
	if (apiVersion === undefined) return `${start}/v1${operation}`;
	return `${start}${dated(operation, deployment)}${version('')}`;
}

/** Answers of the Responses API and lists belong to the resource, the rest to a deployment. */
const dated = (operation: string, deployment: string): string =>
	operation === '/responses' || operation === '/models'
		? operation
		: `/deployments/${encodeURIComponent(deployment)}${operation}`;

export const azureOpenai: Provider = {
	id: 'azure-openai',
	label: 'Azure OpenAI',
	baseUrl: null,
	wire: 'openai-chat',
	alternatives: [onResponses],
	auth: { kind: 'header', name: 'api-key', entra: true },
	quirks: {
		maxTokensField: 'max_completion_tokens',
		maxStops: 4,
		developerRole: true,
		reasoning: 'effort',
		refusalField: true,
		dialect: 'whole',
		metadataNeedsStore: true,
		base64Embeddings: true,
		withoutSampling: ['stop', 'logprobs', 'presencePenalty', 'frequencyPenalty'],
	},
	capabilities: {
		topK: { dropped: 'Azure OpenAI has no top_k.' },
		metadata: { lossy: 'Kept only with stored answers (`store` in providerOptions).' },
	},
	config: ['apiVersion', 'deployments', 'auth'],
	routing: {
		model: (model, { deployments }) =>
			deployments && Object.hasOwn(deployments, model) ? (deployments[model] ?? model) : model,
		path: pathOf,
	},
	defaultModel: 'gpt-5-mini',
	embeddings: { wire: 'openai-embeddings', defaultModel: 'text-embedding-3-small', maxInputs: 2048 },
	modelsPath: '/openai/v1/models',
	// Ahead of these stands what the base URL leaves of `/openai/v1` or `/openai/deployments/<deployment>`.
	passthrough: [
		'*/images/generations',
		'*/images/edits',
		'*/audio/speech',
		'*/audio/transcriptions',
		'*/audio/translations',
	],
};
