/** Answers of the API, made up after recorded ones. */

export interface Candidate {
	readonly parts?: readonly unknown[];
	readonly finish?: string;
	readonly more?: Readonly<Record<string, unknown>>;
}

/** One `GenerateContentResponse` with one candidate. */
export const answer = (
	{ parts, finish, more }: Candidate,
	usageMetadata: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
	candidates: [
		{ content: parts ? { parts, role: 'model' } : {}, ...(finish && { finishReason: finish }), index: 0, ...more },
	],
	usageMetadata,
	modelVersion: 'gemini-3.5-flash',
	responseId: 'Ab-12_cd',
});

/** As the API frames it: CRLF, no event names, no `[DONE]`. */
export const sse = (...chunks: readonly unknown[]): string =>
	chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join('');

export const json = (chunk: unknown): string => JSON.stringify(chunk, null, 2);
