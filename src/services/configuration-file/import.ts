/** A configuration file into an organization: checked as one, written in one batch, or not at all. */
import * as z from 'zod';
import type { OrganizationConfiguration } from '../../db/schema';
import { GatewayError, invalid } from '../../errors';
import { sealHost } from '../../vault/seal';
import { requireManage } from '../access';
import { type Agent, selectAgents } from '../agent-row';
import { createAgent, updateAgent } from '../agents';
import { changeAll } from '../change';
import { configurationRow } from '../configuration-edit';
import { llmConfiguration } from '../configuration-input';
import { isSameContent } from '../content';
import type { Drafting, ServiceContext } from '../context';
import { setCustomModel } from '../custom-models';
import { declaredBy } from '../declared';
import { updateOrganization } from '../organizations';
import { type StoredProvider, scopeOf, selectProviders } from '../provider-row';
import { addProvider, updateProvider } from '../providers';
import { desiredConfiguration, desiredDeclared } from './desired';
import { type Difference, differencesOf } from './differences';
import type { AgentEntry, ProviderEntry } from './document-schema';
import type { Converted } from './draft';
import { openedBy } from './opened';
import { refuseForeignAddress, resolveReference } from './references';
import { readConfigurationFile } from './shapes';

export const importInput = z.strictObject({
	/** YAML or JSON, in any of the shapes of docs/configuration-file.md. */
	document: z.string().min(1, 'The file is empty.'),
	/** One of the file's `environments`; absent: none of them. */
	environment: z.string().min(1).max(100).exactOptional(),
	/** True: says what would change and changes nothing. */
	dryRun: z.boolean().exactOptional(),
});

export type ImportConfiguration = z.output<typeof importInput>;

export interface Imported {
	readonly differences: readonly Difference[];
	/** What the file says and Switchyard has no place for, and where data may go that it could not go before. */
	readonly notes: readonly string[];
	/** False: a dry run, or there was nothing to change. */
	readonly applied: boolean;
}

type DraftContext = ServiceContext & { readonly draft: Drafting };

/**
 * What the file does not mention stays; importing it twice changes nothing the second time. Throws `invalid_request`
 * and `forbidden` with the line at fault, `conflict` where the configuration changed meanwhile. Nothing is half written.
 */
export async function importConfiguration(ctx: ServiceContext, input: ImportConfiguration): Promise<Imported> {
	requireManage(ctx);
	const converted = readConfigurationFile(input.document, input.environment ?? null);
	const { document } = converted;
	const row = await configurationRow(ctx);
	const configuration = desiredConfiguration(row.configuration, converted);
	const stored = await declaredBy(ctx);
	const declared = desiredDeclared(ctx, stored, row.plan === 'free' ? {} : configuration, document);
	const agents = new Map(Object.entries(document.agents ?? {}));
	const drafting = { ...ctx, draft: { steps: [], declared, rows: new Map(), rotated: new Set<string>(), agents } };
	await draftProviders(drafting, converted);
	for (const [at, entry] of (document.customModels ?? []).entries())
		await placed(converted, `customModels[${at}]`, () => setCustomModel(drafting, entry));
	if (!isSameContent(configuration, row.configuration))
		await draftConfiguration(drafting, configuration).catch((thrown: unknown) => {
			throw atConfiguration(thrown, converted);
		});
	const standing = await selectAgents(ctx);
	await draftAgents(drafting, converted, standing);
	const { steps, rotated } = drafting.draft;
	const differences = differencesOf(steps, rotated, ctx.principal.organizationSlug);
	const applied = input.dryRun !== true && steps.length > 0;
	if (applied) await changeAll(ctx, ctx.principal.organizationId, steps, row.configVersion);
	const notes = [...converted.notes, ...openedBy(converted, row.configuration, configuration, standing)];
	return { differences, notes, applied };
}

async function draftConfiguration(ctx: DraftContext, configuration: OrganizationConfiguration): Promise<void> {
	const checked = llmConfiguration.safeParse(configuration);
	if (checked.success) {
		await updateOrganization(ctx, { llmConfiguration: checked.data });
		return;
	}
	const [issue] = checked.error.issues;
	throw invalid((issue?.path ?? []).map(String).join('.'), issue?.message ?? 'It is not valid.');
}

/** Runs `work`; what it refuses is named as the part of the file, with its line. */
async function placed<T>(converted: Converted, part: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (thrown) {
		throw located(thrown, converted, part, (param) => `${part}.${param}`);
	}
}

