/** Worker entry: HTTP, the cron, and the Durable Object classes. */
import { app } from './app';
import type { Bindings } from './env';
import { scheduled } from './scheduled';

export { OrgLedger } from './durable-objects/org-ledger';
export { ProviderHealth } from './durable-objects/provider-health';

const http = app();

export default {
	fetch: (request, env, context) => http.fetch(request, env, context),
	scheduled: (controller, env, context) => scheduled(env, controller.scheduledTime, context),
} satisfies ExportedHandler<Bindings>;
