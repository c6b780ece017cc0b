/** The typed API. */
import { agentsRouter } from './agents';
import { gatewayKeysRouter } from './gateway-keys';
import { health } from './health';
import { chat, embed, stream } from './inference';
import { router } from './init';
import { modelsRouter } from './models';
import { organizationsRouter } from './organizations';
import { providersRouter } from './providers';

export const appRouter = router({
	chat,
	stream,
	embed,
	models: modelsRouter,
	agents: agentsRouter,
	gatewayKeys: gatewayKeysRouter,
	organizations: organizationsRouter,
	providers: providersRouter,
	health,
});

export type AppRouter = typeof appRouter;
