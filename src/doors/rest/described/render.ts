/** Document and page as the Worker finds them among its static files: `scripts/description.mjs` writes them there. */
import { describe, documentAt } from '../openapi/document';
import { page } from '../page/page';
import { STYLE } from '../page/style';
import { ORIGIN, type Rendered } from '../rendered';
import { OPERATIONS } from './index';

const base64 = (bytes: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(bytes)));

export async function renderedDescription(): Promise<Rendered> {
	const document = documentAt(describe(OPERATIONS), ORIGIN);
	return {
		document: JSON.stringify(document),
		page: page(document),
		style: base64(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(STYLE))),
	};
}
