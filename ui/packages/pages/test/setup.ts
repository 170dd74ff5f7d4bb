import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

// a machine that is busy is no failure
configure({ asyncUtilTimeout: 10_000 });
afterEach(cleanup);
