/** OpenAI's own fields (`ChatRequest.dialect`): what of them the target doesn't speak. */
import type { ChatRequest } from '../../language/request';
import type { Quirks } from '../quirks';
import type { Findings } from './findings';

type Dialect = NonNullable<ChatRequest['dialect']>;

/** They change what an answer costs, or whom it is counted for, and never the answer. */
const HINTS: readonly string[] = [
	'prompt_cache_key',
	'prompt_cache_retention',
	'prompt_cache_options',
	'safety_identifier',
];

/** Values that say no more than their absence does. */
const DEFAULTS: Readonly<Record<string, readonly unknown[]>> = {
	service_tier: ['auto', 'default'],
	verbosity: ['medium'],
};

/** The fields to send; the same object where the target takes all. Throws `invalid_request` where the request is strict. */
export function settleDialect(
	{ dialect }: ChatRequest,
	{ dialect: spoken = [] }: Quirks,
	findings: Findings,
): Dialect | undefined {
	if (!dialect || spoken === 'whole') return dialect;
	const taken: Record<string, unknown> = {};
	for (const [field, value] of Object.entries(dialect)) {
		if (spoken.includes(field)) taken[field] = value;
		else if (!DEFAULTS[field]?.includes(value)) findings.unspoken(field, HINTS.includes(field));
	}
	return Object.keys(taken).length === 0 ? undefined : taken;
}

export function withDialect({ dialect: _, ...rest }: ChatRequest, dialect: Dialect | undefined): ChatRequest {
	return dialect ? { ...rest, dialect } : rest;
}
