import '@backstage/ui/css/styles.css';
import '@finops-assets/finops-pages/styles.css';
import './shell.css';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router-dom';
import { Shell } from './Shell';

createRoot(document.getElementById('root')!).render(
  <BrowserRouter basename="/ui">
    <Shell />
  </BrowserRouter>,
);
