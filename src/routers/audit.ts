import { listAudit } from '../services/audit-log';
import { listAuditInput } from '../services/audit-log-input';
import { manageProcedure, router } from './init';

export const auditRouter = router({
	list: manageProcedure.input(listAuditInput).query(({ ctx, input }) => listAudit(ctx.services, input)),
});
