/** The OpenAPI 3.1 document of declared routes. Pure. */
import { type Operation, TAGS, type Tag } from '../operation';
import { errorResponses, operationObject } from './operation-object';
import { componentSchemas } from './schemas';
import type { Description, OpenApiDocument, OperationObject, SecurityScheme } from './types';

const ABOUT = `Switchyard is a gateway to language models: callers say what they want, configuration decides who answers.

This document covers the REST interface. The OpenAI- and Anthropic-compatible routes are named here and specified there; any other path of a provider is passed on under \`/v1/providers/{provider}/…\`. Agents, gateway keys, organizations and all else are administered through the typed API under \`/trpc\`.

Unknown fields and query parameters are refused. Times are ISO 8601 in UTC. Errors say in \`param\` which field is at fault.`;

const TAG_TEXTS: Readonly<Record<Tag, string>> = {
	Providers: "An organization's own provider keys. Rows of one provider form a pool, the default first.",
	Key: 'What a credential may do and has left.',
	Session: 'A cookie in place of a credential, for the console.',
	Inference: 'Models by the APIs that clients already speak.',
	Health: 'For load balancers and monitors.',
	Description: 'This document.',
};

/** Name of the cookie that a console session is kept in. */
const SESSION_COOKIE = '__Host-switchyard-session';

const SECURITY_SCHEMES: Readonly<Record<string, SecurityScheme>> = {
	bearer: {
		type: 'http',
		scheme: 'bearer',
		description:
			'A gateway key (`sy_<id>_<secret>`), a JSON Web Token, or the operator secret, which names its organization by `x-switchyard-organization`.',
	},
	apiKey: {
		type: 'apiKey',
		in: 'header',
		name: 'x-api-key',
		description: "The same credentials as Anthropic's clients send them.",
	},
	session: {
		type: 'apiKey',
		in: 'cookie',
		name: SESSION_COOKIE,
		description: "Of the console. Everything but GET also needs the console's own `Origin` and a JSON body.",
	},
};

function pathsOf(operations: readonly Operation[]) {
	const paths: Record<string, Record<string, OperationObject>> = {};
	for (const operation of operations) {
		paths[operation.path] ??= {};
		const path = paths[operation.path];
		if (path) path[operation.method] = operationObject(operation);
	}
	return paths;
}

export function describe(operations: readonly Operation[]): Description {
	const used = new Set(operations.map(({ tag }) => tag));
	return {
		openapi: '3.1.0',
		info: {
			title: 'Switchyard',
			version: '1',
			description: ABOUT,
			license: { name: 'MIT', identifier: 'MIT' },
		},
		tags: TAGS.filter((tag) => used.has(tag)).map((name) => ({ name, description: TAG_TEXTS[name] })),
		paths: pathsOf(operations),
		components: {
			schemas: componentSchemas(operations),
			responses: errorResponses(operations),
			securitySchemes: SECURITY_SCHEMES,
		},
	};
}

/** As it stands at one address, e.g. `https://gateway.example`. */
export const documentAt = (description: Description, origin: string): OpenApiDocument => ({
	...description,
	servers: [{ url: origin }],
	externalDocs: { url: `${origin}/docs`, description: 'The same, to be read.' },
});
