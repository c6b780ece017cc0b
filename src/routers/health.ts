import { procedure } from './init';

/** Which parts answer, as `/readyz` reports them. */
export const health = procedure.query(async ({ ctx }) => {
	const parts = await ctx.ready();
	const ok = Object.values(parts).every((state) => state === 'ok');
	return { status: ok ? ('ok' as const) : ('failed' as const), parts };
});
