/** The typed API. */
import { agentsRouter } from './agents';
import { aliasesRouter, fallbacksRouter } from './aliases';
import { auditRouter } from './audit';
import { configurationRouter } from './configuration';
import { costRouter } from './cost';
import { customModelsRouter } from './custom-models';
import { gatewayKeysRouter } from './gateway-keys';
import { globalSettingsRouter } from './global-settings';
import { health } from './health';
import { chat, embed, stream } from './inference';
import { router } from './init';
import { membershipsRouter } from './memberships';
import { modelsRouter } from './models';
import { organizationsRouter } from './organizations';
import { profilesRouter } from './profiles';
import { promptsRouter } from './prompts';
import { providersRouter } from './providers';
import { tokensRouter } from './tokens';

export const appRouter = router({
	chat,
	stream,
	embed,
	tokens: tokensRouter,
	cost: costRouter,
	models: modelsRouter,
	agents: agentsRouter,
	aliases: aliasesRouter,
	audit: auditRouter,
	config: configurationRouter,
	customModels: customModelsRouter,
	fallbacks: fallbacksRouter,
	gatewayKeys: gatewayKeysRouter,
	globalSettings: globalSettingsRouter,
	memberships: membershipsRouter,
	organizations: organizationsRouter,
	profiles: profilesRouter,
	prompts: promptsRouter,
	providers: providersRouter,
	health,
});

export type AppRouter = typeof appRouter;
