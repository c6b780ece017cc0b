/** One route, declared once: Hono routes by it and the OpenAPI document tells of it. */
import * as z from 'zod';
import type { HttpContext } from '../../http/context';
import { parsed } from '../../http/issue';
import { jsonBody } from './json-body';
import { queryOf } from './query';

export type Method = 'get' | 'post' | 'put' | 'delete';

/** A schema under the name it has among the document's components. */
export interface Named<S extends z.ZodType = z.ZodType> {
	readonly name: string;
	readonly schema: S;
}

/** An answer that is no error. */
export interface Answer {
	readonly description: string;
	/** Absent: no body. */
	readonly body?: Named;
	/** Response headers worth naming: name → what it holds. */
	readonly headers?: Readonly<Record<string, string>>;
}

/** Which credentials open it: a manager's (bearer or the console's cookie), any, either header of Anthropic, or none. */
export type Access = 'manage' | 'any' | 'anthropic' | 'none';

/** How its door writes errors. */
export type ErrorShape = 'problem' | 'openai' | 'anthropic';

export interface RequestBody<S extends z.ZodType = z.ZodType> extends Named<S> {
	/** True: an absent body is `{}`. */
	readonly optional?: true;
	readonly example: Readonly<Record<string, unknown>>;
}

interface Facts {
	/** `operationId`, unique. */
	readonly id: string;
	readonly method: Method;
	/** With `{name}` for what a caller puts in. */
	readonly path: string;
	readonly tag: Tag;
	readonly summary: string;
	readonly description?: string;
	/** Where another specification has the details. */
	readonly specification?: { readonly url: string; readonly description: string };
	/** Every `{name}` of the path → what it is. */
	readonly parameters?: Readonly<Record<string, string>>;
	/** Request headers beside the credential: name → what it does. */
	readonly headers?: Readonly<Record<string, string>>;
	readonly access: Access;
	readonly answers: Readonly<Record<number, Answer>>;
	readonly errors: { readonly shape: ErrorShape; readonly statuses: readonly number[] };
}

/** Headings of the document, in its order. */
export const TAGS = ['Providers', 'Key', 'Session', 'Inference', 'Health', 'Description'] as const;
export type Tag = (typeof TAGS)[number];

export interface Operation extends Facts {
	readonly query?: z.ZodObject;
	readonly body?: RequestBody;
	/** null: another door answers. */
	readonly answer: ((c: HttpContext) => Promise<Response>) | null;
}

const nothing = z.strictObject({});

interface Declaration<Query extends z.ZodObject, Body extends z.ZodType> extends Facts {
	readonly query?: Query;
	readonly body?: RequestBody<Body>;
	/** Gets what the schemas made of query and body. */
	readonly handle: (
		c: HttpContext,
		input: { readonly query: z.output<Query>; readonly body: z.output<Body> },
	) => Promise<Response>;
}

/** A change whose caller has left is carried through all the same; one with a body is, by whoever reads that. */
function kept(c: HttpContext, work: Promise<Response>): Promise<Response> {
	if (c.req.method !== 'GET' && c.req.method !== 'HEAD') c.executionCtx.waitUntil(work.catch(() => undefined));
	return work;
}

/** A route of this door: unknown query parameters and body fields are refused before `handle` is called. */
export function operation<
	Query extends z.ZodObject = typeof nothing,
	Body extends z.ZodType = z.ZodType<Readonly<Record<string, unknown>>>,
>({ handle, ...declared }: Declaration<Query, Body>): Operation {
	const { body } = declared;
	return {
		...declared,
		answer: async (c) => {
			const query = parsed(declared.query ?? nothing, queryOf(c)) as z.output<Query>;
			if (!body) return kept(c, handle(c, { query, body: {} as z.output<Body> }));
			return jsonBody(c, body.optional === true, (value) => handle(c, { query, body: parsed(body.schema, value) }));
		},
	};
}

/** A route that another door answers, told of in the document. */
export const described = (facts: Facts & Pick<Operation, 'query' | 'body'>): Operation => ({ ...facts, answer: null });
