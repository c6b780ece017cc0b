/** How each door says no. */
import type { Answered } from './access-world';

export interface Refusal {
	readonly status: number;
	readonly code: string;
	readonly message: string;
}

type Json = Readonly<Record<string, unknown>>;

const CODES: Readonly<Record<number, string>> = { 401: 'unauthorized', 403: 'forbidden' };
const ANTHROPIC: Readonly<Record<number, string>> = {
	400: 'invalid_request_error',
	401: 'authentication_error',
	403: 'permission_error',
	404: 'not_found_error',
};
const OPENAI: Readonly<Record<number, string>> = {
	400: 'invalid_request_error',
	401: 'authentication_error',
	403: 'permission_error',
	404: 'invalid_request_error',
};

/** What our one error looks like at this door, with whatever text and field it has. */
function shapeAt(path: string, status: number, code: string): Json {
	const text = '<text>';
	if (path.startsWith('/v1/messages'))
		return { type: 'error', error: { type: ANTHROPIC[status], message: text }, request_id: text };
	if (path.startsWith('/v1/')) return { error: { message: text, type: OPENAI[status], code, param: text } };
	if (path.startsWith('/trpc/')) {
		const gateway = { code, message: text, param: text, retryable: false, retryAfterMs: null, source: 'gateway' };
		return { error: { message: text, code: text, data: { code: text, httpStatus: status, path: text, gateway } } };
	}
	return { type: 'about:blank', title: text, status, detail: text, code, param: text };
}

/** Texts that are not fixed by status and code, in `like`'s place. */
function masked(value: unknown, like: unknown): unknown {
	if (like === '<text>') return '<text>';
	if (typeof like !== 'object' || like === null || typeof value !== 'object' || value === null) return value;
	const known = like as Json;
	return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, masked(inner, known[name])]));
}

/** An error that is `path`'s only where a procedure was reached. */
function withoutPath(shape: Json, body: Json): Json {
	if (JSON.stringify(body).includes('"path":')) return shape;
	return JSON.parse(JSON.stringify(shape).replace(',"path":"<text>"', '')) as Json;
}

export interface Shown {
	readonly status: number;
	readonly type: string | null;
	readonly challenged: boolean;
	readonly body: unknown;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/** A refusal as it was answered, and as the door of `path` writes it: the two must be equal. */
export function refusalAt(
	path: string,
	status: number,
	{ status: was, headers, text }: Answered,
	code = CODES[status] ?? '',
): { readonly is: Shown; readonly ought: Shown } {
	const body = parsed(text);
	const shape = withoutPath(shapeAt(path, status, code), (body ?? {}) as Json);
	const problem = !path.startsWith('/v1/') && !path.startsWith('/trpc/');
	return {
		is: {
			status: was,
			type: headers['content-type']?.split(';')[0] ?? null,
			challenged: headers['www-authenticate'] !== undefined,
			body: masked(body, shape),
		},
		ought: {
			status,
			type: problem ? 'application/problem+json' : 'application/json',
			challenged: status === 401,
			body: shape,
		},
	};
}

/** Status of an answer; of tRPC's stream, whose head was sent before, that of the error inside it. */
export function statusOf({ status, text }: Answered): number {
	const inside = /"httpStatus":(\d+)/.exec(text)?.[1];
	return status === 200 && inside !== undefined ? Number(inside) : status;
}

/** Our code, wherever the door puts it. */
export const codeOf = ({ text }: Answered): string | null =>
	/"gateway":\{"code":"(\w+)"/.exec(text)?.[1] ?? /"code":"([a-z_]+)"/.exec(text)?.[1] ?? null;

/** What tells one answer from another, but for what differs each time. */
export const comparable = ({ status, headers, text }: Answered) => {
	const { date: _, 'content-length': _length, 'x-request-id': id = '', 'request-id': _id, ...rest } = headers;
	return { status, headers: rest, text: id === '' ? text : text.replaceAll(id, '<request>') };
};
