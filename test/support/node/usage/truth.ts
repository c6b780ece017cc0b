/** Prompt tokens that a recorded answer reports, cached ones included. */
import { isObject, type Json } from '../../../../src/providers/wire/json';

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** Each JSON text within a body: the whole, a line, the data of an event, a payload among an AWS frame's bytes. */
function* jsonTexts(body: string): Generator<unknown> {
	const whole = parsed(body);
	if (whole !== undefined) {
		yield whole;
		return;
	}
	for (const line of body.split('\n')) yield parsed(line.replace(/^data: ?/, ''));
	for (const [payload] of body.matchAll(/\{"metrics".*?"usage":.*?\}\}/g)) yield parsed(payload);
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** Every object that could be a report of usage, wherever it is nested. */
function* reports(value: unknown): Generator<Json> {
	if (Array.isArray(value)) for (const each of value) yield* reports(each);
	if (!isObject(value)) return;
	yield value;
	for (const key of ['usage', 'usageMetadata', 'message', 'response', 'delta', 'metadata', 'tokens', 'x_groq'])
		if (value[key] !== undefined) yield* reports(value[key]);
}

/** undefined: it is no report. Cohere's comes twice: what is billed, and what was read. */
function promptOf(report: Json): number | undefined {
	if (report.billed_units !== undefined) return undefined;
	if (typeof report.prompt_tokens === 'number') return report.prompt_tokens;
	if (typeof report.promptTokenCount === 'number') return report.promptTokenCount;
	if (typeof report.prompt_eval_count === 'number') return report.prompt_eval_count;
	if (typeof report.totalTokens === 'number' && report.inputTokens === undefined) return report.totalTokens;
	if (typeof report.inputTokens === 'number')
		return report.inputTokens + number(report.cacheReadInputTokens) + number(report.cacheWriteInputTokens);
	if (typeof report.input_tokens !== 'number') return undefined;
	return report.input_tokens + number(report.cache_read_input_tokens) + number(report.cache_creation_input_tokens);
}

/** The largest: a stream reports more than once, with zeros first. */
export function promptTokens(body: string): number | null {
	let most = 0;
	for (const json of jsonTexts(body)) for (const report of reports(json)) most = Math.max(most, promptOf(report) ?? 0);
	return most > 0 ? most : null;
}
