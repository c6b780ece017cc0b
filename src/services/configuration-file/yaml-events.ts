/** A file's text as YAML's events, with their places. */
import { type Event, getScalarValue, parseEvents, SCALAR_STYLE, type ScalarEvent, YAMLException } from 'js-yaml';
import { type GatewayError, invalid } from '../../errors';
import { MOST_DEPTH, tooDeep } from './limits';

export interface YamlEvents {
	/** What the places of events mean: line for line the file. */
	readonly source: string;
	/** None where the file says nothing. */
	readonly events: readonly Event[];
	textOf(event: ScalarEvent): string;
}

/** A scalar within as many collections as are accepted is one more, and tried as a name first. */
const OPTIONS = { maxDepth: MOST_DEPTH + 2 };

/**
 * Brackets at the start of a line. YAML wants them further in than what they end the value of; most who write it, and
 * most parsers, do not.
 */
const CLOSING = /(^|[\n\r])( *)(?=[\]}])/g;
const CLOSING_WITHIN = /[\n\r] *[\]}]/;

const MOST_REASON = 200;

/** `invalid_request` with the line, from 1. */
export const faultOn = (line: number, reason: string): GatewayError => invalid('document', `line ${line}: ${reason}`);

function refusalOf(error: unknown): unknown {
	if (!(error instanceof YAMLException)) return error;
	if (error.reason.includes('maxDepth')) return tooDeep();
	return faultOn((error.mark?.line ?? 0) + 1, error.reason.slice(0, MOST_REASON));
}

/**
 * As the file has it, whose brackets stand a column further in here. Those of a block are put back; `refusal` where
 * the column is what made the line a part of the scalar.
 */
function putBack(source: string, event: ScalarEvent, refusal: unknown): string {
	const part = source.slice(Math.max(event.valueStart, 0), Math.max(event.valueEnd, 0));
	if (event.style !== SCALAR_STYLE.LITERAL_BLOCK && event.style !== SCALAR_STYLE.FOLDED_BLOCK) {
		if (CLOSING_WITHIN.test(part)) throw refusal;
		return getScalarValue(source, event);
	}
	const text = part.replace(CLOSING, (_match, start: string, spaces: string) => {
		if (spaces.length <= event.indent) throw refusal;
		return start + spaces.slice(1);
	});
	return getScalarValue(text, { ...event, valueStart: 0, valueEnd: text.length });
}

/** Throws `invalid_request` with the line: no YAML, or nested too deep. */
export function yamlEvents(text: string): YamlEvents {
	let refusal: unknown;
	try {
		return { source: text, events: parseEvents(text, OPTIONS), textOf: (event) => getScalarValue(text, event) };
	} catch (error) {
		refusal = refusalOf(error);
	}
	const source = text.replace(CLOSING, '$1$2 ');
	if (source === text) throw refusal;
	try {
		const events = parseEvents(source, OPTIONS);
		return { source, events, textOf: (event) => putBack(source, event, refusal) };
	} catch {
		throw refusal;
	}
}
