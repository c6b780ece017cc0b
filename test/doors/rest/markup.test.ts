import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html, inline, prose } from '../../../src/doors/rest/page/markup';

const unescaped = (markup: string): string =>
	markup
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&quot;', '"')
		.replaceAll('&#39;', "'")
		.replaceAll('&amp;', '&');

describe('a template of the page', () => {
	it('lets no text out of its place, and loses none of it', () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', ';', 'a', '/', '=', ' ') }), (text) => {
				const { markup } = html`${text}`;
				expect(markup).not.toMatch(/[<>"']/);
				expect(unescaped(markup)).toBe(text);
			}),
		);
	});

	it('keeps what was made by it', () => {
		expect(html`<p title="${'"'}">${[html`<b>${1}</b>`, null, '<i>']}</p>`.markup).toBe(
			'<p title="&quot;"><b>1</b>&lt;i&gt;</p>',
		);
	});

	it('reads backticks as code and empty lines as paragraphs', () => {
		expect(html`${inline('a `<b>` c')}`.markup).toBe('a <code>&lt;b&gt;</code> c');
		expect(html`${prose('one\n\ntwo `x`')}`.markup).toBe('<p>one</p><p>two <code>x</code></p>');
	});
});
