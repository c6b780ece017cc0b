/**
 * JSON Schemas in the subset this API compiles. Structured output refuses every keyword it does not know
 * (PROVIDERS section 3), so those move into the description, where the model still reads them.
 */
import type { JsonSchema } from '../../../language/request';
import { isObject } from '../json';

type Schema = Record<string, unknown>;

const KEPT: ReadonlySet<string> = new Set([
	'type',
	'title',
	'description',
	'default',
	'enum',
	'const',
	'required',
	'$ref',
]);
const SCHEMA_MAPS: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions']);
const SILENT: ReadonlySet<string> = new Set(['$schema', '$id', '$comment', '$anchor', 'additionalProperties']);
const FORMATS: ReadonlySet<string> = new Set([
	'date-time',
	'time',
	'date',
	'duration',
	'email',
	'hostname',
	'uri',
	'ipv4',
	'ipv6',
	'uuid',
]);

/** `moved` names the keywords that became words of a description: the API won't enforce them. */
export interface SanitizedSchema {
	readonly schema: JsonSchema;
	readonly moved: readonly string[];
}

export function sanitizeSchema(schema: JsonSchema): SanitizedSchema {
	const moved = new Set<string>();
	return { schema: sanitize(schema, moved), moved: [...moved] };
}

function sanitize(node: JsonSchema, moved: Set<string>): Schema {
	const kept: Schema = {};
	const told: string[] = [];
	for (const [keyword, value] of Object.entries(node)) {
		const taken = supported(keyword, value, moved);
		if (taken) Object.assign(kept, taken);
		else if (!SILENT.has(keyword)) {
			moved.add(keyword);
			told.push(`${keyword}: ${JSON.stringify(value)}`);
		}
	}
	if (isObjectSchema(node)) {
		kept.additionalProperties = false;
		if (isOpen(node)) moved.add('additionalProperties');
	}
	if (told.length > 0) {
		const before = typeof kept.description === 'string' && kept.description ? `${kept.description} ` : '';
		kept.description = `${before}(${told.join(', ')})`;
	}
	return kept;
}

/** The keyword in the form the API takes; null where it takes none. */
function supported(keyword: string, value: unknown, moved: Set<string>): Schema | null {
	if (KEPT.has(keyword)) return { [keyword]: value };
	if (SCHEMA_MAPS.has(keyword) && isObject(value)) return { [keyword]: mapValues(value, moved) };
	if (keyword === 'items' && isObject(value)) return { items: sanitize(value, moved) };
	if (keyword === 'format' && typeof value === 'string' && FORMATS.has(value)) return { format: value };
	if (Array.isArray(value) && (keyword === 'anyOf' || keyword === 'oneOf' || keyword === 'allOf')) {
		const branches = value.map((branch) => (isObject(branch) ? sanitize(branch, moved) : branch));
		return { [keyword === 'oneOf' ? 'anyOf' : keyword]: branches };
	}
	return null;
}

const mapValues = (schemas: Schema, moved: Set<string>): Schema =>
	Object.fromEntries(
		Object.entries(schemas).map(([name, schema]) => [name, isObject(schema) ? sanitize(schema, moved) : schema]),
	);

const isObjectSchema = (node: JsonSchema): boolean =>
	node.type === 'object' ||
	(Array.isArray(node.type) && node.type.includes('object')) ||
	(node.type === undefined && isObject(node.properties));

/** Keys of any name are asked for, which closing the object rules out. */
function isOpen({ additionalProperties: further, properties }: JsonSchema): boolean {
	if (further === undefined) return !isObject(properties) || Object.keys(properties).length === 0;
	return further !== false;
}

const UNIONS = ['allOf', 'anyOf', 'oneOf'] as const;

/**
 * The schema as the root of tool arguments: an object, no union at its top (both refused with 400).
 * Branches of a union are laid over each other; which belong together goes into the description.
 * null: the schema can't describe an object.
 */
export function objectSchema(schema: JsonSchema | undefined): JsonSchema | null {
	if (!schema) return { type: 'object', properties: {} };
	const type = schema.type;
	if (type !== undefined && type !== 'object' && !(Array.isArray(type) && type.includes('object'))) return null;
	const unions = UNIONS.filter((union) => Array.isArray(schema[union]));
	if (unions.length === 0) return { ...schema, type: 'object' };
	return flattened(schema, unions);
}

function flattened(schema: JsonSchema, unions: readonly (typeof UNIONS)[number][]): JsonSchema {
	const { allOf: _all, anyOf: _any, oneOf: _one, ...rest } = schema;
	const own = parts(schema);
	let layers = [own.properties];
	let { required } = own;
	const told: string[] = [];
	for (const union of unions) {
		const branches = (schema[union] as readonly unknown[]).filter(isObject);
		const shapes = branches.map(parts);
		layers = layers.concat(shapes.map((shape) => shape.properties));
		const [first, ...others] = shapes.map((shape) => new Set(shape.required));
		const added =
			union === 'allOf'
				? shapes.flatMap((shape) => shape.required)
				: [...(first ?? [])].filter((name) => others.every((names) => names.has(name)));
		required = [...new Set([...required, ...added])];
		if (union !== 'allOf') told.push(`${union}: ${JSON.stringify(branches)}`);
	}
	const words = [schema.description, told.length > 0 ? `(${told.join(', ')})` : undefined].filter(Boolean).join(' ');
	return {
		...rest,
		type: 'object',
		properties: overlaid(layers),
		...(required.length > 0 && { required }),
		...(words && { description: words }),
	};
}

function parts(schema: JsonSchema): { properties: Schema; required: readonly string[] } {
	return {
		properties: isObject(schema.properties) ? schema.properties : {},
		required: Array.isArray(schema.required) ? schema.required.filter((name) => typeof name === 'string') : [],
	};
}

/** A property that differs between branches may be any of what they say. */
function overlaid(layers: readonly Schema[]): Schema {
	const forms = new Map<string, Map<string, unknown>>();
	for (const [name, schema] of layers.flatMap((layer) => Object.entries(layer))) {
		const known = forms.get(name) ?? new Map<string, unknown>();
		const form = JSON.stringify(schema);
		if (!known.has(form)) known.set(form, schema);
		forms.set(name, known);
	}
	return Object.fromEntries([...forms].map(([name, known]) => [name, oneOrAny([...known.values()])]));
}

const oneOrAny = (schemas: readonly unknown[]): unknown => (schemas.length > 1 ? { anyOf: schemas } : schemas[0]);
