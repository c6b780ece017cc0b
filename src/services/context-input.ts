/** What `agents.*`, profiles and organizations take as `context`. */
import * as z from 'zod';
import { CONTEXT_BOUNDS } from '../config/stored-context';
import { CONTEXT_MODES } from '../language/context';
import { modelName, whole } from './inputs';

const maximum = (field: keyof typeof CONTEXT_BOUNDS) => whole(field, CONTEXT_BOUNDS[field], ' tokens');

const MODE = `A mode is one of ${CONTEXT_MODES.join(', ')}.`;

export const contextMode = z.enum(CONTEXT_MODES, MODE);

export const contextPolicy = z.strictObject({
	mode: contextMode.exactOptional(),
	/** `provider/model`, an alias or `profile:<name>`, which writes summaries under mode `summarize`. */
	summarizer: modelName.exactOptional(),
	/** Of the prompt as it comes; more is refused. */
	maxInputTokens: maximum('maxInputTokens').exactOptional(),
	/** Of the answer; more is refused, and a request that asks for none is given this. */
	maxOutputTokens: maximum('maxOutputTokens').exactOptional(),
});
