/** The part of OpenAPI 3.1 that the document uses. Plain data. */

/** JSON Schema, draft 2020-12. */
export interface JsonSchema {
	readonly [keyword: string]: unknown;
	readonly $ref?: string;
	readonly type?: string | readonly string[];
	readonly description?: string;
	readonly format?: string;
	readonly enum?: readonly unknown[];
	readonly properties?: Readonly<Record<string, JsonSchema>>;
	readonly required?: readonly string[];
	readonly items?: JsonSchema;
	readonly anyOf?: readonly JsonSchema[];
	readonly oneOf?: readonly JsonSchema[];
	readonly allOf?: readonly JsonSchema[];
}

export interface ExternalDocs {
	readonly url: string;
	readonly description?: string;
}

export interface ParameterObject {
	readonly name: string;
	readonly in: 'path' | 'query' | 'header';
	readonly required: boolean;
	readonly description?: string;
	readonly schema: JsonSchema;
}

export type Content = Readonly<Record<string, { readonly schema: JsonSchema; readonly example?: unknown }>>;

export interface ResponseObject {
	readonly description: string;
	readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: JsonSchema }>>;
	readonly content?: Content;
}

export type Reference = { readonly $ref: string };

export interface OperationObject {
	readonly operationId: string;
	readonly tags: readonly string[];
	readonly summary: string;
	readonly description?: string;
	readonly externalDocs?: ExternalDocs;
	readonly parameters?: readonly ParameterObject[];
	readonly requestBody?: { readonly required: boolean; readonly content: Content };
	readonly responses: Readonly<Record<string, ResponseObject | Reference>>;
	readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

export interface SecurityScheme {
	readonly type: 'http' | 'apiKey';
	readonly description: string;
	readonly scheme?: string;
	readonly in?: 'header' | 'cookie';
	readonly name?: string;
}

/** All but `servers` and `externalDocs`, which hold the address it is asked at. */
export interface Description {
	readonly openapi: '3.1.0';
	readonly info: {
		readonly title: string;
		readonly version: string;
		readonly description: string;
		readonly license: { readonly name: string; readonly identifier: string };
	};
	readonly tags: readonly { readonly name: string; readonly description: string }[];
	readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
	readonly components: {
		readonly schemas: Readonly<Record<string, JsonSchema>>;
		readonly responses: Readonly<Record<string, ResponseObject>>;
		readonly securitySchemes: Readonly<Record<string, SecurityScheme>>;
	};
}

export interface OpenApiDocument extends Description {
	readonly servers: readonly { readonly url: string }[];
	readonly externalDocs: ExternalDocs;
}
