import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { ProblemError } from '../src';
import { ActDialog } from '../src/components/ActDialog';
import { expectAccessible, show } from './rendered';

function dialog(onConfirm: (reason: string) => Promise<void>, onClose = vi.fn()) {
  show(
    <ActDialog title="Decommission disk" confirm="Decommission" isOpen onClose={onClose} onConfirm={onConfirm}>
      <p>Months after it are quarantined.</p>
    </ActDialog>,
  );
  return onClose;
}
const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));

describe('an administrative act', () => {
  it('is not done without a reason', async () => {
    const act = vi.fn();
    dialog(act);
    await press('Decommission');
    expect(screen.getByRole('alert').textContent).toBe('Give the reason.');
    expect(act).not.toHaveBeenCalled();
  });

  it('is done with it, and the dialog closes', async () => {
    const act = vi.fn(async () => undefined);
    const close = dialog(act);
    await userEvent.type(screen.getByLabelText('Reason'), '  replaced  ');
    await press('Decommission');
    expect(act).toHaveBeenCalledWith('replaced');
    await waitFor(() => expect(close).toHaveBeenCalledOnce());
  });

  it('that is refused says why, and nothing typed is lost', async () => {
    const problem = {
      type: '/problems/cited',
      title: 'Cited',
      status: 409,
      detail: 'Facts cite it.',
      instance: 'urn:1',
      blockers: [],
      faults: [],
    };
    const close = dialog(async () => {
      throw new ProblemError({ kind: 'refused', status: 409, problem });
    });
    await userEvent.type(screen.getByLabelText('Reason'), 'replaced');
    await press('Decommission');
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('Facts cite it.'));
    expect(screen.getByLabelText<HTMLTextAreaElement>('Reason').value).toBe('replaced');
    expect(close).not.toHaveBeenCalled();
    await expectAccessible(screen.getByRole('dialog'));
  });
});
