/** Errors of the path name a message by its place in the language; here they name it by its place in the body. */
import { GatewayError } from '../../errors';
import type { PlaceOf } from '../receipt';
import type { Origin } from './messages';

const PLACE = /^messages\[(\d+)\](?:\.content\[(\d+)\])?/;

/** Fields that have another name here. */
const NAMES: readonly (readonly [canonical: RegExp, here: string])[] = [
	[/^variables\b/, 'switchyard.variables'],
	[/^context\.mode$/, 'switchyard.context.mode'],
	[/^maxTokens$/, 'max_tokens'],
];

/** Null: it has none. The message begins with its field, where it names it. */
function renamed({ code, message, cause }: GatewayError, param: string): GatewayError | null {
	const [canonical, here] = NAMES.find(([name]) => name.test(param)) ?? [];
	if (canonical === undefined || here === undefined) return null;
	const field = canonical.exec(param)?.[0] ?? '';
	const said = message.startsWith(field) ? here + message.slice(field.length) : message;
	return new GatewayError(code, said, { param: here + param.slice(field.length), cause });
}

function pathOf({ turn, block, blocks }: Origin, part: number | null): string {
	const at = part === null ? null : (blocks[part] ?? part);
	if (turn === null) return at === null ? 'system' : `system[${at}]`;
	const path = `messages[${turn}]`;
	if (block === null) return at === null ? path : `${path}.content[${at}]`;
	return part === null ? `${path}.content[${block}]` : `${path}.content[${block}].content[${part}]`;
}

/** Turns, for a receipt. What stands in the field `system` is never taken away. */
export const turnsOf =
	(origins: readonly Origin[]): PlaceOf =>
	(message) => {
		const turn = origins[message]?.turn ?? message;
		return [turn, turn];
	};

/** The same error in the spelling of this door. An upstream's own is about another body, and stays. */
export function relocated(error: unknown, origins: readonly Origin[]): unknown {
	if (!(error instanceof GatewayError) || error.upstream || error.param === undefined) return error;
	const other = renamed(error, error.param);
	if (other) return other;
	const [place, message, part] = PLACE.exec(error.param) ?? [];
	const origin = origins[Number(message ?? Number.NaN)];
	if (place === undefined || !origin) return error;
	const path = pathOf(origin, part === undefined ? null : Number(part));
	return new GatewayError(error.code, error.message.replaceAll(place, path), {
		param: path + error.param.slice(place.length),
		cause: error.cause,
	});
}
