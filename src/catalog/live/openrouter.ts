/** OpenRouter's `GET /models` (its docs, "Models API Standard"): prices are decimal text, dollars per token. */
import type { Modality } from '../../providers/provider';
import type { Rates, Row, Tier } from '../table';
import { picoUsd } from './decimal';
import { bounded, type LiveModel } from './list';
import { arrayOf, countOf, type Json, objectOf, textOf, textsOf, told } from './reading';

export const openrouterModels = (body: unknown): LiveModel[] => bounded(arrayOf(objectOf(body).data).map(modelOf));

/** The query of the next page; null: this was the last. */
export function nextPage(body: unknown): string | null {
	const next = textOf(objectOf(objectOf(body).links).next);
	const query = next.indexOf('?');
	return query < 0 ? null : next.slice(query);
}

/** null: it answers neither in text nor in vectors. */
function modelOf(value: unknown): LiveModel | null {
	const model = objectOf(value);
	const architecture = objectOf(model.architecture);
	const answers = textsOf(architecture.output_modalities);
	const embeds = answers.includes('embeddings');
	if (answers.length > 0 && !embeds && !answers.includes('text')) return null;
	const provider = objectOf(model.top_provider);
	return told<LiveModel>({
		id: textOf(model.id),
		kind: embeds ? 'embedding' : answers.length > 0 ? 'chat' : undefined,
		contextWindow: countOf(model.context_length, provider.context_length),
		maxOutput: embeds ? undefined : countOf(provider.max_completion_tokens),
		input: modalitiesOf(textsOf(architecture.input_modalities)),
		output: answers.length > 1 ? modalitiesOf(answers) : undefined,
		...abilitiesOf(textsOf(model.supported_parameters), embeds),
		prices: pricesOf(objectOf(model.pricing), embeds),
		created: countOf(model.created),
	});
}

const MODALITIES: Readonly<Record<string, Modality>> = {
	text: 'text',
	image: 'image',
	audio: 'audio',
	video: 'video',
	file: 'pdf',
};

function modalitiesOf(names: readonly string[]): readonly Modality[] | undefined {
	const known = names.flatMap((name) => MODALITIES[name] ?? []).sort();
	return known.length > 0 ? known : undefined;
}

function abilitiesOf(parameters: readonly string[], embeds: boolean): Partial<LiveModel> {
	if (parameters.length === 0 || embeds) return {};
	return {
		tools: parameters.includes('tools'),
		structuredOutput: parameters.includes('structured_outputs'),
		reasoning: parameters.includes('reasoning'),
		sampling: parameters.includes('temperature'),
	};
}

/** 0 where it is sold by anything but the token, or at a price that depends. */
function pricesOf(pricing: Json, embeds: boolean): Row[7] | undefined {
	if (pricing.prompt === undefined) return undefined;
	const base = ratesOf(pricing, {});
	if (!base || (isFree(base) && !isFreeOfAll(pricing)) || (base[0] > 0 && base[1] === 0 && !embeds)) return 0;
	const overrides = arrayOf(pricing.overrides).map((override) => tierOf(objectOf(override), pricing));
	const tiers = overrides.filter((tier) => tier !== undefined);
	return [base, ...tiers.sort((left, right) => left[0] - right[0])];
}

const isFree = ([input, output]: Rates): boolean => input === 0 && output === 0;

/** Nothing else of it costs anything either: no picture, no song, no request. */
const isFreeOfAll = (pricing: Json): boolean =>
	Object.values(pricing).every((price) => typeof price !== 'string' || Number(price) === 0);

/** From `min_prompt_tokens` on; what an override leaves out stays as in the base. */
function tierOf(override: Json, base: Json): Tier | undefined {
	const from = countOf(override.min_prompt_tokens);
	const rates = ratesOf(override, base);
	return from !== undefined && rates ? [from - 1, ...rates] : undefined;
}

/** A zero beside a real price is a gap, not a gift: that part then costs what input or output does. */
function ratesOf(pricing: Json, base: Json): Rates | undefined {
	const price = (name: string): number | undefined => picoUsd(pricing[name] ?? base[name]);
	const [input, output] = [price('prompt'), price('completion')];
	if (input === undefined || output === undefined) return undefined;
	const part = (name: string): number | null => price(name) || null;
	return [
		input,
		output,
		part('input_cache_read'),
		part('input_cache_write'),
		part('audio'),
		part('internal_reasoning'),
		part('audio_output'),
		part('input_cache_write_1h'),
	];
}
