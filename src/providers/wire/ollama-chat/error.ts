/** Errors: `{"error": "…"}` with a status, or as a line of a stream, the status then often left out. */
import type { GatewayError } from '../../../errors';
import { contextFailure, contextLimit, figuresIn, type TooLong } from '../context-limit';
import { type Failure, failureOfStatus, upstreamError } from '../failure';
import { isObject, type Json, numberOf, objectOf, textOf, tryJson } from '../json';

interface Said {
	readonly message?: string | undefined;
	/** As its fields say it. */
	readonly tooLong?: TooLong | undefined;
}

type Verdict = Pick<Failure, 'failure' | 'scope' | 'contextLimit' | 'promptTokens' | 'param' | 'code'>;

/** Statuses at which a message about length is about the request; the server says 500 for some. */
const LENGTH_STATUSES: ReadonlySet<number> = new Set([400, 413, 500]);

/** What only the message tells. `at`: the statuses it is believed at. */
const RULES: readonly { readonly message: RegExp; readonly at: readonly number[]; readonly verdict: Verdict }[] = [
	{
		message: /does not support thinking|think value/i,
		at: [400],
		verdict: { failure: 'bad-request', scope: 'request', param: 'reasoning' },
	},
	{
		message: /does not support tools/i,
		at: [400],
		verdict: { failure: 'bad-request', scope: 'request', param: 'tools' },
	},
	{ message: /model .{1,200} not found/i, at: [400, 500], verdict: { failure: 'model-missing', scope: 'model' } },
	{ message: /(?:daily|weekly|monthly) usage limit/i, at: [429], verdict: { failure: 'quota', scope: 'key' } },
	{ message: /subscription|upgrade/i, at: [403], verdict: { failure: 'quota', scope: 'key' } },
	{ message: /more system memory/i, at: [500], verdict: { failure: 'server', scope: 'model' } },
	{
		message: /maximum pending requests|server busy/i,
		at: [429, 500],
		verdict: { failure: 'overloaded', scope: 'provider' },
	},
];

/** A non-2xx answer. A 404 without the API's own form comes from something that is no Ollama. */
export function fromError(status: number, headers: Headers, body: string): GatewayError {
	const parsed = tryJson(body);
	const said = isObject(parsed) ? readSaid(parsed) : {};
	if (status === 404 && said.message === undefined) {
		return upstreamError({ failure: 'malformed', scope: 'provider', status, headers });
	}
	return upstreamError({ ...verdictOf(status, said), status, message: said.message, headers });
}

/** An error inside a 200: by the status it names, else by its words. */
export function errorInside(line: Json): GatewayError {
	const said = readSaid(line);
	const status = numberOf(line.status) ?? statusOf(said);
	if (status !== undefined) return upstreamError({ ...verdictOf(status, said), status, message: said.message });
	const unknown = { failure: 'server', scope: 'provider', code: 'upstream_malformed' } as const;
	return upstreamError({ ...unknown, status: 200, message: said.message });
}

function statusOf(said: Said): number | undefined {
	if (tooLongOf(said)) return 400;
	return RULES.find((rule) => rule.message.test(said.message ?? ''))?.at[0];
}

function verdictOf(status: number, said: Said): Verdict {
	const tooLong = LENGTH_STATUSES.has(status) ? tooLongOf(said) : null;
	if (tooLong) return contextFailure(tooLong);
	const rule = RULES.find(({ message, at }) => at.includes(status) && message.test(said.message ?? ''));
	return rule?.verdict ?? failureOfStatus(status);
}

/** Fields come before words. */
function tooLongOf({ message, tooLong }: Said): TooLong | null {
	const words = message === undefined ? null : contextLimit(message);
	return tooLong || words ? { ...words, ...tooLong } : null;
}

/** Newer servers pass on their runner's error as JSON inside the string, with the window as `n_ctx`. */
function readSaid(body: Json): Said {
	const error = textOf(body.error);
	if (error === undefined) return readFields(objectOf(body.error));
	const inner = error.startsWith('{') ? objectOf(objectOf(tryJson(error))?.error) : undefined;
	return inner ? readFields(inner) : { message: error };
}

const readFields = (error: Json | undefined): Said => ({
	message: textOf(error?.message),
	tooLong: error?.type === 'exceed_context_size_error' ? figuresIn(error) : undefined,
});
