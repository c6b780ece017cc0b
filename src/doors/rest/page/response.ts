/** The page with the headers that let it load nothing but itself. */
import type { OpenApiDocument } from '../openapi/types';
import { page } from './page';
import { STYLE } from './style';

const base64 = (bytes: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(bytes)));

/** Allowed by its digest, since `unsafe-inline` would allow any other too. */
async function policy(): Promise<string> {
	const digest = base64(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(STYLE)));
	return [
		"default-src 'none'",
		`style-src 'sha256-${digest}'`,
		"img-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	].join('; ');
}

export async function pageResponse(document: OpenApiDocument): Promise<Response> {
	return new Response(page(document), {
		headers: {
			'content-type': 'text/html; charset=utf-8',
			'cache-control': 'no-cache',
			'content-security-policy': await policy(),
			'x-content-type-options': 'nosniff',
			'x-frame-options': 'DENY',
			'referrer-policy': 'no-referrer',
			'cross-origin-opener-policy': 'same-origin',
			'cross-origin-resource-policy': 'same-origin',
			'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
		},
	});
}
