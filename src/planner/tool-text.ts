/**
 * Tools as OpenAI's models get to read them: a namespace of TypeScript-like types. What is known of it is from models
 * that recited it and from recorded usage; keywords that have no place in a type are written as comments.
 */
import type { Tool } from '../language/request';
import { jsonText } from './json-text';

/** Deeper than anyone writes by hand; what is below is written as JSON. */
const DEEPEST = 24;

/** Tokens of the namespace around them, and of what makes a type of a name: more than their JSON may have bytes. */
const NAMESPACE = 16;
const TYPE = 10;

/** What may be added to the bytes of tools' JSON, so that they bound the tokens of their types. */
export const typesRoom = (tools: number): number => (tools > 0 ? NAMESPACE + tools * TYPE : 0);

/** Empty where there are no tools. */
export function toolNamespace(tools: readonly Tool[]): string {
	if (tools.length === 0) return '';
	const types = tools.map(({ name, description, parameters }) => {
		return `${comment(description)}type ${name} = (${argumentsText(parameters)}) => any;`;
	});
	return `namespace functions {\n\n${types.join('\n\n')}\n\n} // namespace functions`;
}

type Schema = Readonly<Record<string, unknown>>;

/** Empty where nothing is said of them. */
function argumentsText(parameters: Schema = {}): string {
	const text = describedText(parameters, 0);
	return text === 'any' || text === NO_PROPERTIES ? '' : `_: ${text}`;
}

const objectOf = (value: unknown): Schema | undefined =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : undefined;

const comment = (text: unknown): string =>
	typeof text === 'string' && text !== '' ? `// ${text.replaceAll('\n', '\n// ')}\n` : '';

/** What a comment says of a property or an item. */
const SPOKEN: ReadonlySet<string> = new Set([
	'default',
	'examples',
	'example',
	'format',
	'pattern',
	'title',
	'minimum',
	'maximum',
	'exclusiveMinimum',
	'exclusiveMaximum',
	'multipleOf',
	'minLength',
	'maxLength',
	'minItems',
	'maxItems',
	'uniqueItems',
	'contentEncoding',
]);

function remarks(schema: Schema): string {
	let text = comment(schema.description);
	for (const key of Object.keys(schema)) if (SPOKEN.has(key)) text += `// ${key}: ${json(schema[key])}\n`;
	return text;
}

const json = (value: unknown): string => jsonText(value, 'tools');

/** Of what is no property, whose remarks stand ahead of its name: the whole, an item, a choice (`openai/harmony`). */
const describedText = (schema: Schema, depth: number): string =>
	`${depth > DEEPEST ? '' : comment(schema.description)}${typeText(schema, depth)}`;

function typeText(schema: Schema, depth: number): string {
	if (depth > DEEPEST) return json(schema);
	const { type, enum: values, const: value, $ref: reference } = schema;
	if (Array.isArray(values)) return values.map(json).join(' | ');
	if (value !== undefined) return json(value);
	const choices = CHOICES.flatMap((key) => (Array.isArray(schema[key]) ? schema[key] : []));
	const texts = choices.map((choice) => describedText(objectOf(choice) ?? {}, depth + 1));
	if (typeof reference === 'string') texts.push(reference);
	// Each once: a list may name a type again and again.
	for (const one of new Set(Array.isArray(type) ? type : [type])) texts.push(...namedType(one, schema, depth));
	return `${texts.length === 0 ? 'any' : texts.join(' | ')}${definitionsText(schema)}`;
}

const NO_PROPERTIES = '{\n}';
const CHOICES = ['anyOf', 'oneOf', 'allOf'] as const;

function namedType(type: unknown, schema: Schema, depth: number): string[] {
	if (type === 'array') return [`${describedText(objectOf(schema.items) ?? {}, depth + 1)}[]`];
	if (type === 'object' || (type === undefined && schema.properties !== undefined)) return [objectText(schema, depth)];
	if (type === 'integer') return ['number'];
	return typeof type === 'string' ? [type] : [];
}

function objectText(schema: Schema, depth: number): string {
	const required = new Set(Array.isArray(schema.required) ? schema.required : []);
	let text = '{\n';
	for (const [name, value] of Object.entries(objectOf(schema.properties) ?? {})) {
		const property = objectOf(value) ?? {};
		text += `${remarks(property)}${name}${required.has(name) ? '' : '?'}: ${typeText(property, depth + 1)},\n`;
	}
	return `${text}}`;
}

function definitionsText(schema: Schema): string {
	const definitions = objectOf(schema.$defs) ?? objectOf(schema.definitions);
	return definitions ? `\n// ${json(definitions)}` : '';
}
