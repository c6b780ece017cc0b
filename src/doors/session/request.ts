/** What signing in is asked with: a credential in the headers or in a JSON body, never in the cookie. */
import * as z from 'zod';
import { credentialOf } from '../../auth/bearer';
import { ORGANIZATION_HEADER } from '../../auth/operator';
import { GatewayError, invalid } from '../../errors';
import { parseJsonObject } from '../../http/body';
import type { HttpContext } from '../../http/context';
import { parsed } from '../../http/issue';
import { bringsCredential, isJson } from '../../http/session';

/** Body of `POST /api/v1/session`; with a credential in the headers it may be left out, or be without one. */
export const signInRequest = z.strictObject({
	credential: z.string().optional().describe('Gateway key, JSON Web Token or ADMIN_API_KEY.'),
	organization: z
		.string()
		.min(1)
		.max(128)
		.optional()
		.describe('What the operator signs in to, by id or slug; requests may still name another.'),
});

export interface SignIn {
	readonly credential: string;
	/** null: none was named. */
	readonly organization: string | null;
	/** Throws `invalid_request`: only for whoever has proved to be somebody. */
	readonly checked: () => void;
}

const missing = (): GatewayError =>
	new GatewayError(
		'unauthorized',
		'No credential: send it as `Authorization: Bearer <key>`, or as the field credential of an application/json body.',
	);

/** A body of another type is not looked at: pages of other origins can send those without being asked. */
function bodyOf(c: HttpContext, text: string): Readonly<Record<string, unknown>> {
	if (!isJson(c)) return {};
	try {
		return parseJsonObject(text);
	} catch {
		return {};
	}
}

function check(c: HttpContext, text: string): void {
	if (text.trim() === '') return;
	if (!isJson(c)) throw invalid('content-type', 'content-type: must be application/json.');
	parsed(signInRequest, parseJsonObject(text));
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Throws `unauthorized` where there is no credential. */
export function signInOf(c: HttpContext, text: string): SignIn {
	const { headers } = c.req.raw;
	const body = bodyOf(c, text);
	const credential = bringsCredential(headers) ? credentialOf(headers) : textOf(body.credential);
	if (credential === null) throw missing();
	return {
		credential,
		organization: textOf(body.organization) ?? textOf(headers.get(ORGANIZATION_HEADER)?.trim()),
		checked: () => check(c, text),
	};
}
