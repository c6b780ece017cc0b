/**
 * JSON Schema in the subset of OpenAPI 3.0 that models before 2.5 take (ai.google.dev, "Schema"). What it lacks moves
 * into the description, where the model still reads it.
 */
import type { JsonSchema } from '../../../language/request';
import { arrayOf, isObject, type Json, objectOf, textOf } from '../json';

type Schema = Record<string, unknown>;

const KEPT: ReadonlySet<string> = new Set([
	'title',
	'description',
	'nullable',
	'minimum',
	'maximum',
	'minItems',
	'maxItems',
	'minLength',
	'maxLength',
	'minProperties',
	'maxProperties',
	'pattern',
	'propertyOrdering',
]);
/** Read apart from the rest, or saying nothing of the value. */
const SILENT: ReadonlySet<string> = new Set([
	'$schema',
	'$id',
	'$comment',
	'$anchor',
	'$defs',
	'definitions',
	'type',
	'properties',
	'required',
	'items',
	'anyOf',
	'oneOf',
	'examples',
	'example',
	'default',
	'deprecated',
]);
const FORMATS: ReadonlySet<unknown> = new Set(['date-time', 'enum', 'float', 'double', 'int32', 'int64']);
/** References are written out here, so that a small schema may grow without end. */
const MOST_NODES = 2_000;
/** JSON of all that references name, each as often as it does (UTF-16 units). */
const MOST_REFERRED = 2_000_000;

/** `moved` names the keywords that became words of a description: the API won't enforce them. */
export interface Subset {
	readonly schema: Json;
	readonly moved: readonly string[];
}

export function toSubset(schema: JsonSchema): Subset {
	const moved = new Set<string>();
	return { schema: new Translation(schema, moved).node(schema, []), moved: [...moved] };
}

/** The references that led to a node. */
type Trail = readonly string[];

interface Resolved {
	readonly schema: Schema;
	readonly trail: Trail;
}

class Translation {
	readonly #root: JsonSchema;
	readonly #moved: Set<string>;
	#nodes = 0;
	#referred = 0;

	constructor(root: JsonSchema, moved: Set<string>) {
		this.#root = root;
		this.#moved = moved;
	}

	node(given: unknown, before: Trail): Schema {
		const resolved = isObject(given) ? this.#resolved(given, before) : undefined;
		if (!resolved) return { type: isObject(given) ? 'OBJECT' : 'STRING' };
		const { schema, trail } = resolved;
		const sent: Schema = {};
		const told: string[] = [];
		for (const [keyword, value] of Object.entries(schema)) {
			const taken = this.#keyword(keyword, value);
			if (taken) Object.assign(sent, taken);
			else if (!SILENT.has(keyword) && !(keyword === 'additionalProperties' && typeof value === 'boolean')) {
				this.#moved.add(keyword);
				told.push(`${keyword}: ${JSON.stringify(value)}`);
			}
		}
		Object.assign(sent, this.#shape(schema, trail));
		if (told.length > 0) {
			sent.description = [textOf(schema.description), `(${told.join(', ')})`].filter(Boolean).join(' ');
		}
		return sent;
	}

	/** The schema that `$ref` names, and `allOf` laid together; undefined where that would go on without end. */
	#resolved(given: Json, before: Trail): Resolved | undefined {
		this.#nodes += 1;
		let schema: Schema = given;
		let trail = before;
		for (let reference = textOf(schema.$ref); reference !== undefined; reference = textOf(schema.$ref)) {
			if (trail.includes(reference) || this.#nodes > MOST_NODES || this.#referred > MOST_REFERRED) {
				this.#moved.add('$ref');
				return undefined;
			}
			const target = this.#pointed(reference);
			if (!target) this.#moved.add('$ref');
			else this.#referred += JSON.stringify(target).length;
			const { $ref: _followed, ...beside } = schema;
			schema = { ...target, ...beside };
			trail = [...trail, reference];
		}
		if (!Array.isArray(schema.allOf)) return { schema, trail };
		const { allOf, ...rest } = schema;
		const all: Schema[] = [rest];
		for (const part of arrayOf(allOf).filter(isObject)) {
			const one = this.#resolved(part, trail);
			if (!one) continue;
			all.push(one.schema);
			trail = one.trail;
		}
		return { schema: merged(all), trail };
	}

