/** Document and page as `described/render.ts` makes them when the Worker is built, and the origin they lack. Pure. */
import { escaped } from './page/markup';

/** Stands for the origin, e.g. `https://gateway.example`; no text of ours has this character. */
export const ORIGIN = '\uE000';
/** The same, within the single quotes of a shell. */
export const QUOTED_ORIGIN = '\uE001';

/** Content of the static file `description.json`. */
export interface Rendered {
	/** The OpenAPI document, as JSON. */
	readonly document: string;
	/** The page, as HTML. */
	readonly page: string;
	/** SHA-256 of its style, in base64. */
	readonly style: string;
}

/** A shell reads nothing within single quotes but the quote itself. */
export const inQuotes = (text: string): string => text.replaceAll("'", `'\\''`);

export const documentText = ({ document }: Rendered, origin: string): string =>
	document.replaceAll(ORIGIN, () => JSON.stringify(origin).slice(1, -1));

export const pageText = ({ page }: Rendered, origin: string): string =>
	page.replaceAll(ORIGIN, () => escaped(origin)).replaceAll(QUOTED_ORIGIN, () => escaped(inQuotes(origin)));
