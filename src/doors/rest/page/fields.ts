/** A schema as rows to be read: one for each field, those of an object within it below, by their path. */
import type { JsonSchema } from '../openapi/types';

export interface Field {
	/** `limits.requestsPerMinute.limit`, `data[].date` */
	readonly path: string;
	/** E.g. `string or null`, `array of ProviderResponse`. */
	readonly type: string;
	readonly required: boolean;
	readonly description: string;
}

export type Schemas = Readonly<Record<string, JsonSchema>>;

/** Objects within objects that are shown; below it a reader is better served by the document itself. */
const DEPTH = 4;

const PREFIX = '#/components/schemas/';

/** The name of a component, where the schema is nothing but a reference. */
export const nameOf = ({ $ref }: JsonSchema): string | null =>
	$ref?.startsWith(PREFIX) ? $ref.slice(PREFIX.length) : null;

export const resolved = (schema: JsonSchema, schemas: Schemas): JsonSchema => schemas[nameOf(schema) ?? ''] ?? schema;

const variants = (schema: JsonSchema): readonly JsonSchema[] => schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [];

const isNull = (schema: JsonSchema): boolean => schema.type === 'null';

/** The one variant that is not null, where there is one: what may be absent is read as what it is. */
function present(schema: JsonSchema): JsonSchema {
	const others = variants(schema).filter((each) => !isNull(each));
	return others.length === 1 && others[0] ? others[0] : schema;
}

const quoted = (value: unknown): string => JSON.stringify(value);

function literal(schema: JsonSchema): string | null {
	if (schema.enum) return schema.enum.map(quoted).join(' or ');
	return 'const' in schema ? quoted(schema.const) : null;
}

/** In words. */
export function typeOf(schema: JsonSchema): string {
	const name = nameOf(schema) ?? literal(schema);
	if (name !== null) return name;
	const parts = variants(schema);
	if (parts.length > 0) return [...new Set(parts.map(typeOf))].join(' or ');
	if (schema.type === 'array') return schema.items ? `array of ${typeOf(schema.items)}` : 'array';
	const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? ['anything']);
	const [first, ...rest] = types;
	return [schema.format ? `${first} (${schema.format})` : first, ...rest].join(' or ');
}

function within(schema: JsonSchema, path: string, depth: number): Field[] {
	const { items } = schema;
	return items && typeof items === 'object' ? fields(present(items), `${path}[]`, depth) : fields(schema, path, depth);
}

function fields(schema: JsonSchema, path: string, depth: number): Field[] {
	if (depth > DEPTH) return [];
	const { properties = {}, required = [] } = schema;
	return Object.entries(properties).flatMap(([name, field]) => {
		const at = path === '' ? name : `${path}.${name}`;
		const row: Field = {
			path: at,
			type: typeOf(field),
			required: required.includes(name),
			description: field.description ?? '',
		};
		return [row, ...within(present(field), at, depth + 1)];
	});
}

/** A reference to a component is not followed: its name says where it is shown. */
export const fieldsOf = (schema: JsonSchema): readonly Field[] => within(present(schema), '', 1);
