import '@testing-library/jest-dom';
import { configure } from '@testing-library/react';

// the first page of a test app loads most of Backstage
jest.setTimeout(60_000);
configure({ asyncUtilTimeout: 20_000 });
