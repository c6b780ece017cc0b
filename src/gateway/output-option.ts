/** Bounds of the answer among the options that are passed on to a provider as they are, where they win over `maxTokens`. */
import { invalid } from '../errors';
import type { ChatRequest } from '../language/request';
import { isObject } from '../providers/wire/json';
import type { Target } from './target';

/** As the protocols name them. */
const NAMES: ReadonlySet<string> = new Set([
	'max_tokens',
	'max_completion_tokens',
	'max_output_tokens',
	'max_new_tokens',
	'maxTokens',
	'maxOutputTokens',
	'num_predict',
]);

type Asking = Pick<ChatRequest, 'providerOptions'>;

/** At the top, or in an object there (`generationConfig`, `inferenceConfig`, `options`): path and value. */
function boundsIn({ providerOptions }: Asking, providerId: string): readonly (readonly [string, unknown])[] {
	const options = providerOptions?.[providerId];
	if (!isObject(options)) return [];
	return Object.entries(options).flatMap(([field, value]): (readonly [string, unknown])[] => {
		if (NAMES.has(field)) return [[field, value]];
		if (!isObject(value)) return [];
		const named = Object.entries(value).filter(([name]) => NAMES.has(name));
		return named.map(([name, inner]) => [`${field}.${name}`, inner] as const);
	});
}

/** Most tokens of the answer that are asked for there; undefined: nothing says so. */
export const outputAsked = (request: Asking & Pick<ChatRequest, 'maxTokens'>, providerId: string): number | undefined =>
	optionalOutput(request, providerId) ?? request.maxTokens;

/** As the options say it; null: they do not. */
function optionalOutput(request: Asking, providerId: string): number | null {
	if (request.providerOptions === undefined) return null;
	const figures = boundsIn(request, providerId).flatMap(([, value]) =>
		typeof value === 'number' && value > 0 ? [Math.ceil(value)] : [],
	);
	return figures.length > 0 ? Math.max(...figures) : null;
}

/** Throws `invalid_request` for one of more than `most`, or that may mean it (`null`, −1), to any that may be asked. */
export function checkOptionalOutput(request: Asking, most: number | undefined, targets: readonly Target[]): void {
	if (most === undefined || request.providerOptions === undefined) return;
	for (const id of new Set(targets.map(({ provider }) => provider.id)))
		for (const [path, value] of boundsIn(request, id)) {
			if (typeof value === 'number' && value > 0 && value <= most) continue;
			const param = `providerOptions.${id}.${path}`;
			throw invalid(param, `${param}: ${JSON.stringify(value)} is not within the ${most} that may be asked for here.`);
		}
}
