/** Settings of an embedding that a provider has no field for. */
import type { EmbedRequest, Warning } from '../../language/request';

type Setting = 'dimensions' | 'inputType' | 'user';

const LOSSES: Readonly<Record<Setting, string>> = {
	dimensions: "gives vectors of the model's own length; left out.",
	inputType: 'is not told what vectors are for; write a prefix that the model knows.',
	user: 'does not take user here; left out.',
};

/** A warning for each of `settings` that was said. */
export const embedLosses = (request: EmbedRequest, settings: readonly Setting[], providerId: string): Warning[] =>
	settings
		.filter((setting) => request[setting] !== undefined)
		.map((field) => ({ field, message: `${providerId} ${LOSSES[field]}` }));
