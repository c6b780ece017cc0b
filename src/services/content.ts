/** Content as text, to tell whether two say the same. */

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same text for the same content, in whichever order its names stand. */
export const contentText = (value: unknown): string =>
	JSON.stringify(value ?? null, (_, inner: unknown) =>
		isRecord(inner)
			? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
			: inner,
	);

export const isSameContent = (left: unknown, right: unknown): boolean => contentText(left) === contentText(right);
