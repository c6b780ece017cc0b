/** Width and height from the first bytes of an image: PNG, JPEG, WebP, GIF. Nothing is decoded. */
import { base64Head } from './base64';

/** Pixels. */
export interface Size {
	readonly width: number;
	readonly height: number;
}

/** Where all formats but JPEG say it. */
const FIRST_BYTES = 48;
/** JPEG says it behind whatever else stands in its header, thumbnails too. */
const MOST_BYTES = 65_536;

/** Of base64. null: it is another format, broken, or does not say it within the first 64 KB. */
export function imageSize(data: string): Size | null {
	const bytes = base64Head(data, FIRST_BYTES);
	if (!bytes) return null;
	const size = isJpeg(bytes) ? jpegSize(base64Head(data, MOST_BYTES) ?? bytes) : fixedSize(bytes);
	return size && size.width > 0 && size.height > 0 ? size : null;
}

const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8;

function fixedSize(bytes: Uint8Array): Size | null {
	if (bytes.length < 30) return null;
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (view.getUint32(0) === 0x89504e47) return { width: view.getUint32(16), height: view.getUint32(20) };
	if (view.getUint32(0) === 0x47494638) return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
	return view.getUint32(0) === 0x52494646 && view.getUint32(8) === 0x57454250 ? webpSize(view) : null;
}

/** `VP8 `, `VP8L` and `VP8X`: each has its own way of writing two numbers. */
function webpSize(view: DataView): Size | null {
	switch (view.getUint32(12)) {
		case 0x56503820:
			return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
		case 0x5650384c: {
			const bits = view.getUint32(21, true);
			return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
		}
		case 0x56503858:
			return { width: (view.getUint32(24, true) & 0xffffff) + 1, height: (view.getUint32(26, true) >>> 8) + 1 };
		default:
			return null;
	}
}

/** From segment to segment up to the start of a frame. */
function jpegSize(bytes: Uint8Array): Size | null {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	let at = 2;
	while (at + 9 <= bytes.length) {
		if (bytes[at] !== 0xff) return null;
		const marker = bytes[at + 1] ?? 0;
		if (isFrameStart(marker)) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
		at += isBare(marker) ? 1 + Number(marker !== 0xff) : 2 + Math.max(2, view.getUint16(at + 2));
	}
	return null;
}

/** SOF0 to SOF15, without the tables that stand among them. */
const isFrameStart = (marker: number): boolean =>
	marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/** Without a length: padding, TEM, RST and SOI. */
const isBare = (marker: number): boolean => marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