	#pointed(reference: string): Json | undefined {
		if (!reference.startsWith('#')) return undefined;
		let at: unknown = this.#root;
		for (const step of reference.slice(1).split('/').filter(Boolean)) {
			const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
			at = isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
		}
		return objectOf(at);
	}

	/** A keyword that stands for itself; undefined where it is taken in another way, or not at all. */
	#keyword(keyword: string, value: unknown): Schema | undefined {
		if (KEPT.has(keyword)) return { [keyword]: value };
		if (keyword === 'format' && FORMATS.has(value)) return { format: value };
		if (keyword === 'const' && typeof value === 'string') return { type: 'STRING', enum: [value] };
		if (keyword !== 'enum') return undefined;
		const values = arrayOf(value).filter((one) => one !== null);
		const nullable = values.length < arrayOf(value).length && { nullable: true };
		return values.every((one) => typeof one === 'string') ? { type: 'STRING', enum: values, ...nullable } : undefined;
	}

	/** Type and what belongs to it. */
	#shape(schema: Json, trail: Trail): Schema {
		const branches = arrayOf(schema.anyOf ?? schema.oneOf);
		if (branches.length > 0) return this.#union(branches, trail);
		// Each once: a list may name a type again and again.
		const types = [
			...new Set(arrayOf(schema.type).length > 0 ? arrayOf(schema.type) : [schema.type ?? guessed(schema)]),
		];
		const named = types.filter((type): type is string => typeof type === 'string' && type !== 'null');
		const nullable = types.includes('null') && { nullable: true };
		const [type = 'string', ...others] = named;
		if (others.length > 0) {
			return { anyOf: named.map((one) => this.#typed(schema, one, trail)), ...nullable };
		}
		return { ...this.#typed(schema, type, trail), ...nullable };
	}

	#union(branches: readonly unknown[], trail: Trail): Schema {
		const values = branches.filter((branch) => !(isObject(branch) && branch.type === 'null'));
		const nullable = values.length < branches.length && { nullable: true };
		const [only, ...others] = values.map((branch) => this.node(branch, trail));
		return only && others.length === 0
			? { ...only, ...nullable }
			: { anyOf: only ? [only, ...others] : [], ...nullable };
	}

	#typed(schema: Json, type: string, trail: Trail): Schema {
		if (type === 'array') return { type: 'ARRAY', items: this.node(schema.items, trail) };
		if (type !== 'object') return { type: type.toUpperCase() };
		const properties = objectOf(schema.properties) ?? {};
		const names = Object.keys(properties);
		// An OBJECT whose properties are empty is refused; one that names none is not.
		if (names.length === 0) return { type: 'OBJECT' };
		const known = new Set(names);
		const required = arrayOf(schema.required).filter((name) => known.has(String(name)));
		return {
			type: 'OBJECT',
			properties: Object.fromEntries(names.map((name) => [name, this.node(properties[name], trail)])),
			...(required.length > 0 && { required }),
		};
	}
}

function guessed(schema: Json): string {
	if (isObject(schema.properties)) return 'object';
	return schema.items === undefined ? 'string' : 'array';
}

/** What several say of one keyword: the first of them, but for properties and what is required. */
function merged(schemas: readonly Schema[]): Schema {
	const all = new Map<string, unknown>();
	for (const [keyword, value] of schemas.flatMap((schema) => Object.entries(schema)))
		if (!all.has(keyword)) all.set(keyword, value);
	const properties = schemas.flatMap((schema) => Object.entries(objectOf(schema.properties) ?? {}));
	const required = new Set(schemas.flatMap((schema) => arrayOf(schema.required)));
	return {
		...Object.fromEntries(all),
		...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
		...(required.size > 0 && { required: [...required] }),
	};
}
