/** `inferenceConfig`, and topK, which each maker's models take elsewhere. */
import type { ChatRequest } from '../../../language/request';
import type { WireTarget } from '../../provider';
import { toSampling } from '../anthropic-messages/sampling';
import type { Json } from '../json';
import type { Warnings } from '../warnings';
import type { Steering } from './reasoning';
import type { Vendor } from './vendors';

export interface Settings {
	readonly inferenceConfig: Json;
	/** For `additionalModelRequestFields`. */
	readonly fields: Json;
}

interface Sampling {
	readonly temperature?: number | undefined;
	readonly topP?: number | undefined;
	readonly topK?: number | undefined;
	readonly stop?: readonly string[] | undefined;
}

export function toSettings(
	request: ChatRequest,
	target: WireTarget,
	vendor: Vendor,
	steering: Steering,
	warnings: Warnings,
): Settings {
	const { temperature, topP, topK, stop } =
		vendor.reasoning === 'anthropic'
			? claudes(request, target, steering.active, warnings)
			: others(request, target, vendor, steering, warnings);
	const maxTokens = boundOf(steering, request, warnings);
	return {
		inferenceConfig: {
			...(maxTokens !== undefined && { maxTokens }),
			...(temperature !== undefined && { temperature }),
			...(topP !== undefined && { topP }),
			...(stop && stop.length > 0 && { stopSequences: stop }),
		},
		fields: topK === undefined || !vendor.topK ? {} : nested(vendor.topK, topK),
	};
}

/** Claude's rules are the same here as at Anthropic. */
function claudes(request: ChatRequest, target: WireTarget, thinking: boolean, warnings: Warnings): Sampling {
	const { temperature, top_p, top_k, stop_sequences } = toSampling(request, target, thinking, warnings);
	return { temperature, topP: top_p, topK: top_k, stop: stop_sequences };
}

function others(
	request: ChatRequest,
	{ traits }: WireTarget,
	vendor: Vendor,
	{ unbounded }: Steering,
	warnings: Warnings,
): Sampling {
	const refusing = unbounded ?? (traits.sampling ? undefined : 'This model');
	const sampled = (field: 'temperature' | 'topP' | 'topK', taken = true): number | undefined => {
		const asked = request[field];
		if (asked === undefined || (taken && !refusing)) return asked;
		warnings.add(field, `${refusing ?? 'This model'} takes no ${field}; it was left out.`);
		return undefined;
	};
	return {
		temperature: sampled('temperature'),
		topP: sampled('topP'),
		topK: sampled('topK', vendor.topK !== null),
		stop: stopOf(request.stop, vendor, warnings),
	};
}

function stopOf(asked: readonly string[] = [], vendor: Vendor, warnings: Warnings): readonly string[] {
	if (vendor.stop || asked.length === 0) return asked;
	warnings.add('stop', 'This model takes no stop sequences; they were left out.');
	return [];
}

function boundOf({ maxTokens, unbounded }: Steering, request: ChatRequest, warnings: Warnings): number | undefined {
	if (!unbounded || request.maxTokens === undefined) return maxTokens;
	warnings.add('maxTokens', `${unbounded} takes no bound of its output; it was left out.`);
	return undefined;
}

const nested = (path: readonly string[], value: unknown): Json =>
	path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Json;
