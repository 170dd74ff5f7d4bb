import { useNavigate } from 'react-router-dom';
import { answerOf } from '../../api/client';
import { ActDialog } from '../../components/ActDialog';
import { usePages } from '../../context';
import { usePaths } from '../../navigation/usePaths';
import { offered, type ActProps } from './offered';

export interface DeleteDialogProps extends ActProps {
  /** Deactivates it instead. */
  onInstead: () => void;
}

/** Deletes a product that nothing cites; of any other says what cites it, and what can be done instead. */
export function DeleteDialog({ data: { product, citations }, onClose, onDone, onInstead }: DeleteDialogProps) {
  const { client, t } = usePages();
  const paths = usePaths();
  const navigate = useNavigate();
  const label = product.productLabel;
  const isCited = citations.length > 0;
  const canDeactivate = offered(product).includes('deactivate');
  const act = async (reason: string) => {
    const { domainId: domain, productId } = product;
    await answerOf(client.DELETE('/products', { params: { query: { domain, product: productId, reason } } }));
    onDone(t('product.done.delete', { label }));
    navigate(paths.products(domain));
  };
  return (
    <ActDialog
      title={t(isCited ? 'product.kept' : 'product.ask.delete', { label })}
      confirm={isCited ? null : t('product.do.delete')}
      isDestructive
      isOpen
      onClose={onClose}
      onConfirm={act}
    >
      {isCited ? (
        <>
          <p>{t('product.kept.why')}</p>
          <ul className="fa-bullets">
            {citations.map(({ kind, text }) => (
              <li key={kind}>{text}</li>
            ))}
          </ul>
          <p>{t(canDeactivate ? 'product.kept.instead' : 'product.kept.already')}</p>
        </>
      ) : (
        <p>{t('product.will.delete')}</p>
      )}
      {canDeactivate && (
        <p>
          <button type="button" className="fa-link-button" onClick={onInstead}>
            {t('product.instead')}
          </button>
        </p>
      )}
    </ActDialog>
  );
}
