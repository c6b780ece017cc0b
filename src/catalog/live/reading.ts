/** Lenient reading of JSON that others write: a field of another type is not there. */

export type Json = Readonly<Record<string, unknown>>;

export const objectOf = (value: unknown): Json =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

export const arrayOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export const textsOf = (value: unknown): readonly string[] => arrayOf(value).filter((one) => typeof one === 'string');

export const flagOf = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

/** The first of the values that is a whole number above zero. */
export const countOf = (...values: readonly unknown[]): number | undefined =>
	values.find((value): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value > 0);

/** Without the fields that are undefined. */
export function told<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
