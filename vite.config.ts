import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const gateway = `http://localhost:${process.env.PORT ?? 8787}`;

/** What changes least is a file of its own: it stays in the browser's cache when the console changes. */
const vendor = (id: string): string | undefined =>
	/node_modules\/(react|react-dom|scheduler)\//.test(id) ? 'react' : undefined;

/** The console. `npx vite` serves it with hot reload in front of a running `npm run dev`. */
export default defineConfig({
	root: 'src/console',
	plugins: [react()],
	build: {
		outDir: '../../dist/console',
		emptyOutDir: true,
		rollupOptions: { output: { manualChunks: vendor } },
	},
	server: { proxy: Object.fromEntries(['/v1', '/trpc', '/api', '/healthz', '/readyz'].map((path) => [path, gateway])) },
});
