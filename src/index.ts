/** Worker entry: HTTP, the cron, and the Durable Object classes. */
import { app } from './app';
import { database } from './db/client';
import { forgetExpiredTokens, pruneUsage } from './db/retention';
import type { Bindings } from './env';
import { isolateOf } from './isolate';

export { OrgLedger } from './durable-objects/org-ledger';
export { ProviderHealth } from './durable-objects/provider-health';

const http = app();

export default {
	fetch: (request, env, context) => http.fetch(request, env, context),

	async scheduled(controller, env) {
		const { usageRetentionDays } = isolateOf(env).settings;
		const db = database(env.DB);
		await pruneUsage(db, controller.scheduledTime, usageRetentionDays);
		await forgetExpiredTokens(db, controller.scheduledTime);
	},
} satisfies ExportedHandler<Bindings>;
