/** Lenient reading of what providers send: only the fields used, each of which may be missing or of another type. */
import { GatewayError } from '../../errors';

export type Json = Readonly<Record<string, unknown>>;

/** Characters of one answer; above it the answer is refused unread. */
const MAX_BODY_LENGTH = 64 * 1024 * 1024;

export function isObject(value: unknown): value is Json {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object; undefined where it is something else. */
export const objectOf = (value: unknown): Json | undefined => (isObject(value) ? value : undefined);

/** The value as an array; empty where it is something else. */
export const arrayOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The value as a string; undefined where it is something else. */
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The value as a finite number; undefined where it is something else. */
export const numberOf = (value: unknown): number | undefined =>
	typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** The parsed text; undefined where it is no JSON. Never throws. */
export function tryJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** The object in a whole answer. Throws `upstream_malformed` for anything else, HTML and arrays included. */
export function parseAnswer(body: string, read: (text: string) => unknown = tryJson): Json {
	const parsed = body.length <= MAX_BODY_LENGTH ? read(body) : undefined;
	if (isObject(parsed)) return parsed;
	throw malformed('The upstream sent an answer that is not a JSON object.');
}

/** An answer that can't be read; `message` says in what way and quotes nothing of it. */
export function malformed(message: string, cause?: unknown): GatewayError {
	return new GatewayError('upstream_malformed', message, {
		upstream: { failure: 'malformed', scope: 'provider', status: 200 },
		...(cause !== undefined && { cause }),
	});
}
