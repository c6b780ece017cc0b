/** Errors: `{"message", "id"?, "error_type"?}` with a status, or a failed finish inside a 200. */
import type { GatewayError } from '../../../errors';
import { contextFailure, contextLimit } from '../context-limit';
import { type Failure, failureOfStatus, upstreamError } from '../failure';
import { objectOf, textOf, tryJson } from '../json';

type Verdict = Pick<Failure, 'failure' | 'scope'> & Partial<Pick<Failure, 'contextLimit' | 'promptTokens'>>;

/** A non-2xx answer; HTML and the like is judged by its status. */
export function fromError(status: number, headers: Headers, body: string): GatewayError {
	const said = objectOf(tryJson(body));
	const message = textOf(said?.message);
	return upstreamError({ ...verdictOf(status, textOf(said?.error_type), message ?? ''), status, message, headers });
}

/** `ERROR` or `TIMEOUT` in place of a finish reason. */
export function failedFinish(raw: string, detail: unknown): GatewayError {
	const message = textOf(detail) ?? '';
	const found = contextLimit(message);
	if (found) return upstreamError({ ...contextFailure(found), status: 400, message });
	const status = raw === 'TIMEOUT' ? 504 : 500;
	return upstreamError({ ...failureOfStatus(status), status, message });
}

function verdictOf(status: number, type: string | undefined, message: string): Verdict {
	switch (status) {
		case 400:
		case 413:
		case 422:
			return tooLong(type, message) ?? failureOfStatus(status);
		case 429:
			// A trial key's month is used up; its minute is not worth the name.
			return / (?:\/|per) month/i.test(message) ? { failure: 'quota', scope: 'key' } : failureOfStatus(status);
		case 498: // a token on its deny-list
			return { failure: 'content-filter', scope: 'request' };
		case 499: // cancelled there, not by us
			return { failure: 'network', scope: 'provider' };
		case 501:
			return { failure: 'bad-request', scope: 'request' };
		default:
			return failureOfStatus(status);
	}
}

/** "max tokens must be less than …" has the same type, but is about `maxTokens` alone. */
function tooLong(type: string | undefined, message: string): Verdict | undefined {
	const found = contextLimit(message);
	if (!found && (type !== 'TOO_MANY_TOKENS' || /max[_ ]tokens must/i.test(message))) return undefined;
	return contextFailure(found ?? {});
}
