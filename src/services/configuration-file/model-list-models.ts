/** What entries of LiteLLM's `model_list` say of their models, as custom models. */
import type { CustomModelEntry, PriceEntry } from './document-schema';
import type { Draft } from './draft';
import type { ModelEntry } from './litellm-shape';
import type { Path } from './parse';

/** $ per token in, $ per million out, without the dust of binary fractions. */
const perMillion = (usdPerToken: number): string => String(Number((usdPerToken * 1e6).toPrecision(12)));

function pricesOf({ litellm_params: params, model_info: info }: ModelEntry): PriceEntry | null {
	const input = params.input_cost_per_token ?? info?.input_cost_per_token;
	const output = params.output_cost_per_token ?? info?.output_cost_per_token;
	if (input == null || output == null) return null;
	const cacheRead = info?.cache_read_input_token_cost;
	return {
		input: perMillion(input),
		output: perMillion(output),
		...(cacheRead != null && { cacheRead: perMillion(cacheRead) }),
	};
}

function capabilitiesOf(info: ModelEntry['model_info']): NonNullable<CustomModelEntry['capabilities']> {
	return {
		...(info?.supports_vision && { input: ['image'] }),
		...(info?.supports_function_calling != null && { tools: info.supports_function_calling }),
		...(info?.supports_reasoning != null && { reasoning: info.supports_reasoning }),
		...(info?.supports_response_schema != null && { structuredOutput: info.supports_response_schema }),
	};
}

/** null: the entry says nothing of the model that the catalog should know better. */
function customModelOf(provider: string, model: string, entry: ModelEntry): CustomModelEntry | null {
	const info = entry.model_info;
	const prices = pricesOf(entry);
	const window = info?.max_input_tokens ?? info?.max_tokens;
	const capabilities = capabilitiesOf(info);
	if (!(prices || info?.mode === 'embedding' || window)) return null;
	return {
		provider,
		model,
		...(info?.mode === 'embedding' && { kind: 'embedding' as const }),
		...(window && { contextWindow: window }),
		...(info?.max_output_tokens && { maxOutput: info.max_output_tokens }),
		...(Object.keys(capabilities).length > 0 && { capabilities }),
		...(prices && { prices }),
	};
}

/** Several entries may be one model by several keys: what the first says of it stays. */
export function placeModel(draft: Draft, provider: string, model: string, entry: ModelEntry, from: Path): void {
	const said = customModelOf(provider, model, entry);
	if (!said) return;
	const before = draft.document.customModels?.find((one) => one.provider === provider && one.model === model);
	if (!before) draft.customModel(said, from);
	else if (JSON.stringify(before) !== JSON.stringify(said))
		draft.note(from, `an earlier entry says something else of '${provider}/${model}': that stays.`);
}
