/** What of the audit is looked at, as its form holds it and as the API takes it. */
import type { AuditFilter } from '../data/types';

/** '' is a field left empty: all. */
export interface FilterDraft {
	readonly entity: string;
	readonly entityId: string;
	readonly actor: string;
	readonly action: string;
	/** Local date and time, in this and the next. */
	readonly from: string;
	readonly to: string;
	/** The operator's: rows that belong to no organization. */
	readonly platform: boolean;
}

/** As the services write them; the form takes others too. */
export const ENTITIES = [
	'agent',
	'alias',
	'custom-model',
	'fallbacks',
	'gateway-key',
	'global-setting',
	'membership',
	'organization',
	'profile',
	'prompt',
	'provider',
] as const;

export const ACTIONS = ['create', 'update', 'delete', 'revoke', 'issue', 'rotate', 'reseal', 'restore'] as const;

/** `?entity=provider&entityId=…` of the address opens it that way. */
export function draftOfAddress(search: string): FilterDraft {
	const asked = new URLSearchParams(search);
	const text = (name: string): string => asked.get(name) ?? '';
	return {
		entity: text('entity'),
		entityId: text('entityId'),
		actor: text('actor'),
		action: text('action'),
		from: '',
		to: '',
		platform: false,
	};
}

const instantOf = (local: string): number | null => {
	const at = Date.parse(local);
	return Number.isNaN(at) ? null : at;
};

export function filterOf(draft: FilterDraft): AuditFilter {
	const from = instantOf(draft.from);
	const to = instantOf(draft.to);
	const texts = (['entity', 'entityId', 'actor', 'action'] as const).flatMap((field) => {
		const text = draft[field].trim();
		return text === '' ? [] : [[field, text]];
	});
	return {
		...Object.fromEntries(texts),
		...(from !== null && { from }),
		...(to !== null && { to }),
		...(draft.platform && { platform: true }),
	};
}
