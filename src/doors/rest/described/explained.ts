/** Schemas of the services with what a reader of the document needs to know. */
import type * as z from 'zod';

/** A sentence, or JSON Schema keywords where the conversion can't know them. */
type Text = string | { readonly description: string; readonly [keyword: string]: unknown };

/** The same schema; a field without a text does not compile. */
export function explained<S extends z.ZodObject>(
	schema: S,
	texts: Readonly<Record<keyof S['shape'] & string, Text>>,
): S {
	const shape = Object.entries<z.ZodType>(schema.shape).map(([name, field]) => {
		const text = texts[name as keyof typeof texts];
		return [name, field.meta(typeof text === 'string' ? { description: text } : text)];
	});
	return schema.extend(Object.fromEntries(shape)) as unknown as S;
}
