import { exportConfiguration, exportInput } from '../services/configuration-file/export';
import { importConfiguration, importInput } from '../services/configuration-file/import';
import { explainConfiguration, explainInput } from '../services/explanation';
import { manageProcedure, router } from './init';

export const configurationRouter = router({
	explain: manageProcedure.input(explainInput).query(({ ctx, input }) => explainConfiguration(ctx.services, input)),
	export: manageProcedure.input(exportInput).query(({ ctx, input }) => exportConfiguration(ctx.services, input)),
	import: manageProcedure.input(importInput).mutation(({ ctx, input }) => importConfiguration(ctx.services, input)),
});
