/** Errors of the path name a message by its place in the language; here they name it by its place in the body. */
import { GatewayError } from '../../errors';
import type { Origin } from './messages';

const PLACE = /^messages\[(\d+)\](?:\.content\[(\d+)\])?/;

const VARIABLES = /^variables\b/;

/** They stand in Switchyard's own field. */
const inExtension = ({ code, message, cause }: GatewayError, param: string): GatewayError =>
	new GatewayError(code, message.replace(VARIABLES, 'switchyard.variables'), {
		param: `switchyard.${param}`,
		cause,
	});

function pathOf({ turn, block, blocks }: Origin, part: number | null): string {
	const at = part === null ? null : (blocks[part] ?? part);
	if (turn === null) return at === null ? 'system' : `system[${at}]`;
	const path = `messages[${turn}]`;
	if (block === null) return at === null ? path : `${path}.content[${at}]`;
	return part === null ? `${path}.content[${block}]` : `${path}.content[${block}].content[${part}]`;
}

/** The same error in the spelling of this door. An upstream's own is about another body, and stays. */
export function relocated(error: unknown, origins: readonly Origin[]): unknown {
	if (!(error instanceof GatewayError) || error.upstream || error.param === undefined) return error;
	if (VARIABLES.test(error.param)) return inExtension(error, error.param);
	const [place, message, part] = PLACE.exec(error.param) ?? [];
	const origin = origins[Number(message ?? Number.NaN)];
	if (place === undefined || !origin) return error;
	const path = pathOf(origin, part === undefined ? null : Number(part));
	return new GatewayError(error.code, error.message.replaceAll(place, path), {
		param: path + error.param.slice(place.length),
		cause: error.cause,
	});
}
