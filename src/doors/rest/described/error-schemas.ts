/** Errors as each door writes them. */
import * as z from 'zod';
import { type ErrorCode, STATUS } from '../../../errors';
import type { ErrorShape, Named } from '../operation';

export const CODES = Object.keys(STATUS) as ErrorCode[];

const code = z.enum([...CODES, 'method_not_allowed']);
const param = z.string().nullable().describe('The field at fault.');

const problem = z
	.object({
		type: z.literal('about:blank'),
		title: z.string(),
		status: z.int(),
		detail: z.string().describe('What is wrong, and what to do.'),
		code,
		param,
	})
	.describe('Problem details (RFC 9457).');

const openAiError = z
	.object({ error: z.object({ message: z.string(), type: z.string(), code, param }) })
	.describe('An error as OpenAI writes it.');

const anthropicError = z
	.object({
		type: z.literal('error'),
		error: z.object({ type: z.string(), message: z.string() }),
		request_id: z.string(),
	})
	.describe('An error as Anthropic writes it.');

interface ErrorSchema extends Named {
	readonly mediaType: string;
}

export const ERRORS: Readonly<Record<ErrorShape, ErrorSchema>> = {
	problem: { name: 'Problem', schema: problem, mediaType: 'application/problem+json' },
	openai: { name: 'OpenAiError', schema: openAiError, mediaType: 'application/json' },
	anthropic: { name: 'AnthropicError', schema: anthropicError, mediaType: 'application/json' },
};

/** What a status means, whichever door it comes from. */
export const MEANINGS: Readonly<Record<number, string>> = {
	400: 'A field is missing, unknown or wrong; `param` names it.',
	401: 'The credential is missing, unknown, expired or revoked.',
	402: 'A budget is used up.',
	403: 'The credential may not do this.',
	404: "There is no such thing here. Another organization's is told apart from none by nobody.",
	409: 'It is in use, exists already, or was changed meanwhile (`param: version`).',
	413: 'The body exceeds 16 MiB.',
	429: 'A limit is reached; `Retry-After` says for how long.',
	500: 'A fault of ours. `x-request-id` finds it in the log.',
	502: 'The upstream refused our credential, or answered unreadably.',
	503: 'A store or an upstream does not answer. Try again.',
	504: 'The upstream did not answer in time.',
};
