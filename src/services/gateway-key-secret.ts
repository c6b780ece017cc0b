/** Gateway keys `sy_<id>_<secret>`: how they are made. How they are checked: `auth/gateway-key.ts`. */
import { sha256Hex } from '../auth/digest';

const BASE36 = '0123456789abcdefghijklmnopqrstuvwxyz';
const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** 82 bits: unique without asking. */
const ID_LENGTH = 16;
/** 238 bits. */
const SECRET_LENGTH = 40;

export interface NewKey {
	readonly id: string;
	/** The whole key; never stored. */
	readonly key: string;
	readonly last4: string;
	/** SHA-256 of the secret, lower-case hex. */
	readonly secretHash: string;
}

type RandomBytes = (length: number) => Uint8Array;

export async function newKey(randomBytes: RandomBytes): Promise<NewKey> {
	const id = draw(BASE36, ID_LENGTH, randomBytes);
	const secret = draw(BASE62, SECRET_LENGTH, randomBytes);
	return { id, key: `sy_${id}_${secret}`, last4: secret.slice(-4), secretHash: await sha256Hex(secret) };
}

/** Bytes above the last whole multiple of the alphabet are thrown away: every character is equally likely. */
function draw(alphabet: string, length: number, randomBytes: RandomBytes): string {
	const usable = 256 - (256 % alphabet.length);
	let text = '';
	while (text.length < length) {
		for (const byte of randomBytes(length - text.length))
			if (byte < usable) text += alphabet.charAt(byte % alphabet.length);
	}
	return text;
}
