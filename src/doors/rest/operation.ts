/** What is told of one route. It is made into the document and the page when those are built, never by the Worker. */
import type * as z from 'zod';
import type { Place } from './serve';

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
	readonly query?: z.ZodObject;
	readonly body?: RequestBody;
}

/** Headings of the document, in its order. */
export const TAGS = ['Providers', 'Key', 'Session', 'Inference', 'Health', 'Description'] as const;
export type Tag = (typeof TAGS)[number];

export interface Operation extends Place, Facts {}

/** A route that another door answers. */
export const described = (operation: Operation): Operation => operation;

/** A route of this door: it is where it was declared to be. */
export const describedRoute = ({ method, path }: Place, facts: Facts): Operation => ({ method, path, ...facts });
