import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/ui/',
  plugins: [react()],
  // the pages' source is outside this package's folder, and React must be there once
  resolve: { dedupe: ['react', 'react-dom', 'react-router-dom'] },
  build: {
    outDir: '../../../finops_assets/ui_static',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    // names without hashes: a rebuild changes a file, not the list of files
    rollupOptions: {
      output: {
        entryFileNames: 'assets/app.js',
        chunkFileNames: 'assets/[name].js',
        assetFileNames: 'assets/[name][extname]',
      },
    },
  },
  server: {
    // the API of `make up`
    proxy: { '^/(?!ui)': 'http://127.0.0.1:3100' },
  },
});
