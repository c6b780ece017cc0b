/** A declared route as OpenAPI writes it. */
import { ERRORS, MEANINGS } from '../described/error-schemas';
import type { Access, Answer, ErrorShape, Operation } from '../operation';
import { jsonSchemaOf, referenceTo } from './schemas';
import type { OperationObject, ParameterObject, ResponseObject } from './types';

const TEXT = { type: 'string' };

const SECURITY: Readonly<Record<Access, OperationObject['security']>> = {
	manage: [{ bearer: [] }, { session: [] }],
	any: [{ bearer: [] }, { apiKey: [] }],
	anthropic: [{ apiKey: [] }, { bearer: [] }],
	none: [],
};

function queryParameters({ query }: Operation): ParameterObject[] {
	if (!query) return [];
	const { properties = {}, required = [] } = jsonSchemaOf(query);
	return Object.entries(properties).map(([name, { description, ...schema }]) => ({
		name,
		in: 'query',
		required: required.includes(name),
		...(description !== undefined && { description }),
		schema,
	}));
}

const described = (
	texts: Readonly<Record<string, string>> | undefined,
	place: 'path' | 'header',
): readonly ParameterObject[] =>
	Object.entries(texts ?? {}).map(([name, description]) => ({
		name,
		in: place,
		required: place === 'path',
		description,
		schema: TEXT,
	}));

function answerObject({ description, body, headers }: Answer): ResponseObject {
	return {
		description,
		...(headers && {
			headers: Object.fromEntries(
				Object.entries(headers).map(([name, text]) => [name, { description: text, schema: TEXT }]),
			),
		}),
		...(body && { content: { 'application/json': { schema: referenceTo('schemas', body.name) } } }),
	};
}

const errorName = (shape: ErrorShape, status: number): string => `${ERRORS[shape].name}${status}`;

const rising = (statuses: readonly number[]): readonly number[] => statuses.toSorted((a, b) => a - b);

export function operationObject(operation: Operation): OperationObject {
	const { id, tag, summary, description, specification, body, answers, errors, access } = operation;
	const parameters = [
		...described(operation.parameters, 'path'),
		...queryParameters(operation),
		...described(operation.headers, 'header'),
	];
	const content = body && {
		'application/json': { schema: referenceTo('schemas', body.name), example: body.example },
	};
	return {
		operationId: id,
		tags: [tag],
		summary,
		...(description !== undefined && { description }),
		...(specification && { externalDocs: specification }),
		...(parameters.length > 0 && { parameters }),
		...(content && { requestBody: { required: body.optional !== true, content } }),
		responses: {
			...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, answerObject(answer)])),
			...Object.fromEntries(
				rising(errors.statuses).map((status) => [status, referenceTo('responses', errorName(errors.shape, status))]),
			),
		},
		security: SECURITY[access],
	};
}

const ERROR_HEADERS = {
	'x-switchyard-error-source': {
		description: '`upstream`: a provider failed or refused; `gateway`: Switchyard itself.',
		schema: { type: 'string', enum: ['gateway', 'upstream'] },
	},
};

/** Every error that any of them answers, once. */
export function errorResponses(operations: readonly Operation[]): Readonly<Record<string, ResponseObject>> {
	const responses: Record<string, ResponseObject> = {};
	for (const { errors } of operations) {
		const { name, mediaType } = ERRORS[errors.shape];
		for (const status of errors.statuses)
			responses[errorName(errors.shape, status)] = {
				description: MEANINGS[status] ?? 'Refused.',
				headers: ERROR_HEADERS,
				content: { [mediaType]: { schema: referenceTo('schemas', name) } },
			};
	}
	return responses;
}
