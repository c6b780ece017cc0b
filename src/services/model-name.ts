/** Names of every form that a configuration may hold, followed to the model that answers. */
import { invalid } from '../errors';
import { type Declared, own } from './declared';
import { checkModel, type Knowledge, type ModelKind, type ModelReference, modelText } from './model-reference';

const PROFILE = 'profile:';

export const profileText = (name: string): string => PROFILE + name;

/** The profile a name means; null: it means none. */
export const profileNamed = (text: string): string | null =>
	text.startsWith(PROFILE) ? text.slice(PROFILE.length) : null;

/** A model, with one key of its provider where a profile names that. */
export interface Answerer extends ModelReference {
	/** `llm_providers.name`; absent: any of the provider's. */
	readonly keyRef?: string;
}

export interface Named {
	/** As it is stored: an alias or profile by its name, a model as `provider/model`. */
	readonly text: string;
	/** What answers at this moment; null: what the environment names. */
	readonly model: Answerer | null;
}

type Aliases = Readonly<Record<string, string>> | undefined;

/** A name and the aliases it passes; the last is the end, or one that was there before: a loop. */
export function pathOf(text: string, aliases: Aliases): readonly string[] {
	const path = [text];
	for (let next = own(aliases, text); next !== undefined; next = own(aliases, next)) {
		path.push(next);
		if (path.indexOf(next) < path.length - 1) break;
	}
	return path;
}

/** The end of a chain of aliases. Throws `invalid_request` naming `param`, the loop written out. */
export function followed(text: string, aliases: Aliases, param: string): string {
	const path = pathOf(text, aliases);
	const end = path.at(-1) ?? text;
	if (path.indexOf(end) < path.length - 1)
		throw invalid(param, `Aliases go round in a loop: ${path.slice(path.indexOf(end)).join(' → ')}.`);
	return end;
}

/** The model of the organization's profile of that name, else of the operator's. Throws `invalid_request`. */
export function profileModel(name: string, declared: Declared, param: string): Answerer | null {
	const profile = own(declared.configuration.profiles, name) ?? declared.globalProfiles.get(name);
	if (profile === undefined) throw invalid(param, `This organization has no profile '${name}'.`);
	return profile;
}

/**
 * `provider/model`, a bare name of the catalog, an alias or `profile:<name>`. Throws `invalid_request` naming `param`:
 * whatever leads nowhere, in a loop, or to a model of the other kind.
 */
export function checkName(ctx: Knowledge, text: string, param: string, kind: ModelKind, declared: Declared): Named {
	const target = followed(text, declared.configuration.aliases, param);
	const profile = profileNamed(target);
	if (profile === null) {
		if (target === 'default' || target.startsWith('agent:'))
			throw invalid(param, `'${target}' can't be named here: name a model, an alias or a profile.`);
		const model = checkModel(ctx, target, param, kind, declared);
		return { text: target === text ? modelText(model) : text, model };
	}
	const model = profileModel(profile, declared, param);
	if (model && kind === 'embedding') checkModel(ctx, modelText(model), param, kind, declared);
	return { text, model };
}
