/** Settings that a layer of the configuration may preset; absent ones are not sent. The request's own value wins. */
import type { Reasoning } from './request';

export interface ModelSettings {
	/** 0–2 */
	readonly temperature?: number;
	/** 0–1 */
	readonly topP?: number;
	readonly topK?: number;
	/** Output tokens, at least 1. */
	readonly maxTokens?: number;
	/** -2–2 */
	readonly presencePenalty?: number;
	readonly frequencyPenalty?: number;
	readonly seed?: number;
	/** At most 16 texts that end the answer. */
	readonly stop?: readonly string[];
	readonly reasoning?: Reasoning;
	/** ms, 1–600000; taken literally, for the whole attempt until its first event. No field of a request. */
	readonly timeoutMs?: number;
}

export type SettingName = keyof ModelSettings;

export const SETTING_NAMES = [
	'temperature',
	'topP',
	'topK',
	'maxTokens',
	'presencePenalty',
	'frequencyPenalty',
	'seed',
	'stop',
	'reasoning',
	'timeoutMs',
] as const satisfies readonly SettingName[];
