/** One operation: what it takes, what it answers, how to call it. */
import type {
	Content,
	JsonSchema,
	OpenApiDocument,
	OperationObject,
	ParameterObject,
	Reference,
	ResponseObject,
} from '../openapi/types';
import { curl } from './curl';
import { type Field, fieldsOf, nameOf, resolved, typeOf } from './fields';
import { html, inline, type Markup, prose } from './markup';

/** Reachable by keyboard, since it may have to be scrolled. */
const table = (label: string, head: readonly string[], rows: readonly Markup[]): Markup =>
	html`<div class="table" role="region" aria-label="${label}" tabindex="0"><table><thead><tr>${head.map(
		(cell) => html`<th scope="col">${cell}</th>`,
	)}</tr></thead><tbody>${rows}</tbody></table></div>`;

const necessity = (required: boolean): string => (required ? 'required' : 'optional');

function parameterTable({ parameters }: OperationObject): Markup | null {
	if (!parameters) return null;
	const rows = parameters.map(
		({ name, in: place, required, description, schema }: ParameterObject) =>
			html`<tr><td><code>${name}</code></td><td>${place}</td><td>${typeOf(schema)}</td><td>${necessity(required)}</td><td>${inline(description ?? '')}</td></tr>`,
	);
	return html`<h4>Parameters</h4>${table('Parameters', ['Name', 'In', 'Type', 'Needed', 'Meaning'], rows)}`;
}

const fieldRow = ({ path, type, required, description }: Field): Markup =>
	html`<tr><td><code>${path}</code></td><td>${type}</td><td>${necessity(required)}</td><td>${inline(description)}</td></tr>`;

export const fieldTable = (label: string, schema: JsonSchema): Markup | null => {
	const rows = fieldsOf(schema).map(fieldRow);
	return rows.length === 0 ? null : table(label, ['Field', 'Type', 'Needed', 'Meaning'], rows);
};

/** A link to where the component is shown. */
const schemaLink = (schema: JsonSchema): Markup => {
	const name = nameOf(schema);
	return name === null ? html`${typeOf(schema)}` : html`<a href="#schema-${name}">${name}</a>`;
};

const schemasIn = (content: Content | undefined): readonly JsonSchema[] =>
	Object.values(content ?? {}).map(({ schema }) => schema);

function bodySection({ requestBody }: OperationObject, document: OpenApiDocument): Markup | null {
	const [schema] = schemasIn(requestBody?.content);
	if (!requestBody || !schema) return null;
	const facts = resolved(schema, document.components.schemas);
	return html`<h4>Body</h4><p class="faint">${schemaLink(schema)}, JSON, ${necessity(requestBody.required)}.</p>
${facts.description ? prose(facts.description) : null}${fieldTable('Body', facts)}`;
}

const RESPONSES = '#/components/responses/';

function responseOf(response: ResponseObject | Reference, document: OpenApiDocument): ResponseObject | null {
	if (!('$ref' in response)) return response;
	return document.components.responses[response.$ref.slice(RESPONSES.length)] ?? null;
}

function responseRow(status: string, response: ResponseObject | null): Markup {
	const headers = Object.entries(response?.headers ?? {}).map(
		([name, { description }]) => html`<br><span class="faint"><code>${name}</code>: ${inline(description)}</span>`,
	);
	const body = schemasIn(response?.content).map(schemaLink);
	return html`<tr><td>${status}</td><td>${body}</td><td>${inline(response?.description ?? '')}${headers}</td></tr>`;
}

function responseTable({ responses }: OperationObject, document: OpenApiDocument): Markup {
	const rows = Object.entries(responses).map(([status, response]) =>
		responseRow(status, responseOf(response, document)),
	);
	return html`<h4>Answers</h4>${table('Answers', ['Status', 'Body', 'Meaning'], rows)}`;
}

const further = ({ externalDocs }: OperationObject): Markup | null =>
	externalDocs
		? html`<p>Specified by <a href="${externalDocs.url}" rel="noreferrer">${externalDocs.description ?? externalDocs.url}</a>.</p>`
		: null;

/** Its anchor is its `operationId`. */
export function operationSection(
	path: string,
	method: string,
	operation: OperationObject,
	document: OpenApiDocument,
): Markup {
	const server = document.servers[0]?.url ?? '';
	const id = operation.operationId;
	return html`<section aria-labelledby="${id}">
<h3 id="${id}"><a href="#${id}">${operation.summary}</a></h3>
<p class="route"><span class="method ${method}">${method.toUpperCase()}</span><code>${path}</code></p>
${operation.security.length === 0 ? html`<p class="faint">Needs no credential.</p>` : null}
${operation.description ? prose(operation.description) : null}${further(operation)}
${parameterTable(operation)}${bodySection(operation, document)}${responseTable(operation, document)}
<h4>Example</h4><pre tabindex="0"><code>${curl(method, path, operation, server)}</code></pre>
</section>
`;
}
