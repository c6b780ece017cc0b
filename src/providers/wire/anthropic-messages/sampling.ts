/** Temperature and its kin, and stop sequences. */
import type { ChatRequest } from '../../../language/request';
import type { WireTarget } from '../../provider';
import type { Warnings } from '../warnings';

export interface Sampling {
	readonly temperature?: number;
	readonly top_p?: number;
	readonly top_k?: number;
	readonly stop_sequences?: readonly string[];
}

/** With thinking on, `top_p` may not be below this. */
const MIN_THINKING_TOP_P = 0.95;

export function toSampling(request: ChatRequest, target: WireTarget, thinking: boolean, warnings: Warnings): Sampling {
	const limits = limitsOf(target, thinking);
	const temperature = temperatureOf(request.temperature, limits, warnings);
	const topP = topPOf(request.topP, limits, temperature, warnings);
	const topK = topKOf(request.topK, limits, warnings);
	const stop = stopOf(request, warnings);
	return {
		...(temperature !== undefined && { temperature }),
		...(topP !== undefined && { top_p: topP }),
		...(topK !== undefined && { top_k: topK }),
		...(stop.length > 0 && { stop_sequences: stop }),
	};
}

interface Limits {
	/** Who refuses temperature and top_k, as a message begins; absent where nobody does. */
	readonly subject?: string;
	/** What such a one still takes. */
	readonly leastTopP: number;
}

function limitsOf({ traits }: WireTarget, thinking: boolean): Limits {
	if (!traits.sampling) return { subject: 'This model', leastTopP: Number.POSITIVE_INFINITY };
	if (thinking) return { subject: 'This model, while it thinks,', leastTopP: MIN_THINKING_TOP_P };
	return { leastTopP: 0 };
}

/** 1 is what the API samples with by itself: where it can't be sent, leaving it out keeps it. */
function temperatureOf(asked: number | undefined, limits: Limits, warnings: Warnings): number | undefined {
	if (asked === undefined) return undefined;
	if (limits.subject) {
		if (asked !== 1) warnings.add('temperature', `${limits.subject} takes no temperature; it was left out.`);
		return undefined;
	}
	if (asked <= 1) return asked;
	warnings.add('temperature', 'This provider takes a temperature of at most 1; 1 was sent.');
	return 1;
}

function topPOf(
	asked: number | undefined,
	limits: Limits,
	temperature: number | undefined,
	warnings: Warnings,
): number | undefined {
	if (asked === undefined) return undefined;
	if (limits.subject ? asked >= limits.leastTopP : temperature === undefined) return asked;
	if (asked === 1) return undefined;
	const reason = limits.subject
		? `${limits.subject} takes no topP of ${asked}`
		: 'topP can not go with temperature here';
	warnings.add('topP', `${reason}; it was left out.`);
	return undefined;
}

function topKOf(asked: number | undefined, limits: Limits, warnings: Warnings): number | undefined {
	if (asked === undefined || !limits.subject) return asked;
	warnings.add('topK', `${limits.subject} takes no topK; it was left out.`);
	return undefined;
}

/** The API refuses sequences of nothing but white space with 400. */
function stopOf(request: ChatRequest, warnings: Warnings): readonly string[] {
	const asked = request.stop ?? [];
	const sent = asked.filter((sequence) => sequence.trim() !== '');
	if (sent.length < asked.length) {
		warnings.add('stop', 'This provider takes no stop sequence of nothing but white space; those were left out.');
	}
	return sent;
}
