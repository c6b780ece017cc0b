/** What an organization says of conversations that do not fit, under whatever its profiles and agents say. */
import { unsummarized } from '../config/oversights';
import type { ContextPolicy } from '../language/context';
import type { Warning } from '../language/request';
import { requireManage } from './access';
import { editConfiguration, withField } from './configuration-edit';
import type { SetContext } from './configuration-input';
import type { ServiceContext } from './context';
import { checkContext } from './context-check';

export interface ContextView {
	readonly context: ContextPolicy;
	/** Of the organization's row: what an update may insist on. */
	readonly version: number;
	/** What it says in vain. */
	readonly warnings: readonly Warning[];
}

/** The whole policy; null: none. Throws `invalid_request` naming the field, `forbidden`, `conflict`. */
export async function setContext(ctx: ServiceContext, input: SetContext): Promise<ContextView> {
	requireManage(ctx);
	let context: ContextPolicy = {};
	const { version } = await editConfiguration(ctx, input.version, ({ row: { id, configuration }, declared }) => {
		context = checkContext(ctx, input.context ?? {}, 'context', declared);
		const says = Object.keys(context).length > 0;
		return {
			configuration: withField(configuration, 'context', says ? context : undefined),
			entry: {
				action: 'update',
				entity: 'organization',
				entityId: id,
				before: { context: configuration.context ?? null },
				after: { context: says ? context : null },
			},
		};
	});
	return { context, version, warnings: unsummarized('context', context, context.summarizer) };
}
