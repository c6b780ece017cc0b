/** Settings against the model they are for, before they are stored. A request's own are fitted instead (`providers/fit.ts`). */
import type { ModelFacts } from '../catalog/facts';
import { type GatewayError, invalid } from '../errors';
import type { Reasoning } from '../language/request';
import type { ModelSettings } from '../language/settings';
import type { Quirks } from '../providers/quirks';
import { type Declared, UNDECLARED } from './declared';
import { factsOf, type Knowledge, type ModelReference, modelText } from './model-reference';

interface Subject {
	/** As messages name it. */
	readonly name: string;
	readonly facts: ModelFacts;
	readonly quirks: Quirks;
	/** Name of the field that holds the settings. */
	readonly param: string;
}

/**
 * `model` null: whatever the environment names, nothing is held against the settings. Of a model that nobody knows
 * only its provider's own limits count. Throws `invalid_request` naming the setting, e.g. `settings.temperature`.
 */
export function checkSettings(
	ctx: Knowledge,
	settings: ModelSettings,
	model: ModelReference | null,
	param: string,
	declared: Declared = UNDECLARED,
): void {
	if (model === null) return;
	const facts = factsOf(ctx, model, declared);
	const quirks = ctx.registry.provider(facts.provider)?.quirks ?? {};
	const subject = { name: modelText(model), facts, quirks, param };
	checkProviderLimits(settings, subject);
	if (!facts.known) return;
	checkSampling(settings, subject);
	checkMaxTokens(settings, subject);
	if (settings.reasoning) checkReasoning(settings.reasoning, subject);
}

const refuse = ({ param }: Subject, setting: string, message: string): GatewayError =>
	invalid(`${param}.${setting}`, message);

function checkProviderLimits({ temperature, stop }: ModelSettings, subject: Subject): void {
	const { maxTemperature, maxStops } = subject.quirks;
	const provider = `The provider '${subject.facts.provider}'`;
	if (temperature !== undefined && maxTemperature !== undefined && temperature > maxTemperature)
		throw refuse(subject, 'temperature', `${provider} takes a temperature of at most ${maxTemperature}.`);
	if (stop && maxStops !== undefined && stop.length > maxStops)
		throw refuse(subject, 'stop', `${provider} takes at most ${maxStops} stop texts.`);
}

const SAMPLING = ['temperature', 'topP', 'topK'] as const;
/** What such a model samples with by itself, so that saying it changes nothing. */
const BY_ITSELF: ModelSettings = { temperature: 1, topP: 1 };

function checkSampling(settings: ModelSettings, subject: Subject): void {
	if (subject.facts.sampling || isToldNotToReason(settings, subject.facts)) return;
	const setting = SAMPLING.find((name) => settings[name] !== undefined && settings[name] !== BY_ITSELF[name]);
	if (setting) throw refuse(subject, setting, `'${subject.name}' refuses ${setting}: leave it out.`);
}

/** From GPT-5.1 on, OpenAI's models sample where they are told not to reason. */
const isToldNotToReason = ({ reasoning }: ModelSettings, { reasoningOptions }: ModelFacts): boolean =>
	reasoning?.effort === 'none' && effortsOf(reasoningOptions).includes('none');

function checkMaxTokens({ maxTokens }: ModelSettings, subject: Subject): void {
	const { maxOutput, contextWindow } = subject.facts;
	const most = Math.min(maxOutput ?? contextWindow, contextWindow);
	if (maxTokens !== undefined && maxTokens > most)
		throw refuse(subject, 'maxTokens', `'${subject.name}' answers with at most ${most} tokens.`);
}

function checkReasoning(reasoning: Reasoning, subject: Subject): void {
	if (isOff(reasoning)) return;
	if (!subject.facts.reasoning)
		throw refuse(
			subject,
			'reasoning',
			`'${subject.name}' does not reason: leave reasoning out, or choose another model.`,
		);
	checkEffort(reasoning, subject);
	checkBudget(reasoning, subject);
}

/** Not to reason may be asked of any model: one that can't be stopped says so in its warnings. */
const isOff = ({ effort, budgetTokens }: Reasoning): boolean =>
	effort === 'none' || (effort === undefined && budgetTokens === 0);

const effortsOf = (options: ModelFacts['reasoningOptions']): readonly string[] =>
	options.flatMap((option) => (option.type === 'effort' ? option.values : []));

/** Where a model knows no efforts at all, the wire makes a budget of one. */
function checkEffort({ effort }: Reasoning, subject: Subject): void {
	const efforts = effortsOf(subject.facts.reasoningOptions);
	if (effort === undefined || efforts.length === 0 || efforts.includes(effort)) return;
	throw refuse(
		subject,
		'reasoning.effort',
		`'${subject.name}' knows no effort '${effort}': choose ${efforts.join(', ')}.`,
	);
}

function checkBudget({ budgetTokens }: Reasoning, subject: Subject): void {
	if (budgetTokens === undefined) return;
	for (const option of subject.facts.reasoningOptions) {
		if (option.type !== 'budget') continue;
		const { min, max } = option;
		if ((min === null || budgetTokens >= min) && (max === null || budgetTokens <= max)) continue;
		const range = [min !== null && `at least ${min}`, max !== null && `at most ${max}`].filter(Boolean).join(' and ');
		throw refuse(subject, 'reasoning.budgetTokens', `'${subject.name}' reasons with ${range} tokens.`);
	}
}
