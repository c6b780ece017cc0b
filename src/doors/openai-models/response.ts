/** A model as OpenAI lists it, and beside that what is known of it, also under the names of OpenRouter's list. */
import type { Gateway } from '../../gateway/call';
import { pricingBody } from './pricing';

type Model = Awaited<ReturnType<Gateway['models']>>[number];

export const modelId = ({ server, provider, model }: Model): string => `${server ?? provider}/${model}`;

/** What OpenRouter's clients look for, of the request fields of the chat door. */
function supportedParameters({ kind, tools, structuredOutput, reasoning, sampling }: Model): readonly string[] {
	if (kind === 'embedding') return [];
	return [
		'max_tokens',
		...(sampling ? ['temperature', 'top_p'] : []),
		...(tools ? ['tools', 'tool_choice'] : []),
		...(structuredOutput ? ['response_format', 'structured_outputs'] : []),
		...(reasoning ? ['reasoning', 'reasoning_effort'] : []),
	];
}

const modality = (input: readonly string[], output: readonly string[]): string =>
	`${input.join('+')}->${output.join('+')}`;

export function modelBody(model: Model) {
	const output = model.kind === 'embedding' ? ['embeddings'] : (model.output ?? ['text']);
	// A guessed window is no fact: it is what the gateway plans with, and is not told.
	const window = model.known ? model.contextWindow : null;
	return {
		id: modelId(model),
		object: 'model',
		/** When it came out (seconds since epoch); 0: unknown, since OpenAI's type requires a number. */
		created: model.created ?? 0,
		owned_by: model.server ?? model.provider,
		provider: model.provider,
		...(model.displayName !== undefined && { name: model.displayName }),
		kind: model.kind,
		/** Tokens; null where they are unknown. */
		context_window: window,
		context_length: window,
		max_input_tokens: model.inputLimit,
		max_output_tokens: model.maxOutput,
		input_modalities: model.input,
		output_modalities: output,
		capabilities: {
			tools: model.tools,
			structured_output: model.structuredOutput,
			reasoning: model.reasoning,
			/** False: temperature, top_p and top_k are refused. */
			sampling: model.sampling,
			vision: model.input.includes('image'),
		},
		/** How reasoning is steered: efforts by name, a switch, a budget in tokens. */
		reasoning_options: model.reasoningOptions,
		/** Family of the tokenizer that the estimates use. */
		tokenizer: model.tokenizer,
		/** Length of a vector; null: it gives none, or of unknown length. */
		dimensions: model.dimensions ?? null,
		/** null: unknown. */
		pricing: pricingBody(model.prices, model.priceVersion),
		/** False: the figures are guesses. */
		known: model.known,
		/** Who lists it: `catalog`, or its provider's own list, read `live`. */
		source: model.source ?? 'catalog',
		deprecated: model.deprecated ?? false,
		/** The organization's own names for it. */
		aliases: model.aliases ?? [],
		architecture: {
			modality: modality(model.input, output),
			input_modalities: model.input,
			output_modalities: output,
			tokenizer: model.tokenizer,
		},
		top_provider: { context_length: window, max_completion_tokens: model.maxOutput },
		supported_parameters: supportedParameters(model),
	};
}
