import type { ChatRequest } from '../../../language/request';
import type { Capability } from '../../capability';
import type { Quirks, WireTarget } from '../../provider';
import type { Json } from '../json';
import type { Warnings } from '../warnings';
import { thinks } from './reasoning';

interface Setting {
	readonly field: keyof ChatRequest & Capability;
	/** Its fields in the body; undefined where it was not said. */
	readonly write: (request: ChatRequest, quirks: Quirks, warnings: Warnings) => Json | undefined;
}

const said = (name: string, value: unknown): Json | undefined => (value === undefined ? undefined : { [name]: value });

const SETTINGS: readonly Setting[] = [
	{ field: 'temperature', write: temperatureField },
	{ field: 'topP', write: ({ topP }) => said('top_p', topP) },
	{ field: 'topK', write: ({ topK }) => said('top_k', topK) },
	{ field: 'stop', write: stopField },
	{ field: 'seed', write: ({ seed }, quirks) => said(quirks.seedField ?? 'seed', seed) },
	{ field: 'presencePenalty', write: ({ presencePenalty }) => said('presence_penalty', presencePenalty) },
	{ field: 'frequencyPenalty', write: ({ frequencyPenalty }) => said('frequency_penalty', frequencyPenalty) },
	{ field: 'logprobs', write: logprobFields },
	{ field: 'user', write: ({ user }) => said('user', user) },
	{ field: 'metadata', write: ({ metadata }) => said('metadata', metadata) },
];

/** What holds anyway, so that leaving it out changes nothing. */
const NEUTRAL: Partial<Readonly<Record<Setting['field'], number>>> = {
	temperature: 1,
	topP: 1,
	presencePenalty: 0,
	frequencyPenalty: 0,
};

/** The plain settings that were said, as far as this model takes them at this moment. */
export function settingFields(request: ChatRequest, target: WireTarget, warnings: Warnings): Json {
	const fields: Record<string, unknown> = {};
	const thinking = thinks(request, target);
	for (const { field, write } of SETTINGS) {
		if (thinking && target.quirks.notWhileThinking?.includes(field)) {
			if (request[field] !== undefined && request[field] !== NEUTRAL[field])
				warnings.add(field, `${target.model} takes no ${field} while it thinks; left out.`);
			continue;
		}
		if (field === 'metadata' && !keepsMetadata(request, target, warnings)) continue;
		Object.assign(fields, write(request, target.quirks, warnings));
	}
	return fields;
}

function temperatureField({ temperature }: ChatRequest, quirks: Quirks, warnings: Warnings): Json | undefined {
	const most = quirks.maxTemperature;
	if (temperature === undefined || most === undefined || temperature <= most) return said('temperature', temperature);
	warnings.add('temperature', `The provider takes at most ${most}; lowered from ${temperature}.`);
	return { temperature: most };
}

function stopField({ stop }: ChatRequest, quirks: Quirks, warnings: Warnings): Json | undefined {
	if (!stop?.length) return undefined;
	const most = quirks.maxStops ?? stop.length;
	if (stop.length > most) warnings.add('stop', `Only ${most} stop sequences are taken; the first were sent.`);
	return { stop: stop.slice(0, most) };
}

function logprobFields({ logprobs }: ChatRequest, quirks: Quirks, warnings: Warnings): Json | undefined {
	if (!logprobs) return undefined;
	const top = Math.min(logprobs.top, quirks.maxTopLogprobs ?? logprobs.top);
	if (top < logprobs.top) warnings.add('logprobs', `The provider gives at most ${top} alternatives; lowered.`);
	return { logprobs: true, ...(top > 0 && { top_logprobs: top }) };
}

/** OpenAI refuses metadata on what it does not store. */
function keepsMetadata({ metadata, providerOptions }: ChatRequest, target: WireTarget, warnings: Warnings): boolean {
	const { providerId, quirks } = target;
	if (metadata === undefined || !quirks.metadataNeedsStore) return true;
	if (providerOptions?.[providerId]?.store === true) return true;
	warnings.add('metadata', `Kept only with stored answers (store in providerOptions.${providerId}); left out.`);
	return false;
}
