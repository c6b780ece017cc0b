import { describe, expect, it } from 'vitest';
import { page } from '../../../src/doors/rest/page/page';
import { STYLE } from '../../../src/doors/rest/page/style';
import { document } from '../../support/described';
import { doorApp } from '../../support/door-app';

const asked = () => doorApp().request('/docs', { key: false });

const attributes = (markup: string, name: string): string[] =>
	[...markup.matchAll(new RegExp(` ${name}="([^"]*)"`, 'g'))].map(([, value = '']) => value);

describe('the page /docs', () => {
	it('needs no key and loads nothing but its own style', async () => {
		const response = await asked();
		expect(response.status).toBe(200);
		expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
		const policy = response.headers.get('content-security-policy') ?? '';
		const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(STYLE));
		const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
		expect(policy.split('; ')).toEqual([
			"default-src 'none'",
			`style-src 'sha256-${hash}'`,
			"img-src 'self'",
			"base-uri 'none'",
			"form-action 'none'",
			"frame-ancestors 'none'",
		]);
		expect(response.headers.get('x-content-type-options')).toBe('nosniff');
		const text = await response.text();
		expect(text).toContain(`<style>${STYLE}</style>`);
		expect(text).not.toMatch(/<script|javascript:| on\w+=| style="/i);
	});

	it('answers HEAD with the same headers and no body', async () => {
		const response = await doorApp().request('/docs', { key: false, method: 'HEAD' });
		expect(response.status).toBe(200);
		expect(await response.text()).toBe('');
	});

	it('shows every operation, parameter and schema of the document', () => {
		const markup = page(document);
		const ids = attributes(markup, 'id');
		for (const methods of Object.values(document.paths))
			for (const operation of Object.values(methods)) {
				expect(ids).toContain(operation.operationId);
				for (const { name } of operation.parameters ?? []) expect(markup).toContain(`<code>${name}</code>`);
			}
		for (const name of Object.keys(document.components.schemas)) expect(ids).toContain(`schema-${name}`);
	});

	it('has each anchor once, and no link within it that leads nowhere', () => {
		const markup = page(document);
		const ids = attributes(markup, 'id');
		expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
		const links = attributes(markup, 'href').filter((href) => href.startsWith('#'));
		expect(links.length).toBeGreaterThan(50);
		expect(links.filter((href) => !ids.includes(href.slice(1)))).toEqual([]);
		expect(attributes(markup, 'aria-labelledby').filter((id) => !ids.includes(id))).toEqual([]);
	});

	it('opens and closes its elements in order', () => {
		const empty = new Set(['meta', 'link', 'br', '!doctype']);
		const open: string[] = [];
		for (const [, closing, name = ''] of page(document).matchAll(/<(\/?)([!a-z][a-z0-9]*)[^>]*>/g)) {
			if (empty.has(name)) continue;
			if (closing) expect(open.pop()).toBe(name);
			else open.push(name);
		}
		expect(open).toEqual([]);
	});

	it('escapes whatever the document says', () => {
		const evil = '"><script>alert(1)</script>\'&';
		const text = page({
			...document,
			servers: [{ url: evil }],
			info: { ...document.info, title: evil, description: evil },
			tags: [{ name: evil, description: evil }],
			paths: {
				[evil]: {
					get: {
						operationId: evil,
						tags: [evil],
						summary: evil,
						description: evil,
						externalDocs: { url: evil, description: evil },
						parameters: [{ name: evil, in: 'query', required: false, description: evil, schema: { type: evil } }],
						requestBody: {
							required: true,
							content: { 'application/json': { schema: { description: evil, enum: [evil] }, example: { evil } } },
						},
						responses: { 200: { description: evil, headers: { [evil]: { description: evil, schema: {} } } } },
						security: [],
					},
				},
			},
			components: {
				...document.components,
				schemas: { [evil]: { description: evil, properties: { [evil]: { type: evil, description: evil } } } },
			},
		});
		expect(text).not.toMatch(/<script/i);
		expect(text).not.toContain(evil);
	});
});