function located(thrown: unknown, { lineOf }: Converted, part: string, named: (param: string) => string): unknown {
	if (!(thrown instanceof GatewayError) || thrown.status >= 500) return thrown;
	const line = lineOf(part);
	const param = thrown.param === undefined ? part : named(thrown.param);
	const message = `${line === null ? '' : `line ${line}: `}${param}: ${thrown.message}`;
	return new GatewayError(thrown.code, message, { param, cause: thrown });
}

/** `llmConfiguration.profiles.fast.model` stands at `profiles.fast` of the file. */
function atConfiguration(thrown: unknown, converted: Converted): unknown {
	const path = thrown instanceof GatewayError ? (thrown.param ?? '').replace(/^llmConfiguration\.?/, '') : '';
	const [field = '', name = ''] = path.split('.');
	const part = converted.lineOf(`${field}.${name}`) === null ? field : `${field}.${name}`;
	return located(thrown, converted, part, () => path);
}

async function draftProviders(ctx: DraftContext, converted: Converted): Promise<void> {
	const rows = await selectProviders(ctx);
	for (const [at, given] of (converted.document.providers ?? []).entries())
		await placed(converted, `providers[${at}]`, async () => {
			const entry = resolveReference(ctx, given);
			const name = entry.name ?? entry.provider;
			const row = rows.find((one) => one.provider === entry.provider && one.name === name && one.removedAt === null);
			if (row && entry.apiKey !== given.apiKey) refuseForeignAddress(ctx, row, entry);
			if (row) await draftRow(ctx, row, entry, converted.isForeign(`providers[${at}]`));
			else await addProvider(ctx, entry);
		});
}

const isMoved = ({ baseUrl }: ProviderEntry, row: StoredProvider): boolean =>
	baseUrl !== undefined && hostOf(baseUrl) !== sealHost(row.baseUrl);

type Config = Readonly<Record<string, unknown>>;

/** Settings that say whose account it is, or where. */
const OF_THE_PLACE = ['region', 'accountId', 'organization', 'project'];

/**
 * Another program says some settings of a row, and has no words for others: those stay. But of another host, account or
 * region nobody has said that data stays where it did.
 */
function besideStored(given: Config, stored: Config, isSamePlace: boolean): Config {
	const { residency: _, ...others } = stored;
	const stays = OF_THE_PLACE.every((field) => given[field] === undefined || given[field] === stored[field]);
	return { ...(isSamePlace && stays ? stored : others), ...given };
}

/** A key that is the stored one already is not sealed again: that would look like a change. */
async function draftRow(
	ctx: DraftContext,
	row: StoredProvider,
	entry: ProviderEntry,
	isForeign: boolean,
): Promise<void> {
	const { provider: _, name: _name, apiKey, ...fields } = entry;
	const moves = isMoved(entry, row);
	const keeps = apiKey === undefined || (!moves && (await storedKey(ctx, row)) === apiKey);
	if (!keeps) ctx.draft.rotated.add(row.id);
	const config = isForeign ? besideStored(entry.config ?? {}, row.config, keeps && !moves) : entry.config;
	await updateProvider(ctx, { id: row.id, ...fields, ...(config && { config }), ...(!keeps && { apiKey }) });
}

/** null: no URL, which the update itself refuses. */
function hostOf(baseUrl: string | null): string | null {
	try {
		return sealHost(baseUrl);
	} catch {
		return null;
	}
}

/** null: none, or one that can't be opened any more. */
async function storedKey(ctx: ServiceContext, row: StoredProvider): Promise<string | null> {
	if (row.sealedApiKey === null) return null;
	try {
		return await ctx.vault.open(scopeOf(row, row.baseUrl), row.sealedApiKey);
	} catch {
		return null;
	}
}

async function draftAgents(ctx: DraftContext, converted: Converted, standing: readonly Agent[]): Promise<void> {
	const stored = new Map(standing.map((agent) => [agent.slug, agent]));
	// What no longer leads anywhere, as on another plan, may stay as it is; what the rest of the file moves is checked.
	const isUnmoved = ctx.draft.steps.length === 0;
	for (const [slug, entry] of Object.entries(converted.document.agents ?? {})) {
		const known = stored.get(slug);
		if (known && isUnmoved && saysNothingNew(entry, known)) continue;
		await placed(converted, `agents.${slug}`, async () => {
			if (known) await updateAgent(ctx, { id: known.id, ...entry });
			else await createAgent(ctx, { ...entry, slug, name: entry.name ?? slug });
		});
	}
}

const saysNothingNew = ({ routing, context, ...entry }: AgentEntry, known: Agent): boolean =>
	isSameContent(entry, Object.fromEntries(Object.keys(entry).map((field) => [field, known[field as keyof Agent]]))) &&
	(routing === undefined || isSameContent(routing ?? {}, known.routing)) &&
	(context === undefined || isSameContent(context ?? {}, known.context));
