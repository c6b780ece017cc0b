/** A document while it is put together from a file, with where each part came from. */
import {
	type AgentEntry,
	type ConfigurationDocument,
	type ContextEntry,
	type CustomModelEntry,
	documentParts,
	type ProfileEntry,
	type ProviderEntry,
	type SharedRoutingEntry,
} from './document-schema';
import { faultAt, type ParsedFile, type Path } from './parse';
import { readShape } from './read-shape';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A document and where in the file each part of it came from, for messages with a line. */
export interface Converted {
	readonly document: ConfigurationDocument;
	/** What the file says and Switchyard has no place for, in words. */
	readonly notes: readonly string[];
	/** `part` as `providers[0]` or `agents.support`; null: it came from no line of its own. */
	readonly lineOf: (part: string) => number | null;
	/** Whether that part stands in another program's shape, which has fewer words than ours. */
	readonly isForeign: (part: string) => boolean;
}

/** What goes in meets the schemas of our own shape, whatever shape it was converted from. */
export class Draft {
	readonly #parts: Mutable<ConfigurationDocument> = {};
	readonly #sources = new Map<string, Path>();
	readonly #notes: string[] = [];

	constructor(readonly file: ParsedFile) {}

	get document(): ConfigurationDocument {
		return this.#parts;
	}

	converted(): Converted {
		const lineOf = (part: string): number | null => {
			const path = this.#sources.get(part);
			return path ? this.file.lineOf(path) : null;
		};
		const isForeign = (part: string): boolean => {
			const [from] = this.#sources.get(part) ?? [];
			return from !== undefined && !Object.hasOwn(documentParts, from);
		};
		return { document: this.#parts, notes: this.#notes, lineOf, isForeign };
	}

	/** What has no place here: said, never dropped in silence. */
	note(from: Path, message: string): void {
		this.#notes.push(`line ${this.file.lineOf(from)}: ${message}`);
	}

	/** Another one in the place of a row of that provider and name. */
	replaceProvider(given: ProviderEntry, from: Path): void {
		const entry = readShape(this.file, from, documentParts.providers.element, given);
		this.#parts.providers = (this.#parts.providers ?? []).map((one) =>
			one.provider === entry.provider && one.name === entry.name ? entry : one,
		);
	}

	/** Rows of one provider and name are one; what is said of it twice must be the same. */
	provider(given: ProviderEntry, from: Path): void {
		const entry = readShape(this.file, from, documentParts.providers.element, given);
		const name = entry.name ?? entry.provider;
		const list = [...(this.#parts.providers ?? [])];
		const at = list.findIndex((one) => one.provider === entry.provider && (one.name ?? one.provider) === name);
		if (at < 0) list.push(entry);
		else if (JSON.stringify(list[at]) !== JSON.stringify(entry))
			throw faultAt(this.file, from, `the provider row '${entry.provider}' named '${name}' is described twice.`);
		this.#parts.providers = list;
		this.#from(`providers[${at < 0 ? list.length - 1 : at}]`, from);
	}

	customModel(given: CustomModelEntry, from: Path): void {
		const entry = readShape(this.file, from, documentParts.customModels.element, given);
		const list = [...(this.#parts.customModels ?? []), entry];
		this.#parts.customModels = list;
		this.#from(`customModels[${list.length - 1}]`, from);
	}

	profile(name: string, given: ProfileEntry, from: Path): void {
		const profile = readShape(this.file, from, documentParts.profiles.valueType, given);
		this.#parts.profiles = { ...this.#parts.profiles, [name]: profile };
		this.#from(`profiles.${name}`, from);
	}

	defaultProfile(name: string | null, from: Path): void {
		this.#parts.defaultProfile = name;
		this.#from('defaultProfile', from);
	}

	alias(name: string, target: string, from: Path): void {
		this.#parts.aliases = { ...this.#parts.aliases, [name]: target };
		this.#from(`aliases.${name}`, from);
	}

	fallbackChain(chain: string[] | null, from: Path): void {
		this.#parts.fallbackChain = chain;
		this.#from('fallbackChain', from);
	}

	fallbacks(name: string, chain: string[], from: Path): void {
		this.#parts.fallbacks = { ...this.#parts.fallbacks, [name]: chain };
		this.#from(`fallbacks.${name}`, from);
	}

	/** What is said of it field by field, later parts over earlier ones; null takes all of it away. */
	routing(given: SharedRoutingEntry | null, from: Path): void {
		const routing = given && { ...this.#parts.routing, ...given };
		this.#parts.routing = readShape(this.file, from, documentParts.routing, routing);
		this.#from('routing', from);
	}

	context(given: ContextEntry | null, from: Path): void {
		this.#parts.context = given;
		this.#from('context', from);
	}

	embeddingModel(name: string | null, from: Path): void {
		this.#parts.embeddingModel = name;
		this.#from('embeddingModel', from);
	}

	agent(slug: string, given: AgentEntry, from: Path): void {
		const named = readShape(this.file, from, documentParts.agents.keyType, slug);
		const agent = readShape(this.file, from, documentParts.agents.valueType, given);
		this.#parts.agents = { ...this.#parts.agents, [named]: agent };
		this.#from(`agents.${named}`, from);
	}

	#from(part: string, from: Path): void {
		this.#sources.set(part, from);
	}
}
