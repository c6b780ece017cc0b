/** `/api/v1/openapi.json` and `/docs`: a static file of this deployment, with the request's own origin in it. */
import * as z from 'zod';
import { GatewayError } from '../../errors';
import type { HttpContext } from '../../http/context';
import { documentText, pageText, type Rendered } from './rendered';
import { route } from './serve';

const file: z.ZodType<Rendered> = z.object({ document: z.string(), page: z.string(), style: z.string() });

/** Throws `internal` where the file is missing: any path without one is answered with the console's page. */
async function rendered(c: HttpContext): Promise<Rendered> {
	try {
		const response = await c.var.composition.asset('/description.json');
		return file.parse(await response.json());
	} catch (cause) {
		const message = 'The description of this interface was not built: run `npm run build`, or `npm run dev` anew.';
		throw new GatewayError('internal', message, { cause });
	}
}

const originOf = (c: HttpContext): string => new URL(c.req.url).origin;

export const openApiRoute = route({
	method: 'get',
	path: '/api/v1/openapi.json',
	// Public and without a secret: tools on other origins may read it.
	handle: async (c) =>
		new Response(documentText(await rendered(c), originOf(c)), {
			headers: {
				'content-type': 'application/json',
				'cache-control': 'no-cache',
				'access-control-allow-origin': '*',
			},
		}),
});

/** Its style is allowed by its digest, since `unsafe-inline` would allow any other too. */
const policy = (style: string): string =>
	[
		"default-src 'none'",
		`style-src 'sha256-${style}'`,
		"img-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	].join('; ');

/** The page with the headers that let it load nothing but itself. */
export async function docs(c: HttpContext): Promise<Response> {
	const description = await rendered(c);
	return new Response(pageText(description, originOf(c)), {
		headers: {
			'content-type': 'text/html; charset=utf-8',
			'cache-control': 'no-cache',
			'content-security-policy': policy(description.style),
			'x-content-type-options': 'nosniff',
			'x-frame-options': 'DENY',
			'referrer-policy': 'no-referrer',
			'cross-origin-opener-policy': 'same-origin',
			'cross-origin-resource-policy': 'same-origin',
			'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
		},
	});
}
