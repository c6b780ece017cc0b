import { createAgentInput, deleteAgentInput, updateAgentInput } from '../services/agent-input';
import { createAgent, deleteAgent, getAgent, listAgents, updateAgent } from '../services/agents';
import { reference } from '../services/inputs';
import { manageProcedure, router } from './init';

export const agentsRouter = router({
	create: manageProcedure.input(createAgentInput).mutation(({ ctx, input }) => createAgent(ctx.services, input)),
	update: manageProcedure.input(updateAgentInput).mutation(({ ctx, input }) => updateAgent(ctx.services, input)),
	list: manageProcedure.query(({ ctx }) => listAgents(ctx.services)),
	get: manageProcedure.input(reference).query(({ ctx, input }) => getAgent(ctx.services, input)),
	delete: manageProcedure.input(deleteAgentInput).mutation(({ ctx, input }) => deleteAgent(ctx.services, input)),
});
