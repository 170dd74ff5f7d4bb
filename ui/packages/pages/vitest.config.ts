import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'jsdom',
    include: ['test/**/*.test.{ts,tsx}'],
    setupFiles: ['test/setup.ts'],
    testTimeout: 30_000,
    // the palette is compared with its style sheet
    css: true,
    // jsdom reads less CSS than the components bring
    onConsoleLog: log => !log.includes('Could not parse CSS stylesheet'),
  },
});
