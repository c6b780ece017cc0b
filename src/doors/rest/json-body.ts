/** A body that says it is JSON, and is a JSON object. */
import { invalid } from '../../errors';
import { parseJsonObject, withBody } from '../../http/body';
import type { HttpContext } from '../../http/context';

/** `application/json`, or a type built on it (RFC 6839), with parameters or without. */
const JSON_TYPE = /^application\/(?:[\w.!#$&^-]+\+)?json[ \t]*(?:;|$)/i;

/** Also keeps out what a page of another origin can send without asking first. */
function requireJson(type: string | undefined): void {
	if (type === undefined) throw invalid('content-type', 'content-type: send application/json.');
	if (!JSON_TYPE.test(type)) throw invalid('content-type', 'content-type: must be application/json.');
}

/** `optional`: no body at all counts as `{}`. Throws `invalid_request`, `too_large`. */
export const jsonBody = (
	c: HttpContext,
	optional: boolean,
	work: (value: Readonly<Record<string, unknown>>) => Promise<Response>,
): Promise<Response> =>
	withBody(c, async (text) => {
		if (optional && text.trim() === '') return work({});
		requireJson(c.req.header('content-type'));
		return work(parseJsonObject(text));
	});
