/** An instance of a JSON Schema: the arguments of the mock's tool calls and its structured answers. */
import type { JsonSchema } from '../../language/request';
import { isObject, type Json } from '../wire/json';
import { numberWithin, stringFor } from './mock-scalar';

/** Optional properties and items deeper than this are left out. */
const MAX_OPTIONAL_DEPTH = 4;
/** Deeper, even required values become null: the schema describes nothing finite. */
const MAX_DEPTH = 32;
/** Values in one instance, however the schema branches. */
const MAX_VALUES = 2000;
const MAX_ITEMS = 100;

interface Place {
	/** Name of the property that holds the value. */
	readonly name: string;
	readonly depth: number;
	/** Which of several alike this is, so that unique items differ. */
	readonly nth: number;
}

/** Deterministic: the same schema gives the same instance. Keywords that only forbid (`not`, `if`) are not read. */
export function instanceOf(schema: JsonSchema): unknown {
	return new Instance(schema).value(schema, { name: 'value', depth: 0, nth: 0 });
}

class Instance {
	readonly #root: JsonSchema;
	#left = MAX_VALUES;

	constructor(root: JsonSchema) {
		this.#root = root;
	}

	value(schema: unknown, place: Place): unknown {
		this.#left -= 1;
		if (!isObject(schema)) return place.name;
		if (place.depth > MAX_DEPTH) return null;
		const whole = this.#whole(schema, place);
		const given = fixed(whole, place.nth);
		if (given) return given.value;
		switch (typeOf(whole, this.#tired(place))) {
			case 'object':
				return this.#object(whole, place);
			case 'array':
				return this.#array(whole, place);
			case 'number':
				return numberWithin(whole, false, place.nth);
			case 'integer':
				return numberWithin(whole, true, place.nth);
			case 'boolean':
				return place.nth % 2 === 0;
			case 'null':
				return null;
			default:
				return stringFor(whole, place.name, place.nth);
		}
	}

	#tired(place: Place): boolean {
		return place.depth >= MAX_OPTIONAL_DEPTH || this.#left <= 0;
	}

	/** References followed, `allOf` laid together, one branch of `anyOf` and `oneOf` taken. */
	#whole(schema: Json, place: Place): Json {
		let whole = schema;
		for (let hops = 0; hops < MAX_DEPTH; hops += 1) {
			const { $ref, allOf, anyOf, oneOf, ...rest } = whole;
			const branch = this.#branch(anyOf, place) ?? this.#branch(oneOf, place);
			const parts = [this.#resolve($ref), ...(Array.isArray(allOf) ? allOf : []), branch].filter(isObject);
			if (parts.length === 0) return rest;
			whole = parts.reduce(merged, rest);
		}
		return whole;
	}

	/** The first branch; where it goes too deep, one that ends. */
	#branch(branches: unknown, place: Place): unknown {
		if (!Array.isArray(branches)) return undefined;
		const ends = (branch: unknown) => isObject(branch) && !('$ref' in branch) && !('properties' in branch);
		return (this.#tired(place) ? branches.find(ends) : undefined) ?? branches[0];
	}

	/** `#`, `#/$defs/name`; what lies outside the schema is not fetched. */
	#resolve(ref: unknown): unknown {
		if (typeof ref !== 'string' || !ref.startsWith('#')) return undefined;
		const steps = ref.slice(1).split('/').slice(1);
		return steps.reduce<unknown>((node, step) => {
			const key = decodeURIComponentSafe(step).replaceAll('~1', '/').replaceAll('~0', '~');
			if (Array.isArray(node)) return node[Number(key)];
			return isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined;
		}, this.#root);
	}

	#object(schema: Json, place: Place): Json {
		const properties = isObject(schema.properties) ? schema.properties : {};
		const required = strings(schema.required);
		const names = this.#tired(place) ? required : [...new Set([...Object.keys(properties), ...required])];
		const entries = names.map((name) => {
			const property = Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties;
			return [name, this.value(property, { name, depth: place.depth + 1, nth: place.nth })] as const;
		});
		const least = Math.min(typeof schema.minProperties === 'number' ? schema.minProperties : 0, MAX_ITEMS);
		for (let count = 1; entries.length < least && schema.additionalProperties !== false; count += 1) {
			const name = `property${count}`;
			const further = { name, depth: place.depth + 1, nth: place.nth };
			if (!names.includes(name)) entries.push([name, this.value(schema.additionalProperties, further)]);
		}
		return Object.fromEntries(entries);
	}

	#array(schema: Json, place: Place): unknown[] {
		const first = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
		const wanted = this.#tired(place) || schema.items === false ? 0 : 1;
		const least = typeof schema.minItems === 'number' ? schema.minItems : 0;
		const most = typeof schema.maxItems === 'number' ? schema.maxItems : MAX_ITEMS;
		const length = Math.min(Math.max(wanted, least, first.length), most, MAX_ITEMS);
		return Array.from({ length }, (_, at) =>
			this.value(first[at] ?? schema.items, { name: singular(place.name), depth: place.depth + 1, nth: at }),
		);
	}
}

/** A value the schema itself names. */
function fixed(schema: Json, nth: number): { readonly value: unknown } | undefined {
	if ('const' in schema) return { value: schema.const };
	if (Array.isArray(schema.enum) && schema.enum.length > 0) return { value: schema.enum[nth % schema.enum.length] };
	if ('default' in schema && nth === 0) return { value: schema.default };
	if (Array.isArray(schema.examples) && schema.examples.length > nth) return { value: schema.examples[nth] };
	return undefined;
}

/** The first type that is not null; without one, what the other keywords are about. */
function typeOf(schema: Json, tired: boolean): string {
	const types = strings(typeof schema.type === 'string' ? [schema.type] : schema.type);
	if (tired && types.includes('null')) return 'null';
	const type = types.find((one) => one !== 'null') ?? types[0];
	if (type) return type;
	if ('properties' in schema || 'required' in schema || 'additionalProperties' in schema) return 'object';
	if ('items' in schema || 'prefixItems' in schema) return 'array';
	return ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'].some((word) => word in schema)
		? 'number'
		: 'string';
}

const FLOORS = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const CEILINGS = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

/** Both hold: properties and required names add up, the narrower bound counts. */
function merged(under: Json, over: Json): Json {
	const properties = { ...objectOrEmpty(under.properties), ...objectOrEmpty(over.properties) };
	const required = [...new Set([...strings(under.required), ...strings(over.required)])];
	return {
		...under,
		...over,
		...narrowest(FLOORS, Math.max, under, over),
		...narrowest(CEILINGS, Math.min, under, over),
		...(Object.keys(properties).length > 0 && { properties }),
		...(required.length > 0 && { required }),
	};
}

function narrowest(words: string[], pick: (left: number, right: number) => number, under: Json, over: Json): Json {
	const both = words.flatMap((word) => {
		const [left, right] = [under[word], over[word]];
		return typeof left === 'number' && typeof right === 'number' ? [[word, pick(left, right)] as const] : [];
	});
	return Object.fromEntries(both);
}

const objectOrEmpty = (value: unknown): Json => (isObject(value) ? value : {});

const strings = (value: unknown): string[] =>
	Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

const singular = (name: string): string => (name.length > 1 && name.endsWith('s') ? name.slice(0, -1) : name);

function decodeURIComponentSafe(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
