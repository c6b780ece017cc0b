/** Failures inside a 200; answers with another status read as in Chat Completions. */
import type { GatewayError } from '../../../errors';
import { objectOf, textOf } from '../json';
import { inBandError } from '../openai-chat/error';

/** Codes of `response.error` that are the caller's, beyond those every OpenAI error has. */
const CALLERS_FAULT = /(?:^|_)image(?:_|$)|^invalid_prompt$|^data_residency_mismatch$/;

/** `error`: of a response whose status is `failed`, or of an error event, flat or nested, or bare words. */
export function failure(error: unknown): GatewayError {
	const said = objectOf(error) ?? { message: textOf(error) };
	const code = textOf(said.code) ?? '';
	if (CALLERS_FAULT.test(code)) return inBandError({ error: { ...said, status: 400 } });
	if (code === 'vector_store_timeout') return inBandError({ error: { ...said, status: 504 } });
	return inBandError({ error: said });
}
