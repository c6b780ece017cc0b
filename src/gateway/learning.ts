/**
 * What answers and refusals teach about counting. The interface to the rest of the path:
 *
 *   calibrationFor(target, ports)   what was learned so far of the target's tokenizer there; for every count
 *   learn(sent, usage, ports)       after an answer, its usage final
 *   stated(sent, failure, ports)    after a refusal as too long, before anything is planned anew: counts at once where
 *                                   the prompt was counted
 *
 * None of them waits or throws. `sent.request` is what was really asked (planned), `sent.estimated` what exactly that
 * counts.
 */
import type { TokenizerFamily } from '../catalog/facts';
import type { GatewayError } from '../errors';
import type { Calibration, TokenSample } from '../health/contract';
import { tokenizerKey } from '../health/place';
import type { Message } from '../language/message';
import type { ChatRequest } from '../language/request';
import { promptTokens, type Usage } from '../language/usage';
import { countLater } from './learning-later';
import type { Ports } from './ports';
import { factsOf } from './report';
import type { Target } from './target';

/** One upstream call. */
export interface Sent {
	readonly target: Target;
	readonly organizationId: string;
	readonly request: ChatRequest;
	/** Its tokens by the tables, without any margin or what was learned; null: lengths alone decided. */
	readonly estimated: number | null;
}

export type LearningPorts = Pick<Ports, 'health' | 'time' | 'defer' | 'encodings' | 'log'>;

/** What is counted by the model's own encoding: only an upstream's statement corrects it, and never below. */
const EXACT: ReadonlySet<TokenizerFamily> = new Set(['o200k', 'cl100k']);
/** Models that search before they answer, and count what they find as prompt. */
const SEARCHING = /:online$|(?:^|[-/])(?:search|sonar|compound|deep-research)(?:[-.:]|$)/;
/** In a shorter prompt (tokens) the framing counts for too much. */
const LEAST_PROMPT = 200;

/** null: nothing was learned yet. */
export const calibrationFor = (target: Target, { health }: Pick<Ports, 'health'>): Calibration | null =>
	health.calibration(target.place.endpoint, keyOf(target));

/** The usual case costs a few comparisons; what has to be counted first is, now and then, once nobody waits for it. */
export function learn(sent: Sent, usage: Usage | null, ports: LearningPorts): void {
	const { target, estimated } = sent;
	if (usage === null || target.provider.builtin || usage.inputImage > 0 || usage.inputAudio > 0) return;
	const actual = promptTokens(usage);
	if (actual < LEAST_PROMPT) return;
	const isExact = EXACT.has(target.facts.tokenizer);
	if (isExact && (estimated === null || calibrationFor(target, ports) === null)) return;
	if (estimated === null && !ports.health.mayLearn(target.place.endpoint, keyOf(target))) return;
	if (!isText(sent)) return;
	compare(sent, actual, 'usage', ports);
}

/** Nothing, where the failure names no count of the prompt. */
export function stated(sent: Sent, failure: GatewayError, ports: LearningPorts): void {
	const actual = failure.upstream?.promptTokens;
	if (actual === undefined || sent.target.provider.builtin || !isText(sent)) return;
	compare(sent, actual, 'stated', ports);
}

function compare(sent: Sent, actual: number, by: TokenSample['by'], ports: LearningPorts): void {
	if (sent.estimated !== null) tell(sent, sent.estimated, actual, by, ports);
	else ports.defer(compareLater(sent, actual, by, ports));
}

async function compareLater(sent: Sent, actual: number, by: TokenSample['by'], ports: LearningPorts): Promise<void> {
	const estimated = await countLater(sent.request, sent.target, ports);
	if (estimated !== null) tell(sent, estimated, actual, by, ports);
}

const keyOf = ({ facts, credential }: Target): string => tokenizerKey(facts, credential.trust);

function tell(
	{ target, organizationId }: Sent,
	estimated: number,
	actual: number,
	by: TokenSample['by'],
	{ health, time }: Pick<Ports, 'health' | 'time'>,
): void {
	health.learn(factsOf(target, organizationId), {
		tokenizer: keyOf(target),
		organizationId,
		at: time.now(),
		estimated,
		actual: EXACT.has(target.facts.tokenizer) ? Math.max(actual, estimated) : actual,
		by,
	});
}

/** Nothing else was counted as prompt than text: no media, nothing that the upstream found or left out by itself. */
function isText({ target, request }: Sent): boolean {
	const { dialect, providerOptions, messages } = request;
	if (dialect?.web_search_options !== undefined || SEARCHING.test(target.model)) return false;
	if (providerOptions && Object.hasOwn(providerOptions, target.provider.id)) return false;
	return messages.every(isPlain);
}

/** Upstreams leave reasoning of earlier turns out of the count, or not. */
const isPlain = ({ content }: Message): boolean =>
	content.every(({ type }) => type === 'text' || type === 'tool-call' || type === 'refusal');
