import type { ChatRequest } from '../../../language/request';
import type { UnsupportedField, WireTarget } from '../../provider';
import type { Json } from '../json';
import type { Warnings } from '../warnings';

type Field = UnsupportedField | 'temperature' | 'topP';

interface Setting {
	readonly field: Field;
	/** Its fields in the body; undefined where it was not said. */
	readonly write: (request: ChatRequest) => Json | undefined;
	/** It says what holds anyway, so that leaving it out changes nothing. */
	readonly isDefault?: (request: ChatRequest) => boolean;
}

/** OpenAI's and Groq's maximum. */
const MAX_STOPS = 4;
/** What a model without sampling refuses everywhere. */
const SAMPLING: readonly Field[] = ['temperature', 'topP', 'topK'];

const said = (name: string, value: unknown): Json | undefined => (value === undefined ? undefined : { [name]: value });

const SETTINGS: readonly Setting[] = [
	{ field: 'temperature', write: (r) => said('temperature', r.temperature), isDefault: (r) => r.temperature === 1 },
	{ field: 'topP', write: (r) => said('top_p', r.topP), isDefault: (r) => r.topP === 1 },
	{ field: 'topK', write: (r) => said('top_k', r.topK) },
	{ field: 'stop', write: (r) => (r.stop?.length ? { stop: r.stop.slice(0, MAX_STOPS) } : undefined) },
	{ field: 'seed', write: (r) => said('seed', r.seed) },
	{
		field: 'presencePenalty',
		write: (r) => said('presence_penalty', r.presencePenalty),
		isDefault: (r) => r.presencePenalty === 0,
	},
	{
		field: 'frequencyPenalty',
		write: (r) => said('frequency_penalty', r.frequencyPenalty),
		isDefault: (r) => r.frequencyPenalty === 0,
	},
	{ field: 'logprobs', write: logprobFields },
	{ field: 'user', write: (r) => said('user', r.user) },
	{ field: 'metadata', write: (r) => said('metadata', r.metadata) },
];

/** The plain settings that were said and that the target takes. */
export function settingFields(request: ChatRequest, target: WireTarget, warnings: Warnings): Json {
	const fields: Record<string, unknown> = {};
	for (const { field, write, isDefault } of SETTINGS) {
		const written = write(request);
		if (!written || (isDefault?.(request) && refuses(field, request, target))) continue;
		if (isTaken(field, request, target, warnings)) Object.assign(fields, written);
	}
	const dropped = (request.stop?.length ?? 0) - MAX_STOPS;
	if (dropped > 0 && fields.stop)
		warnings.add('stop', `Only ${MAX_STOPS} stop sequences are taken; the first were sent.`);
	return fields;
}

/** True where the target takes the field; otherwise it is named in the warnings. */
export function isTaken(field: Field, request: ChatRequest, target: WireTarget, warnings: Warnings): boolean {
	if (!refuses(field, request, target)) return true;
	warnings.add(field, `${target.providerId}/${target.model} does not take ${field} here; left out.`);
	return false;
}

function refuses(field: Field, request: ChatRequest, target: WireTarget): boolean {
	const { quirks, providerId } = target;
	const among = (fields: readonly Field[] | undefined) => fields?.includes(field) === true;
	if (among(quirks.unsupported)) return true;
	if (field === 'metadata' && quirks.metadataNeedsStore) return request.providerOptions?.[providerId]?.store !== true;
	return (among(SAMPLING) || among(quirks.withoutSampling)) && !samples(request, target);
}

/** From GPT-5.1 on, OpenAI's models sample where they are told not to reason. */
function samples({ reasoning }: ChatRequest, { traits }: WireTarget): boolean {
	if (traits.sampling) return true;
	const efforts = traits.reasoningOptions.flatMap((option) => (option.type === 'effort' ? option.values : []));
	return reasoning?.effort === 'none' && efforts.includes('none');
}

function logprobFields({ logprobs }: ChatRequest): Json | undefined {
	return logprobs && { logprobs: true, ...(logprobs.top > 0 && { top_logprobs: logprobs.top }) };
}
