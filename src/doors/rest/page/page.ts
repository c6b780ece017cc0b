/** The document as a page: no script, everything escaped. Pure. */
import type { OpenApiDocument, OperationObject } from '../openapi/types';
import { html, inline, type Markup, prose } from './markup';
import { fieldTable, operationSection } from './operation-section';
import { STYLE } from './style';

interface Placed {
	readonly path: string;
	readonly method: string;
	readonly operation: OperationObject;
}

const operationsOf = ({ paths }: OpenApiDocument): readonly Placed[] =>
	Object.entries(paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
	);

const tagged = (operations: readonly Placed[], tag: string): readonly Placed[] =>
	operations.filter(({ operation }) => operation.tags.includes(tag));

const navigation = (document: OpenApiDocument, operations: readonly Placed[]): Markup =>
	html`<nav aria-label="Contents">
<strong>${document.info.title}</strong>
${document.tags.map(
	({ name }) => html`<h2>${name}</h2><ul>${tagged(operations, name).map(
		({ operation }) => html`<li><a href="#${operation.operationId}">${operation.summary}</a></li>`,
	)}</ul>
`,
)}<h2>Reference</h2><ul><li><a href="#credentials">Credentials</a></li>${Object.keys(document.components.schemas).map(
		(name) => html`<li><a href="#schema-${name}">${name}</a></li>`,
	)}</ul>
</nav>
`;

const credentials = ({ components }: OpenApiDocument): Markup =>
	html`<section aria-labelledby="credentials"><h2 id="credentials">Credentials</h2>${Object.entries(
		components.securitySchemes,
	).map(([name, { description }]) => html`<p><strong>${name}</strong>: ${inline(description)}</p>`)}</section>
`;

const schemas = ({ components }: OpenApiDocument): Markup =>
	html`<section aria-labelledby="schemas"><h2 id="schemas">Schemas</h2>${Object.entries(components.schemas).map(
		([name, schema]) => html`<h3 id="schema-${name}"><a href="#schema-${name}">${name}</a></h3>
${schema.description ? prose(schema.description) : null}${fieldTable(name, schema)}
`,
	)}</section>
`;

export function page(document: OpenApiDocument): string {
	const operations = operationsOf(document);
	const { info, servers } = document;
	return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${info.title}: REST interface</title>
<link rel="icon" href="/favicon.svg">
<style>${{ markup: STYLE }}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
${navigation(document, operations)}<main id="content" tabindex="-1">
<h1>${info.title}</h1>
${prose(info.description)}
<p>Server: <code>${servers[0]?.url ?? ''}</code>. Machines read <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p>
${document.tags.map(
	({ name, description }) => html`<section aria-labelledby="tag-${name}"><h2 id="tag-${name}">${name}</h2>
${prose(description)}
${tagged(operations, name).map(({ path, method, operation }) => operationSection(path, method, operation, document))}</section>
`,
)}${credentials(document)}${schemas(document)}</main>
</body>
</html>
`.markup;
}
