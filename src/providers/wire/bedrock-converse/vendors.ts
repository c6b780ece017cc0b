/**
 * What sets the makers of models on Bedrock apart: Converse is one API, but each refuses other fields of it with 400.
 * Sources: the user guide's "Supported models and model features", ToolChoice, ToolResultBlock and prompt caching, and
 * the refusals people have met (their words stand beside the entries).
 */
import type { SignatureOrigin } from '../../../language/signature';

export interface Vendor {
	/** In a model's id, behind a region (`us.`) or inside an ARN too. */
	readonly models: RegExp;
	/** Who can verify the signatures of its reasoning. */
	readonly signatures: Extract<SignatureOrigin, 'anthropic' | 'bedrock'>;
	/** How reasoning is asked for in `additionalModelRequestFields`; null: it isn't. */
	readonly reasoning: 'anthropic' | 'nova' | 'effort' | null;
	/** Earlier reasoning may be sent back. */
	readonly replay: boolean;
	/** Path of topK in `additionalModelRequestFields`; null: it has none. */
	readonly topK: readonly string[] | null;
	/** What `toolChoice` takes besides `auto`. */
	readonly choices: readonly ('any' | 'tool')[];
	/** It takes `system`. */
	readonly system: boolean;
	/** It takes `stopSequences`. */
	readonly stop: boolean;
	/** Where it takes cache points; null: nowhere. */
	readonly cache: {
		readonly tools: boolean;
		/** Models that keep one for an hour. */
		readonly hour: RegExp | null;
	} | null;
	/** Tool results have a `status`. */
	readonly resultStatus: boolean;
	/** Tool results must be JSON objects. */
	readonly jsonResults?: true;
	/** Ids of tool calls have exactly nine letters and digits. */
	readonly nineLetterIds?: true;
	/** The root of a tool's schema holds only type, properties, required and definitions. */
	readonly bareSchemas?: true;
}

const PLAIN: Omit<Vendor, 'models'> = {
	signatures: 'bedrock',
	reasoning: null,
	replay: false,
	topK: null,
	choices: [],
	system: true,
	stop: true,
	cache: null,
	resultStatus: false,
};

const VENDORS: readonly Vendor[] = [
	{
		...PLAIN,
		models: /\banthropic\./,
		signatures: 'anthropic',
		reasoning: 'anthropic',
		replay: true,
		topK: ['top_k'],
		choices: ['any', 'tool'],
		cache: { tools: true, hour: /claude-(?!3|(?:opus|sonnet)-4-(?:2025|1-))/ },
		resultStatus: true,
	},
	{
		...PLAIN,
		models: /\bamazon\.nova/,
		reasoning: 'nova',
		replay: true,
		topK: ['inferenceConfig', 'topK'],
		choices: ['any', 'tool'],
		// "#/toolConfig/tools/18: extraneous key [cachePoint] is not permitted"
		cache: { tools: false, hour: null },
		resultStatus: true,
		bareSchemas: true,
	},
	// "This model doesn't support the stopSequences field."
	{ ...PLAIN, models: /\bopenai\./, reasoning: 'effort', stop: false },
	{ ...PLAIN, models: /\bqwen\./, stop: false },
	{ ...PLAIN, models: /\bxai\./, reasoning: 'effort' },
	{
		...PLAIN,
		models: /\bmistral\.(?:mistral-7b|mixtral)/,
		topK: ['top_k'],
		system: false,
	},
	{ ...PLAIN, models: /\bmistral\./, choices: ['any'], jsonResults: true, nineLetterIds: true },
	{ ...PLAIN, models: /\bcohere\./, topK: ['k'] },
	{ ...PLAIN, models: /\bamazon\.titan/, system: false },
];

/** Whoever else there is, and a profile or an imported model whose ARN does not name one. */
const OTHER: Vendor = { ...PLAIN, models: /^/ };

/** Of a model's id or ARN; the first that fits, else one of which little is assumed. */
export const vendorOf = (model: string): Vendor => VENDORS.find(({ models }) => models.test(model)) ?? OTHER;
